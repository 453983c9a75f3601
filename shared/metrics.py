"""Every metric, once, with what it means. Labels are bounded: never an id, an address or free text."""

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call] # untyped in the library

_QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_PATIENT = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600)

# --- what the services do ---------------------------------------------------------------------------------------------
REPORTS = Counter(
    "intake_reports",
    "Messages on reports.submitted by channel (those the pack names, else `other`) and outcome: accepted, rejected, "
    "repeated (the same report once more), dead-letter.",
    ("channel", "outcome"),
)
ROUTED = Counter(
    "router_routed",
    "Reports given to an agency, or to the desk (agency `desk`), by method of the decision.",
    ("agency", "method"),
)
NOTIFICATIONS = Counter(
    "notifier_notifications",
    "Messages to people by kind and status. `unknown` means that the provider may or may not have it: look at each.",
    ("kind", "status"),
)
GATHERED = Counter(
    "notifier_gathered", "Warnings to offices that were told together with others, in a digest, instead of one by one."
)
CHANNEL_ANSWERS = Counter(
    "notifier_channel_answers",
    "What channel bots say of messages, by result: accepted; repeated or late (known already); unknown (no message of "
    "a channel that we have: a bot is confused, or its topic is another city's).",
    ("result",),
)
STOPS = Counter(
    "notifier_stops",
    "Links to stop that were used, by what was asked: stopped, again. A jump of `stopped`: we write too much.",
    ("asked",),
)
NOTIFICATIONS_DUE = Gauge(
    "notifier_notifications_due", "Messages whose time has come and that wait to be sent: normally 0 after a second."
)
PROVIDER_SHARE = Gauge(
    "notifier_provider_share",
    "Part of a kind's messages that a provider gets, 0 to 1. It falls where messages fail or are slow, and heals.",
    ("kind", "provider"),
)
PROVIDER_SECONDS = Histogram(
    "notifier_provider_seconds",
    "Seconds that a provider took to answer for one message. Over 5 counts as slow.",
    ("kind", "provider"),
    buckets=_QUICK,
)
RECEIPTS = Counter(
    "notifier_receipts",
    "What providers said later about messages, by outcome: applied, old (changes nothing), early (kept until it fits a "
    "message), unreadable, no-receipt, bad-signature (somebody else, or a wrong secret: look).",
    ("provider", "outcome"),
)
RECEIPTS_UNMATCHED = Gauge(
    "notifier_receipts_unmatched",
    "Receipts kept for over ten minutes that fit no message of ours: does another system use the same account?",
)
TOLD_SECONDS = Histogram(
    "tanggap_publication_seconds",
    "Seconds from the publication of a report to the stage: accepted, routed, told.",
    ("stage",),
    buckets=_PATIENT,
)

# --- how the machine runs ---------------------------------------------------------------------------------------------
BATCH_SECONDS = Histogram(
    "tanggap_batch_seconds", "Seconds to handle one batch, from Kafka to published.", ("topic",), buckets=_QUICK
)
BATCH_MESSAGES = Histogram(
    "tanggap_batch_messages", "Messages in a batch.", ("topic",), buckets=(1, 10, 50, 100, 200, 500, 1000, 2000)
)
LAG_MESSAGES = Gauge(
    "tanggap_consumer_lag_messages",
    "Messages that wait on a partition. Gone when the consumer is: alert on its absence, too.",
    ("topic", "partition"),
)
LAG_SECONDS = Gauge(
    "tanggap_consumer_lag_seconds",
    "Age of the last message handled while others wait on the topic; 0 when none waits.",
    ("topic",),
)
RETRIES = Counter(
    "tanggap_retries",
    "Batches tried again because a dependency failed for now. A rising line means that nothing moves.",
    ("topic",),
)
CHORE_FAILURES = Counter(
    "tanggap_chore_failures",
    "Rounds of a regular task (sending, sweeping, observing) that failed. A rising line: that task does not get done.",
    ("chore",),
)
DEAD_LETTERS = Counter(
    "tanggap_dead_letters",
    "Messages that could not be handled, kept in the service's dead-letters topic: somebody has to look.",
    ("topic", "reason"),
)
DEAD_LETTERS_WAITING = Gauge(
    "tanggap_dead_letters_waiting",
    "Dead letters on which nobody decided yet: `tanggap dead-letters list`, then replay or drop.",
    ("topic",),
)
DEAD_LETTERS_OLDEST = Gauge(
    "tanggap_dead_letters_oldest_timestamp_seconds",
    "When the oldest of them arrived (Unix time); 0 if none. After 90 days Kafka forgets its bytes.",
)
PUBLISHED = Counter("tanggap_published", "Events published, by topic; a crash may publish one again.", ("topic",))
OUTBOX_EVENTS = Gauge("tanggap_outbox_rows", "Committed batches of events that wait for publication: normally 0.")
OUTBOX_OLDEST = Gauge(
    "tanggap_outbox_oldest_timestamp_seconds", "When the oldest unpublished batch was committed (Unix time); 0 if none."
)
DEPENDENCY_UP = Gauge(
    "tanggap_dependency_up",
    "1 if database, broker or consumers answered the last check, two seconds ago at most.",
    ("name",),
)
BUILD = Gauge("tanggap_build", "Always 1; labels say what runs.", ("service", "version", "pack_version"))

# --- the life of a report ---------------------------------------------------------------------------------------------
TRANSITIONS = Counter(
    "router_transitions",
    "Steps in the lives of reports by new status and actor (agency, desk, reporter, system). `reopened` against "
    "`completed` tells how often done was not done.",
    ("status", "actor"),
)
REROUTES = Counter(
    "router_reroutes",
    "Reports that an agency sent back, by the method that had sent it wrongly (`rule`: explicit, rule, model, place, "
    "desk, agency) and by what decided `next`: suggestion, rules; cycle, hops, unclear went to the desk.",
    ("rule", "next"),
)
RULE_FAILURES = Counter(
    "router_rule_failures",
    "Rules of routing that failed on a report, by rule. Where the model did, the words decided, else the desk got it. "
    "A fault of ours: the log names the error.",
    ("rule",),
)
PACK_TAKEN = Counter("router_pack_taken", "New versions of the pack that the router took while it ran.")
PACK_REFUSED = Gauge(
    "router_pack_refused",
    "1 while the folder of the pack holds a version that cannot be used: the last good one decides. "
    "`tanggap pack check` names every problem.",
)
CLOCK_STEPS = Counter(
    "router_clock_steps",
    "Steps that time took, by clock and kind: warned, breached, escalated, close, withdraw. `breached` that grows: "
    "promises are broken.",
    ("clock", "kind"),
)
REFUSED = Counter(
    "router_refused_commands",
    "What agencies, reporters and officers asked and the life of the report did not allow, by door and reason. They "
    "are told; where one door's rise, its builder has misread something.",
    ("door", "reason"),
)
STEPS_WITHOUT_OFFICE = Counter(
    "router_steps_without_office",
    "Steps of clocks whose own offices this pack does not have, so that the next step's, or the desk, was told.",
    ("clock",),
)
OLDEST_UNROUTED = Gauge(
    "router_oldest_unrouted_seconds",
    "Age of the oldest accepted report that the router has not decided on; 0 if none. Climbs: the router is stuck.",
)
OLDEST_UNASSIGNED = Gauge(
    "router_oldest_unassigned_seconds",
    "How long the report that waits longest has been at the desk; 0 if none. Climbs: nobody sits there.",
)
OLDEST_UNESCALATED = Gauge(
    "router_oldest_overdue_unescalated_seconds",
    "How long the oldest due step of a clock (warning, breach, escalation) has not been taken; normally a second.",
)
ON_TIME = Gauge(
    "router_on_time_ratio",
    "On time / (closed + open and overdue), by the citizen's clock, over all reports; 1 where there is none.",
)
UNACCOUNTED = Gauge(
    "router_unaccounted_reports",
    "Open reports on which neither a clock nor a person waits, or whose state and steps disagree: must be 0. Run "
    "`tanggap reconcile`.",
)
CALENDAR_DAYS_LEFT = Gauge(
    "router_calendar_days_left",
    "Days until the last year ends whose closed days are loaded. Below 120: load the decree for the next year.",
)
MODEL_ON = Gauge("router_model_on", "1 where a learned model decides beside the rules, 0 where the rules are alone.")
MODEL_REFUSED = Gauge(
    "router_model_refused",
    "1 while the model that was switched on cannot be used; the last good one, or none, goes on. `tanggap model back`.",
)

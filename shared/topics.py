"""Every Kafka topic of the contract (section 2), with key, partitions and retention: the only place that names them."""

from dataclasses import dataclass
from typing import Final

DAY_MS: Final = 86_400_000
PARTITIONS: Final = 12
# Outsiders may send what we refuse: it has to fit into the topic to be refused with a reason instead of being lost.
MESSAGE_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic. `retention_days` is how long Kafka keeps a message, `identity` whether it may hold a reporter's."""

    name: str
    written_by: tuple[str, ...]
    read_by: tuple[str, ...]
    retention_days: int
    identity: bool = False
    partitions: int = PARTITIONS
    summary: str = ""
    # The broker's own clock is the instant of receipt: deadlines count from it, and no channel can set it.
    broker_time: bool = False

    def config(self) -> dict[str, str]:
        """The topic's settings as the broker names them."""
        return {
            "cleanup.policy": "delete",
            "retention.ms": str(self.retention_days * DAY_MS),
            "max.message.bytes": str(MESSAGE_BYTES),
            "message.timestamp.type": "LogAppendTime" if self.broker_time else "CreateTime",
        }


SUBMITTED: Final = Topic(
    "reports.submitted",
    ("channels", "intake"),
    ("intake",),
    7,
    identity=True,
    broker_time=True,
    summary="New reports, as channels send them.",
)
ACCEPTED: Final = Topic(
    "reports.accepted",
    ("intake",),
    ("router", "anyone"),
    365,
    summary="Reports that intake understood, identity masked.",
)
REJECTED: Final = Topic(
    "reports.rejected",
    ("intake",),
    ("channels",),
    30,
    summary="What could not be understood as a report, with every problem named.",
)
ROUTED: Final = Topic(
    "reports.routed",
    ("router",),
    ("agencies", "notifier", "intake"),
    365,
    summary="Which agency has the report, why, and by when.",
)
STATUS: Final = Topic(
    "reports.status",
    ("router",),
    ("notifier", "intake", "anyone"),
    365,
    summary="Each step in the life of a report, numbered without gaps.",
)
DEADLINES: Final = Topic(
    "reports.deadlines",
    ("router",),
    ("notifier", "operations"),
    365,
    summary="Deadlines that come near, pass, or are escalated.",
)
UPDATES: Final = Topic(
    "agencies.updates",
    ("agencies",),
    ("router",),
    30,
    broker_time=True,
    summary="What agencies do with a report.",
)
REPLIES: Final = Topic(
    "reporters.replies",
    ("channels",),
    ("router", "intake"),
    7,
    identity=True,
    broker_time=True,
    summary="What reporters answer, confirm or withdraw.",
)
REQUESTED: Final = Topic(
    "notifications.requested",
    ("notifier",),
    ("channels",),
    7,
    summary="Messages that a channel bot has to deliver itself.",
)
OUTCOMES: Final = Topic(
    "notifications.outcomes",
    ("notifier", "channels"),
    ("notifier", "anyone"),
    365,
    summary="What became of each message.",
)


def dead_letters(service: str) -> Topic:
    """The topic of what `service` could not handle: the original bytes and headers, with the reason."""
    return Topic(
        f"{service}.dead-letters", (service,), ("operators",), 90, identity=True,
        summary=f"What {service} could not handle, as it came, with the reason.",
    )  # fmt: skip


SERVICES: Final = ("intake", "router", "notifier")

ALL: Final = (
    SUBMITTED, ACCEPTED, REJECTED, ROUTED, STATUS, DEADLINES, UPDATES, REPLIES, REQUESTED, OUTCOMES,
    *(dead_letters(service) for service in SERVICES),
)  # fmt: skip

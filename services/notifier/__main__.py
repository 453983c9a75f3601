"""Notifier: tells people what became of their report. `python -m services.notifier`."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from starlette.routing import Route

from services.notifier import providers
from services.notifier.attempts.claiming import Queue
from services.notifier.attempts.filing import Patience, Settler
from services.notifier.carrier import Carrier
from services.notifier.channels.handlers import KIND as CHANNEL
from services.notifier.channels.handlers import Answers, Requests
from services.notifier.checking import checked_messages
from services.notifier.contacts.addressing import Addressing
from services.notifier.contacts.door import Door
from services.notifier.contacts.offices import Known, Offices, load_offices
from services.notifier.contacts.stopping import Stops
from services.notifier.digests.handlers import Gatherer
from services.notifier.handlers import Deadlines, Planner, Reports, Steps
from services.notifier.messages import Messages
from services.notifier.planning import Means
from services.notifier.receipts import door
from services.notifier.receipts.handlers import Receipts
from services.notifier.second_way.handlers import SecondWay
from services.notifier.sending import Lane
from shared import topics
from shared.pack import PackError, read_files
from shared.service import Service, Work
from shared.settings import NotifierSettings, load, stop
from shared.stream import Subscription
from shared.vault import Vault


class Notifier(Service):
    """Plans a message for each event that somebody should hear of, and sends it once."""

    settings: NotifierSettings

    def __init__(self, settings: NotifierSettings) -> None:
        super().__init__("notifier", settings)
        track_url = settings.track_url or f"{settings.intake_url}/track/{{code}}.json"
        self._messages = self.usable(lambda: checked_messages(read_files(settings.pack), self.pack, track_url))
        self._accounts = providers.read_accounts(settings)
        self._secrets = providers.read_webhook_secrets(settings)
        self._offices = _offices(settings, self._messages, self._secrets)
        self._stops = _stops(settings)
        self._stop_door = Door(self._stops) if self._stops else None
        self._receipts: Receipts | None = None

    def paths(self) -> Sequence[Route]:
        """Where providers say later what became of messages, and where readers ask to be left alone."""
        receipts = door.routes(providers.readers(self.settings, self._accounts), lambda: self._receipts)
        return [*receipts, *(self._stop_door.paths() if self._stop_door else ())]

    def subscriptions(self) -> Sequence[Subscription]:
        """What reports say, the steps in their lives, their deadlines, and what bots answer."""
        settings, messages, pool, outbox = self.settings, self._messages, self.pool, self.outbox
        if self._stop_door:
            self._stop_door.pool = pool
        carriers = providers.carriers(settings, self._accounts, self._secrets)
        # Whether a repeat is received once depends on the provider, so it is decided when the message is with one.
        kinds = dict.fromkeys((CHANNEL, *(carrier.kind for carrier in carriers)), False)
        patience = Patience(
            timedelta(seconds=settings.sending_lease_seconds),
            timedelta(seconds=settings.sending_retry_seconds),
            messages.receipt_wait,
        )
        addressing = Addressing(Vault(settings.vault_keys), self._offices or {}, self._stops, messages, pool)
        second = SecondWay(messages, kinds, self._wake)
        self._settler = Settler(patience, carriers, messages, second, pool, outbox)
        self._start_lanes(carriers, addressing, patience.lease)
        self._requests = Requests(messages, addressing, pool, outbox, patience)
        self._gatherer = Gatherer(messages, kinds, pool, outbox, self._wake)
        self._receipts = Receipts(self._settler, second, patience.receipt, pool, outbox, self._watch)
        planner = Planner(messages, Means(kinds, self._offices), pool, outbox, self._wake)
        return (
            Subscription(topics.ACCEPTED, Reports(pool, outbox)),
            Subscription(topics.STATUS, Steps(planner)),
            Subscription(topics.DEADLINES, Deadlines(planner)),
            Subscription(topics.OUTCOMES, Answers(addressing, self._settler, second, pool, outbox)),
        )

    def chores(self) -> Sequence[tuple[float, Work]]:
        """Sending, digests, receipts that had to wait or never came, and looking for what a dead instance left."""
        assert self._receipts is not None  # noqa: S101 - subscriptions are asked for first
        return (
            *((0.0, lane.send_due) for lane in self._lanes),
            (0.0, self._requests.request_due),
            (1.0, self._gatherer.gather_digests),
            (2.0, self._gatherer.follow_digests),
            (min(15.0, self.settings.sending_lease_seconds / 4), self._settler.give_up_on_the_dead),
            (2.0, self._receipts.look_again),
            (5.0, self._receipts.give_up_waiting),
            (5.0, self._settler.observe),
        )

    def _start_lanes(self, carriers: Sequence[Carrier], addressing: Addressing, lease: timedelta) -> None:
        """A queue for each kind, a lane for each provider."""
        by_kind: dict[str, list[Carrier]] = {}
        for carrier in carriers:
            by_kind.setdefault(carrier.kind, []).append(carrier)
        self._queues = {kind: Queue(of_kind, addressing, lease, self.pool) for kind, of_kind in by_kind.items()}
        self._lanes = [Lane(carrier, self._queues[carrier.kind], self._messages, self._settler) for carrier in carriers]

    def _watch(self, kind: str, provider: str, good: bool) -> None:
        """A receipt tells how a provider does; a mail's way back says nothing of the relay."""
        queue = self._queues.get(kind)
        if queue and provider in queue.health.shares():
            queue.note(provider, good=good)

    def _wake(self, kinds: Collection[str] | None = None) -> None:
        """Messages of these kinds may be due, or of all."""
        if kinds is None or CHANNEL in kinds:
            self._requests.wake()
        for kind, queue in self._queues.items():
            if kinds is None or kind in kinds:
                queue.wake()


def _stops(settings: NotifierSettings) -> Stops | None:
    """Links to stop; None where nobody can ask to be left alone."""
    if settings.contact_key is None:
        return None
    if settings.notifier_url is None:
        stop("TANGGAP_CONTACT_KEY: links to stop also need TANGGAP_NOTIFIER_URL")
    return Stops(settings.contact_key.get_secret_value(), settings.notifier_url)


def _offices(settings: NotifierSettings, messages: Messages, secrets: Collection[str]) -> Offices | None:
    """The offices' contacts; None where no office is told."""
    if settings.offices is None:
        return None
    known = Known(messages.pack.agencies, messages.office_languages, secrets, settings.webhook_trial)
    try:
        return load_offices(settings.offices, known)
    except PackError as error:
        stop("TANGGAP_OFFICES: " + "; ".join(str(problem) for problem in error.problems))


if __name__ == "__main__":
    Notifier(load(NotifierSettings)).run()

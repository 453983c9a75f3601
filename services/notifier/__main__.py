"""Notifier: tells people what became of their report. `python -m services.notifier`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from starlette.routing import Route

from services.notifier.carrier import Carrier
from services.notifier.channels.handlers import KIND as CHANNEL
from services.notifier.channels.handlers import Answers, Requests
from services.notifier.checking import checked_messages
from services.notifier.contacts.addressing import Addressing
from services.notifier.contacts.door import Door
from services.notifier.contacts.offices import Known, Offices, load_offices
from services.notifier.contacts.stopping import Stops
from services.notifier.digests.handlers import Gatherer
from services.notifier.email import Mail
from services.notifier.filing import Settler
from services.notifier.gateways.sending import Gateway, read_gateways
from services.notifier.handlers import Deadlines, Planner, Reports, Steps
from services.notifier.messages import Messages
from services.notifier.planning import Means
from services.notifier.sending import Lane
from services.notifier.webhooks.sending import Webhooks
from services.notifier.webhooks.signing import read_secrets
from shared import topics
from shared.pack import PackError
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
        self._messages = checked_messages(settings.pack, self.pack, track_url)
        self._secrets = _webhook_secrets(settings)
        self._offices = _offices(settings, self._messages, self._secrets)
        key = settings.contact_key
        self._stops = Stops(key.get_secret_value(), settings.notifier_url) if key else None
        self._door = Door(self._stops) if self._stops else None

    def subscriptions(self) -> Sequence[Subscription]:
        """What reports say, the steps in their lives, and their deadlines."""
        settings = self.settings
        self._settler = Settler(
            timedelta(seconds=settings.sending_lease_seconds),
            timedelta(seconds=settings.sending_retry_seconds),
            self.pool,
            self.outbox,
        )
        if self._door:
            self._door.pool = self.pool
        vault = Vault(settings.vault_keys)
        addressing = Addressing(vault, self._offices or {}, self._stops, self._messages, self.pool)
        carriers = self._carriers()
        self._lanes = [Lane(carrier, self._messages, addressing, self.pool, self._settler) for carrier in carriers]
        self._requests = Requests(self._messages, addressing, self.pool, self.outbox, self._settler.lease)
        kinds = {CHANNEL: False, **{carrier.kind: carrier.tells_repeats for carrier in carriers}}
        self._gatherer = Gatherer(self._messages, kinds, self.pool, self.outbox, self._wake)
        planner = Planner(self._messages, Means(kinds, self._offices), self.pool, self.outbox, self._wake)
        first_retry = timedelta(seconds=settings.sending_retry_seconds)
        return (
            Subscription(topics.ACCEPTED, Reports(self.pool, self.outbox)),
            Subscription(topics.STATUS, Steps(planner)),
            Subscription(topics.DEADLINES, Deadlines(planner)),
            Subscription(topics.OUTCOMES, Answers(addressing, self.pool, self.outbox, first_retry, self._wake)),
        )

    def paths(self) -> Sequence[Route]:
        """Where readers ask to be left alone."""
        return self._door.paths() if self._door else ()

    def chores(self) -> Sequence[tuple[float, Work]]:
        """Sending, and looking for what a dead instance left."""
        return (
            *((0.0, lane.send_due) for lane in self._lanes),
            (0.0, self._requests.request_due),
            (1.0, self._gatherer.gather_digests),
            (2.0, self._gatherer.follow_digests),
            (15.0, self._settler.give_up_on_the_dead),
            (5.0, self._settler.observe),
        )

    def _carriers(self) -> list[Carrier]:
        settings = self.settings
        timeout = settings.sending_lease_seconds / 8
        mail = Mail(
            settings.smtp_url, settings.mail_from, settings.smtp_connections, timeout, settings.mail_unsubscribe
        )
        carriers: list[Carrier] = [mail]
        for kind, gateways in (("sms", settings.sms_gateways), ("whatsapp", settings.whatsapp_gateways)):
            if gateways:
                account, *_ = read_gateways(gateways.get_secret_value())
                carriers.append(Gateway(kind, account, settings.gateway_connections, timeout))
        if self._secrets:
            connections = settings.webhook_connections
            carriers.append(Webhooks(self._secrets, connections, timeout, trial=settings.webhook_trial))
        return carriers

    def _wake(self) -> None:
        self._requests.wake()
        for lane in self._lanes:
            lane.wake()


def _webhook_secrets(settings: NotifierSettings) -> Mapping[str, Sequence[bytes]]:
    try:
        return read_secrets(settings.webhook_secrets.get_secret_value() if settings.webhook_secrets else "")
    except ValueError as error:
        stop(f"TANGGAP_WEBHOOK_SECRETS: {error}")


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

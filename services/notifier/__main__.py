"""Notifier: tells people what became of their report. `python -m services.notifier`."""

from collections.abc import Sequence
from datetime import timedelta

from services.notifier.carrier import Carrier
from services.notifier.checking import checked_messages
from services.notifier.email import Mail
from services.notifier.filing import Settler
from services.notifier.gateways.sending import Gateway, read_gateways
from services.notifier.handlers import Deadlines, Planner, Reports, Steps
from services.notifier.sending import Lane
from shared import topics
from shared.service import Service, Work
from shared.settings import NotifierSettings, load
from shared.stream import Subscription
from shared.vault import Vault


class Notifier(Service):
    """Plans a message for each event that somebody should hear of, and sends it once."""

    settings: NotifierSettings

    def __init__(self, settings: NotifierSettings) -> None:
        super().__init__("notifier", settings)
        track_url = f"{settings.intake_url}/track/{{code}}.json"
        self._messages = checked_messages(settings.pack, self.pack, track_url)

    def subscriptions(self) -> Sequence[Subscription]:
        """What reports say, the steps in their lives, and their deadlines."""
        settings = self.settings
        self._settler = Settler(
            timedelta(seconds=settings.sending_lease_seconds),
            timedelta(seconds=settings.sending_retry_seconds),
            self.pool,
            self.outbox,
        )
        vault = Vault(settings.vault_keys)
        carriers = self._carriers()
        self._lanes = [Lane(carrier, self._messages, vault, self.pool, self._settler) for carrier in carriers]
        kinds = {carrier.kind: carrier.tells_repeats for carrier in carriers}
        planner = Planner(self._messages, kinds, self.pool, self.outbox, self._wake)
        return (
            Subscription(topics.ACCEPTED, Reports(self.pool, self.outbox)),
            Subscription(topics.STATUS, Steps(planner)),
            Subscription(topics.DEADLINES, Deadlines(planner)),
        )

    def chores(self) -> Sequence[tuple[float, Work]]:
        """Sending, and looking for what a dead instance left."""
        return (
            *((0.0, lane.send_due) for lane in self._lanes),
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
        return carriers

    def _wake(self) -> None:
        for lane in self._lanes:
            lane.wake()


if __name__ == "__main__":
    Notifier(load(NotifierSettings)).run()

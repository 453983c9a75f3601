"""Notifier: tells people what became of their report. `python -m services.notifier`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from starlette.routing import Route

from services.notifier.carrier import Carrier
from services.notifier.checking import checked_messages
from services.notifier.claiming import Queue
from services.notifier.email import Mail
from services.notifier.filing import Patience, Settler
from services.notifier.gateways.format import Account
from services.notifier.gateways.sending import Gateway, read_gateways
from services.notifier.handlers import Deadlines, Planner, Reports, Steps
from services.notifier.receipts import door
from services.notifier.receipts.format import Reader
from services.notifier.receipts.handlers import Receipts
from services.notifier.receipts.mail import MailReceipts
from services.notifier.receipts.twilio import TwilioReceipts
from services.notifier.receipts.whatsapp_cloud import WhatsAppReceipts
from services.notifier.second_way.handlers import SecondWay
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
        self._accounts = {
            kind: [_reporting(account, settings.notifier_url) for account in read_gateways(gateways.get_secret_value())]
            for kind, gateways in (("sms", settings.sms_gateways), ("whatsapp", settings.whatsapp_gateways))
            if gateways
        }
        self._receipts: Receipts | None = None

    def paths(self) -> Sequence[Route]:
        """Where providers say later what became of messages."""
        return door.routes(self._readers(), lambda: self._receipts)

    def subscriptions(self) -> Sequence[Subscription]:
        """What reports say, the steps in their lives, and their deadlines."""
        settings = self.settings
        wait = self._messages.receipt_wait
        lease = timedelta(seconds=settings.sending_lease_seconds)
        carriers = self._carriers()
        kinds = {carrier.kind for carrier in carriers}
        second = SecondWay(self._messages, kinds, self._wake)
        patience = Patience(lease, timedelta(seconds=settings.sending_retry_seconds), wait)
        self._settler = Settler(patience, carriers, self._messages, second, self.pool, self.outbox)
        self._queues = {
            kind: Queue([carrier for carrier in carriers if carrier.kind == kind], lease, self.pool) for kind in kinds
        }
        vault = Vault(settings.vault_keys)
        self._lanes = [
            Lane(carrier, self._queues[carrier.kind], self._messages, vault, self._settler) for carrier in carriers
        ]
        self._receipts = Receipts(self._settler, second, wait, self.pool, self.outbox, self._watch)
        # Whether a repeat is received once depends on the provider, so it is decided when the message is with one.
        planner = Planner(self._messages, dict.fromkeys(kinds, False), self.pool, self.outbox, self._wake)
        return (
            Subscription(topics.ACCEPTED, Reports(self.pool, self.outbox)),
            Subscription(topics.STATUS, Steps(planner)),
            Subscription(topics.DEADLINES, Deadlines(planner)),
        )

    def chores(self) -> Sequence[tuple[float, Work]]:
        """Sending, receipts that had to wait or never came, and looking for what a dead instance left."""
        assert self._receipts is not None  # noqa: S101 - subscriptions are asked for first
        return (
            *((0.0, lane.send_due) for lane in self._lanes),
            (15.0, self._settler.give_up_on_the_dead),
            (2.0, self._receipts.look_again),
            (5.0, self._receipts.give_up_waiting),
            (5.0, self._settler.observe),
        )

    def _carriers(self) -> list[Carrier]:
        settings = self.settings
        timeout = settings.sending_lease_seconds / 8
        mail = Mail(
            settings.smtp_url, settings.mail_from, settings.smtp_connections, timeout, settings.mail_unsubscribe
        )
        gateways = [
            Gateway(kind, account, settings.gateway_connections, timeout)
            for kind, accounts in self._accounts.items()
            for account in accounts
        ]
        return [mail, *gateways]

    def _readers(self) -> dict[str, list[Reader]]:
        """Who reads the receipts of each provider; whose cannot be told from forged ones has none."""
        settings = self.settings
        found: dict[str, list[Reader]] = {}
        for account in (account for accounts in self._accounts.values() for account in accounts):
            if account.format == "twilio":
                found.setdefault(account.name, []).append(TwilioReceipts(account, settings.notifier_url))
            elif account.format == "whatsapp-cloud" and "secret" in account.options:
                found.setdefault(account.name, []).append(WhatsAppReceipts(account))
        if settings.bounce_secret:
            found["mail"] = [MailReceipts(settings.bounce_secret.get_secret_value(), settings.mail_from)]
        return found

    def _watch(self, kind: str, provider: str, good: bool) -> None:
        """A receipt tells how a provider does; a mail's way back says nothing of the relay."""
        queue = self._queues.get(kind)
        if queue and provider in queue.health.shares():
            queue.note(provider, good=good)

    def _wake(self) -> None:
        for queue in self._queues.values():
            queue.wake()


def _reporting(account: Account, url: str | None) -> Account:
    """The account with the address at which it is to report deliveries."""
    if url is None:
        return account
    return replace(account, options={**account.options, "receipts": f"{url.rstrip('/')}{door.PATH}/{account.name}"})


if __name__ == "__main__":
    Notifier(load(NotifierSettings)).run()

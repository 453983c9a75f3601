"""Sending what is due: the attempt is committed, then the provider is called, then the result is committed."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import aiosmtplib
from pydantic import BaseModel

from services.notifier import store
from services.notifier.delivery import Next, Result, after
from services.notifier.email import PROVIDER, Mailbox, compose
from services.notifier.messages import Messages
from services.notifier.planning import FINAL, SENT_KINDS, Message, outcome
from shared import kinds, log, metrics
from shared.database import Pool
from shared.envelope import Event, announce
from shared.events import ReplyTo
from shared.outbox import Outbox
from shared.settings import NotifierSettings
from shared.vault import Sealed, Unreadable, Vault

_log = log.get("notifier")
_CLAIM = 50


class Contact(BaseModel):
    """The part of an identity that a sender needs."""

    reply_to: tuple[ReplyTo, ...]


class Sender:
    """Sends the messages that are due. Several instances share the work; none takes what another has."""

    def __init__(self, settings: NotifierSettings, messages: Messages, pool: Pool, outbox: Outbox) -> None:
        self._settings = settings
        self._messages = messages
        self._lease = timedelta(seconds=settings.sending_lease_seconds)
        self._vault = Vault(settings.vault_keys)
        self._pool = pool
        self._outbox = outbox
        self._awake = asyncio.Event()
        metrics.TOLD_SECONDS.labels("told")
        for kind, status in (*product(SENT_KINDS, FINAL), ("none", "suppressed")):
            metrics.NOTIFICATIONS.labels(kind, status)

    def wake(self) -> None:
        """Something new is due."""
        self._awake.set()

    async def send_due(self) -> None:
        """Wait for work, a second at most, and do all there is."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._awake.wait(), 1.0)
        self._awake.clear()
        while True:
            now = datetime.now(UTC)
            due = await store.claim(self._pool, now, now + self._lease, _CLAIM)
            kept = await store.read_vault(self._pool, due) if due else {}
            lanes = min(self._settings.smtp_connections, len(due))
            # No provider is called inside a transaction: it would hold rows for as long as somebody else likes.
            await asyncio.gather(
                *(self._send_over_one_connection(due[lane::lanes], kept, now) for lane in range(lanes))
            )
            if len(due) < _CLAIM:
                break

    async def observe(self) -> None:
        """Tell how many messages wait."""
        metrics.NOTIFICATIONS_DUE.set(await store.count_due(self._pool, datetime.now(UTC)))

    async def give_up_on_the_dead(self) -> None:
        """What a dead instance left `sending` is `unknown`: visible, counted, not sent again by itself."""
        now = datetime.now(UTC)
        async with self._pool.acquire() as con, con.transaction():
            abandoned = await store.abandon(con, now)
            lost = Next("unknown", "sender-died", 0, None)
            await self._outbox.add(con, [_event(message, lost, now) for message in abandoned])
        self._outbox.publish_soon()
        for message in abandoned:
            metrics.NOTIFICATIONS.labels(message.kind, "unknown").inc()

    async def _send_over_one_connection(
        self, messages: Sequence[Message], kept: Mapping[UUID, Sealed], claimed_at: datetime
    ) -> None:
        waiting = list(messages)
        # No attempt begins in the second half of the lease: it is over before another instance takes it for lost.
        latest_begin = claimed_at + self._lease / 2
        try:
            async with Mailbox(self._settings.smtp_url, self._lease.total_seconds() / 8) as mailbox:
                while waiting and datetime.now(UTC) < latest_begin:
                    message = waiting[0]
                    result = await self._attempt(mailbox, message, kept.get(message.step.report_id))
                    waiting.pop(0)
                    await self._settle(message, result)
                    if result.held_back or result.status == "unknown":
                        break  # the connection is gone
        except (aiosmtplib.SMTPException, OSError) as error:
            _log.warning("relay.away", error=type(error).__name__, waiting=len(waiting))
        for message in waiting:
            await self._settle(message, Result("created", "provider-away", held_back=True))

    async def _attempt(self, mailbox: Mailbox, message: Message, kept: Sealed | None) -> Result:
        if kept is None:
            return Result("suppressed", "erased")
        try:
            contact = Contact.model_validate_json(self._vault.open(message.step.report_id, kept))
        except Unreadable:
            return Result("technical-failure", "vault-unreadable")
        address = next((way.address for way in contact.reply_to if way.kind == message.kind), None)
        if address is None:
            return Result("suppressed", "no-contact")
        words = self._messages.write(message.template, message.language, message.step)
        try:
            mail = compose(message, words, self._settings.mail_from, address)
        except ValueError:  # a line break in an address, say: never a header of somebody else's making
            return Result("permanent-failure", "bad-address")
        return await mailbox.send(mail)

    async def _settle(self, message: Message, result: Result) -> None:
        now = datetime.now(UTC)
        then = after(result, message.attempt, now)
        async with self._pool.acquire() as con, con.transaction():
            await store.settle(con, message, then, PROVIDER, result.provider_message_id)
            if not result.held_back:
                await self._outbox.add(con, [_event(message, then, now)])
        if result.held_back:
            return
        metrics.NOTIFICATIONS.labels(message.kind, then.status).inc()
        if then.status == "sent" and message.received_at and message.attempt == 1:
            metrics.TOLD_SECONDS.labels("told").observe((now - message.received_at).total_seconds())
        _log.info(
            "notification.settled",
            report_id=str(message.step.report_id),
            trace_id=message.trace,
            notification_id=str(message.notification_id),
            status=then.status,
            reason=then.reason,
        )
        self._outbox.publish_soon()


def _event(message: Message, then: Next, now: datetime) -> Event:
    data = outcome(message, then.status, then.reason, now, PROVIDER)
    cause = (message.notification_id, message.attempt, then.status)
    return announce(kinds.NOTIFICATION_OUTCOME, message.step.report_id, cause, data, now, message.trace)

"""Filing what became of attempts: results that come while one transaction runs share the next."""

import asyncio
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Final
from uuid import UUID

from services.notifier.attempts import store
from services.notifier.carrier import Carrier
from services.notifier.delivery import Next, Result, after
from services.notifier.messages import Messages
from services.notifier.news import DIGEST
from services.notifier.planning import FINAL, Message, outcome
from services.notifier.second_way.handlers import SecondWay
from services.notifier.table import KINDS
from shared import kinds, log, metrics
from shared.database import Pool
from shared.envelope import Event, announce
from shared.failures import back_off, is_transient
from shared.outbox import Outbox

_log = log.get("notifier")
# Results wait so long for others: each commit costs a publication, too. What a crash leaves unknown stays bounded.
_GATHERED: Final = 0.1
_DROPPED_EVERY: Final = 1.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long things may take: an attempt, until the first retry, until a receipt."""

    lease: timedelta
    first_retry: timedelta
    receipt: timedelta


class Settler:
    """Commits results and announces them."""

    def __init__(
        self,
        patience: Patience,
        carriers: Sequence[Carrier],
        messages: Messages,
        second: SecondWay,
        pool: Pool,
        outbox: Outbox,
    ) -> None:
        self.lease = patience.lease
        self._patience = patience
        self._asked = [carrier.name for carrier in carriers if carrier.tells_repeats]
        self._messages = messages
        self._second = second
        self._pool = pool
        self._outbox = outbox
        self._new: dict[UUID, store.Settled] = {}
        self._lock = asyncio.Lock()
        self._hurried = asyncio.Event()
        self._dropped_at = float("-inf")
        metrics.TOLD_SECONDS.labels("told")
        for kind, status in (*product(KINDS, (*FINAL, "delivered")), ("none", "suppressed")):
            metrics.NOTIFICATIONS.labels(kind, status)

    async def keep(self, message: Message, result: Result, carrier: Carrier) -> None:
        """Commit what became of an attempt; returns when it is, together with what others bring meanwhile."""
        now = datetime.now(UTC)
        then = self.what_follows(message, result, now, resend=message.resend or carrier.tells_repeats)
        mine = message.notification_id
        self._new[mine] = store.Settled(
            message,
            then,
            carrier.name,
            result.provider_message_id,
            bound=carrier.name if then.status == "unknown" and carrier.tells_repeats else None,
            receipt_by=now + self._patience.receipt if then.status == "sent" and carrier.gives_receipts else None,
        )
        async with self._lock:
            if mine in self._new:
                await self._gather()
                batch, self._new = list(self._new.values()), {}
                await self._commit_patiently(batch)

    def hurry(self) -> None:
        """Somebody can go on only when what was brought is committed."""
        self._hurried.set()

    async def _gather(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._hurried.wait(), _GATHERED)
        self._hurried.clear()

    def what_follows(self, message: Message, result: Result, now: datetime, *, resend: bool = False) -> Next:
        """The state after `result`; what is tried again does not ring at night either."""
        chance = random.random()  # noqa: S311 - jitter is no secret
        then = after(result, message.attempt, now, resend=resend, chance=chance, first=self._patience.first_retry)
        rule = self._messages.rule_of(message.news, message.audience, message.template) if then.due else None
        if rule is None or then.due is None:
            return then
        return replace(then, due=self._messages.not_before(rule, message.kind, then.due))

    async def _commit_patiently(self, batch: list[store.Settled]) -> None:
        """Wait for a database that is away; past half the lease another instance will have taken these for lost."""
        ends = asyncio.get_running_loop().time() + self.lease.total_seconds() / 2
        for pause in back_off():
            try:
                await self._commit(batch)
            except Exception as error:
                if not is_transient(error) or asyncio.get_running_loop().time() > ends:
                    raise
                await asyncio.sleep(pause)
            else:
                return

    async def _commit(self, batch: list[store.Settled]) -> None:
        now = datetime.now(UTC)
        async with self._pool.acquire() as con, con.transaction():
            kept = await store.settle(con, batch, now)
            told = [one for one in batch if one.message.notification_id in kept and one.then.status != "created"]
            failed = [(one.message, one.then.reason) for one in told if one.then.status == "permanent-failure"]
            second = await self._second.take(con, failed, now)
            await self._outbox.add(con, [_settled(one, now) for one in told if is_told_of(one.message)])
        for one in told:
            _tell(one, now)
        if told:
            self._outbox.publish_soon()
        if second:
            self._second.wake()

    async def give_up_on_the_dead(self) -> None:
        """What a dead instance left `sending` is `unknown`: visible, counted, sent again only where the table says."""
        now = datetime.now(UTC)
        async with self._pool.acquire() as con, con.transaction():
            abandoned = await store.abandon(con, self._asked, now)
            lost = Next("unknown", "sender-died", 0, None)
            told = [(message, provider) for message, provider in abandoned if is_told_of(message)]
            await self._outbox.add(con, [event_of(message, lost, now, provider) for message, provider in told])
        self._outbox.publish_soon()
        for message, _ in abandoned:
            metrics.NOTIFICATIONS.labels(message.kind, "unknown").inc()

    async def drop_old_news(self) -> None:
        """What could not be sent before something later was to be told is not sent any more; told within a second."""
        if time.monotonic() - self._dropped_at < _DROPPED_EVERY:
            return
        self._dropped_at = time.monotonic()
        now = datetime.now(UTC)
        async with self._pool.acquire() as con, con.transaction():
            old = await store.drop_old_news(con, now)
            over = Next("suppressed", "superseded", 0, None)
            await self._outbox.add(con, [event_of(message, over, now, None) for message in old])
        if old:
            self._outbox.publish_soon()
        for message in old:
            metrics.NOTIFICATIONS.labels(message.kind, "suppressed").inc()

    async def observe(self) -> None:
        """Tell how many messages wait."""
        metrics.NOTIFICATIONS_DUE.set(await store.count_due(self._pool, datetime.now(UTC)))


def is_told_of(message: Message) -> bool:
    """Whether a message has outcomes of its own: a digest's are those of what it tells (`digests/`)."""
    return message.news.event != DIGEST


def _tell(one: store.Settled, now: datetime) -> None:
    message, then = one.message, one.then
    metrics.NOTIFICATIONS.labels(message.kind, then.status).inc()
    if then.status == "sent" and message.received_at and message.attempt == 1 and message.news.sequence <= 2:
        metrics.TOLD_SECONDS.labels("told").observe((now - message.received_at).total_seconds())
    _log.info(
        "notification.settled",
        report_id=str(message.news.report_id),
        trace_id=message.trace,
        notification_id=str(message.notification_id),
        status=then.status,
        reason=then.reason,
    )


def _settled(one: store.Settled, now: datetime) -> Event:
    return event_of(one.message, one.then, now, one.provider, one.provider_message_id)


def event_of(
    message: Message, then: Next, now: datetime, provider: str | None, provider_message_id: str | None = None
) -> Event:
    """What became of a message, as an event; the same state of the same attempt is the same event."""
    data = outcome(message, then.status, then.reason, now, provider)
    if provider_message_id is not None:
        data = data.model_copy(update={"provider_message_id": provider_message_id})
    cause = (message.notification_id, message.attempt, then.status)
    return announce(kinds.NOTIFICATION_OUTCOME, message.news.report_id, cause, data, now, message.trace)

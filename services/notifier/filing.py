"""Filing what became of attempts: results that come while one transaction runs share the next."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

from services.notifier import store
from services.notifier.delivery import Next, Result, after
from services.notifier.news import DIGEST
from services.notifier.planning import FINAL, Message, outcome
from services.notifier.table import KINDS
from shared import kinds, log, metrics
from shared.database import Pool
from shared.envelope import Event, announce
from shared.failures import back_off, is_transient
from shared.outbox import Outbox

_log = log.get("notifier")


class Settler:
    """Commits results and announces them; `lease` is how long an attempt may take."""

    def __init__(self, lease: timedelta, first_retry: timedelta, pool: Pool, outbox: Outbox) -> None:
        self.lease = lease
        self._first_retry = first_retry
        self._pool = pool
        self._outbox = outbox
        self._new: dict[UUID, store.Settled] = {}
        self._lock = asyncio.Lock()
        metrics.TOLD_SECONDS.labels("told")
        for kind, status in (*product(KINDS, FINAL), ("none", "suppressed")):
            metrics.NOTIFICATIONS.labels(kind, status)

    async def keep(self, message: Message, result: Result, provider: str) -> None:
        """Commit what became of an attempt; returns when it is, together with what others bring meanwhile."""
        chance = random.random()  # noqa: S311 - jitter is no secret
        now = datetime.now(UTC)
        then = after(result, message.attempt, now, resend=message.resend, chance=chance, first=self._first_retry)
        mine = message.notification_id
        self._new[mine] = store.Settled(message, then, provider, result.provider_message_id)
        async with self._lock:
            if mine in self._new:
                batch, self._new = list(self._new.values()), {}
                await self._commit_patiently(batch)

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
            await self._outbox.add(
                con, [_event(one.message, one.then, now, one.provider) for one in told if is_told_of(one.message)]
            )
        for one in told:
            _tell(one, now)
        if told:
            self._outbox.publish_soon()

    async def give_up_on_the_dead(self) -> None:
        """What a dead instance left `sending` is `unknown`: visible, counted, sent again only where the table says."""
        now = datetime.now(UTC)
        async with self._pool.acquire() as con, con.transaction():
            abandoned = await store.abandon(con, now)
            lost = Next("unknown", "sender-died", 0, None)
            await self._outbox.add(
                con, [_event(message, lost, now, None) for message in abandoned if is_told_of(message)]
            )
        self._outbox.publish_soon()
        for message in abandoned:
            metrics.NOTIFICATIONS.labels(message.kind, "unknown").inc()

    async def drop_old_news(self) -> None:
        """What could not be sent before something later was to be told is not sent any more."""
        now = datetime.now(UTC)
        async with self._pool.acquire() as con, con.transaction():
            old = await store.drop_old_news(con, now)
            over = Next("suppressed", "superseded", 0, None)
            await self._outbox.add(con, [_event(message, over, now, None) for message in old])
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


def _event(message: Message, then: Next, now: datetime, provider: str | None) -> Event:
    data = outcome(message, then.status, then.reason, now, provider)
    cause = (message.notification_id, message.attempt, then.status)
    return announce(kinds.NOTIFICATION_OUTCOME, message.news.report_id, cause, data, now, message.trace)

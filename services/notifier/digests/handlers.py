"""Making digests when their time has come, and giving what they told their own state."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from services.notifier import store as messages_store
from services.notifier.digests import store
from services.notifier.digests.digest import Window, digest_of
from services.notifier.messages import Messages
from services.notifier.planning import Message, outcome
from shared import kinds, metrics
from shared.database import Connection, Pool
from shared.envelope import Event, announce
from shared.outbox import Outbox

# What was planned just before a window ended is committed by then; what is not goes with the next.
_SETTLED: Final = timedelta(seconds=2)
_FOLLOWED_FOR: Final = timedelta(days=14)  # bounces and receipts come within days
_WINDOWS_AT_ONCE: Final = 50


class Gatherer:
    """Tells offices together what came since; several instances share the work without telling twice."""

    def __init__(
        self, messages: Messages, sent: Mapping[str, bool], pool: Pool, outbox: Outbox, wake: Callable[[], None]
    ) -> None:
        self._messages = messages
        self._sent = sent
        self._pool = pool
        self._outbox = outbox
        self._wake = wake

    async def gather_digests(self) -> None:
        """Every window that has ended: its digest and the marks on what it tells are one transaction."""
        now = datetime.now(UTC)
        made = 0
        async with self._pool.acquire() as con, con.transaction():
            if not await store.is_mine(con):
                return
            for window in await store.ended(con, now - _SETTLED, _WINDOWS_AT_ONCE):
                made += await self._gather(con, window, now)
        if made:
            metrics.GATHERED.inc(made)
            self._wake()
            self._outbox.publish_soon()

    async def _gather(self, con: Connection, window: Window, now: datetime) -> int:
        waiting = await store.waiting(con, window)
        told = [message for message, moved_on in waiting if not moved_on]
        old = [message for message, moved_on in waiting if moved_on]
        await store.let_go(con, old, now)
        await self._outbox.add(con, [_event(one, "suppressed", "superseded", None, now) for one in old])
        if not told:
            return 0
        digest = digest_of(window, told, self._messages, self._sent, now)
        if await messages_store.insert_messages(con, [digest], now):
            await store.keep(con, digest.notification_id, told, now)
            return len(told)
        await store.put_off(con, told, self._messages.window_ends(now))
        return 0

    async def follow_digests(self) -> None:
        """What a digest told becomes sent, or fails, with it."""
        now = datetime.now(UTC)
        async with self._pool.acquire() as con, con.transaction():
            turned = await store.follow(con, now - _FOLLOWED_FOR, now)
            await self._outbox.add(
                con, [_event(one, row["status"], row["reason"], row["provider"], now) for one, row in turned]
            )
        if turned:
            self._outbox.publish_soon()


def _event(message: Message, status: str, reason: str | None, provider: str | None, now: datetime) -> Event:
    data = outcome(message, status, reason, now, provider)
    cause = (message.notification_id, message.attempt, status)
    return announce(kinds.NOTIFICATION_OUTCOME, message.news.report_id, cause, data, now, message.trace)

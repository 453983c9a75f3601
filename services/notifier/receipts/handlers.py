"""The way of a receipt: kept -> matched -> judged -> the message's new state and its event, in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final

from services.notifier.attempts.filing import Settler, event_of, is_told_of
from services.notifier.delivery import Next, Result
from services.notifier.planning import Message
from services.notifier.receipts import store
from services.notifier.receipts.format import Receipt
from services.notifier.receipts.judging import Standing, is_early, judge
from services.notifier.second_way.handlers import SecondWay
from shared import metrics
from shared.database import Connection, Pool
from shared.envelope import Event
from shared.outbox import Outbox

Watch = Callable[[str, str, bool], None]  # kind, provider, whether it did well
# A message that took longer from hand-over to delivery was delivered slowly.
_SLOW: Final = timedelta(minutes=5)
_EARLY: Final = timedelta(days=1)
_KEPT: Final = timedelta(days=90)
_UNMATCHED: Final = timedelta(minutes=10)
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class _Step:
    """What one receipt did to a message."""

    message: Message
    then: Next
    receipt: Receipt


class Receipts:
    """Takes account of receipts; `wait` is how long one may be awaited, `watch` hears how providers do."""

    def __init__(
        self, settler: Settler, second: SecondWay, wait: timedelta, pool: Pool, outbox: Outbox, watch: Watch
    ) -> None:
        self._settler = settler
        self._second = second
        self._wait = wait
        self._pool = pool
        self._outbox = outbox
        self._watch = watch

    async def take(self, receipts: Sequence[Receipt]) -> None:
        """Returns when they are kept for good, and applied where their messages are known."""
        if not receipts:
            return
        now = datetime.now(UTC)
        async with self._pool.acquire() as con, con.transaction():
            once = {(one.provider, one.provider_message_id, one.status): one for one in receipts}
            # Sorted: two requests with the same receipts must not wait for each other.
            ordered = sorted(once.values(), key=lambda one: (one.provider, one.provider_message_id))
            kept = await store.keep(con, ordered, now)
            steps, used, second = await self._apply(con, kept, now)
        for receipt in receipts[: len(kept) - used]:
            metrics.RECEIPTS.labels(receipt.provider, "early").inc()
        self._tell(steps, second)

    async def look_again(self) -> None:
        """Apply what came before its message was written down; forget what never fitted."""
        now = datetime.now(UTC)
        async with self._pool.acquire() as con, con.transaction():
            kept = await store.waiting(con, now - _EARLY, _AT_ONCE)
            steps, _, second = await self._apply(con, kept, now) if kept else ([], 0, 0)
            await store.drop_before(con, now - _KEPT)
        self._tell(steps, second)
        metrics.RECEIPTS_UNMATCHED.set(await store.count_unmatched(self._pool, now - _UNMATCHED))

    async def give_up_waiting(self) -> None:
        """Messages without a receipt in time are not delivered; the second way where silence would be worse."""
        now = datetime.now(UTC)
        async with self._pool.acquire() as con, con.transaction():
            silent = await store.silent(con, now, _AT_ONCE)
            then = Next("temporary-failure", "no-receipt", 0, None)
            told = [(message, provider) for message, provider in silent if is_told_of(message)]
            await self._outbox.add(con, [event_of(message, then, now, provider) for message, provider in told])
            worse = [(message, "no-receipt") for message, _ in silent if message.resend]
            second = await self._second.take(con, worse, now)
        for message, provider in silent:
            metrics.NOTIFICATIONS.labels(message.kind, "temporary-failure").inc()
            self._watch(message.kind, provider, False)
        if silent:
            self._outbox.publish_soon()
        if second:
            self._second.wake()

    async def _apply(self, con: Connection, kept: Sequence[int], now: datetime) -> tuple[list[_Step], int, int]:
        """The steps that the kept receipts make, how many were taken account of, and how many go another way."""
        steps: list[_Step] = []
        changes: list[store.Change] = []
        used: list[int] = []
        matches = await store.match(con, kept)
        for _, group in groupby(matches, key=lambda one: one.message.notification_id):
            fitting = [one for one in group if not is_early(one.standing)]
            used += [one.receipt_id for one in fitting]
            mine = self._judged(fitting, now)
            steps += mine
            if mine:
                changes.append(self._change(mine[-1], now))
        await store.change(con, changes, now)
        await store.drop(con, used)
        failed = [(step.message, step.then.reason) for step in steps if step.then.status == "permanent-failure"]
        second = await self._second.take(con, failed, now)
        await self._outbox.add(con, [_event(step, now) for step in steps if is_told_of(step.message)])
        return steps, len(used), second

    def _judged(self, matches: Sequence[store.Match], now: datetime) -> list[_Step]:
        """One receipt after the other: the next finds the message as the one before left it."""
        steps: list[_Step] = []
        for one in matches:
            standing = one.standing
            if steps:
                standing = Standing(steps[-1].then.status, standing.attempt, steps[-1].receipt.provider_message_id)
            result = judge(standing, one.receipt)
            metrics.RECEIPTS.labels(one.receipt.provider, "applied" if result else "old").inc()
            if result:
                then = self._settler.what_follows(one.message, result, now)
                steps.append(_Step(one.message, then, one.receipt))
                self._note(one, result, now)
        return steps

    def _change(self, last: _Step, now: datetime) -> store.Change:
        awaited = now + self._wait if last.then.status == "sent" else None
        return store.Change(last.message.notification_id, last.then, last.receipt.provider_message_id, awaited)

    def _note(self, one: store.Match, result: Result, now: datetime) -> None:
        if result.status == "delivered":
            self._watch(one.message.kind, one.receipt.provider, now - one.since <= _SLOW)
        elif result.status in {"temporary-failure", "technical-failure"}:
            self._watch(one.message.kind, one.receipt.provider, False)

    def _tell(self, steps: Sequence[_Step], second: int) -> None:
        for step in steps:
            metrics.NOTIFICATIONS.labels(step.message.kind, step.then.status).inc()
        if steps:
            self._outbox.publish_soon()
        if second or any(step.then.due for step in steps):
            self._second.wake()


def _event(step: _Step, now: datetime) -> Event:
    return event_of(step.message, step.then, now, step.receipt.provider, step.receipt.provider_message_id)

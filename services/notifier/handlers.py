"""The notifier's way of an event: reports.status or reports.deadlines -> plan -> one transaction; senders do the rest.

`report.status_changed` carries neither the reporter's language nor what is an emergency, so the notifier also reads
`reports.accepted` and keeps those facts. Both topics have the report id as key; the step may still come first.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final, TypeVar

from services.notifier import store
from services.notifier.messages import Messages
from services.notifier.news import DEADLINE_EVENTS, UNKNOWN, News, of_deadline, of_step, reminded
from services.notifier.planning import Cause, Means, Message, outcome, plan
from services.notifier.table import ANSWER
from shared import kinds, log, metrics
from shared.database import Pool
from shared.dead_letters import dead_letter
from shared.envelope import Event, Record, announce, header, received_at_of, trace_of
from shared.events import DeadlineReached, ReportAccepted, StatusChanged
from shared.outbox import Outbox
from shared.reading import read

_log = log.get("notifier")
# How long a batch waits for report.accepted of its reports before it goes on with what is safe to assume: longer than
# the other topic's partitions may be without a reader, a session time-out (10 s) and its rebalance.
_PATIENCE: Final = 15.0
_LOOK_AGAIN: Final = 0.1
# A step has the broker's instant of its reply, but is never before the last step, nor after the router's own clock.
_NEAR: Final = timedelta(minutes=1)
K = TypeVar("K")
V = TypeVar("V")
Wake = Callable[[Collection[str]], None]  # tells that messages of these kinds are due
_DEADLINES: Final = dict(
    zip(DEADLINE_EVENTS, (kinds.DEADLINE_WARNED, kinds.DEADLINE_BREACHED, kinds.DEADLINE_ESCALATED), strict=True)
)


class Reports:
    """The handler of `reports.accepted`."""

    def __init__(self, pool: Pool, outbox: Outbox) -> None:
        self._pool = pool
        self._outbox = outbox

    async def __call__(self, batch: Sequence[Record]) -> None:
        """Facts are kept once; a repeat changes nothing."""
        reports, letters = read(batch, kinds.REPORT_ACCEPTED, ReportAccepted, "notifier")
        if reports:
            await store.insert_reports(self._pool, [report for _, report in reports])
        if letters:
            async with self._pool.acquire() as con, con.transaction():
                await self._outbox.add(con, letters)
            await self._outbox.flush()


class Planner:
    """What steps and deadlines have in common: planned once, whatever arrives twice."""

    def __init__(self, messages: Messages, means: Means, pool: Pool, outbox: Outbox, wake: Wake) -> None:
        self.messages = messages
        self.pool = pool
        # `received` is step 1; where nobody is told of it, nothing is told before step 2.
        self.first = 1 if any(rule.event == "received" for rule in messages.rules) else 2
        self._means = means
        self._outbox = outbox
        self._wake = wake

    async def plan(self, told: Sequence[tuple[Record, News]], letters: Sequence[Event]) -> None:
        """Store what these events ask to be sent, and announce what is not."""
        known = await heard(partial(store.known_reports, self.pool), {news.report_id for _, news in told})
        now = datetime.now(UTC)
        async with self.pool.acquire() as con, con.transaction():
            ways = await store.reply_kinds(con, [news.report_id for _, news in told]) if told else {}
            planned = {
                message.notification_id: message
                for record, news in told
                for message in plan(
                    Cause(
                        news,
                        known.get(news.report_id, UNKNOWN),
                        ways.get(news.report_id, ()),
                        trace_of(record, news.report_id),
                        received_at_of(record),
                    ),
                    self.messages,
                    self._means,
                    now,
                )
            }
            fresh = await store.insert_messages(con, list(planned.values()), now) if planned else set()
            new = [message for key, message in planned.items() if key in fresh]
            held = [message for message in new if message.suppressed]
            later = [message for message in new if message.news.sequence > self.first]
            over = await store.supersede(con, later, now) if later else ()
            ends = [(message, message.suppressed or "") for message in held] + [(one, "superseded") for one in over]
            await self._outbox.add(con, [*(_suppressed(message, why, now) for message, why in ends), *letters])
        for message, _ in ends:
            metrics.NOTIFICATIONS.labels(message.kind, "suppressed").inc()
        self._wake({message.kind for message in new if message.due})
        if ends or letters:
            await self._outbox.flush()


async def heard(look: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]], wanted: Collection[K]) -> Mapping[K, V]:
    """What `look` finds of `wanted`; waits a while for what intake or another topic has not told yet."""
    found: dict[K, V] = {}
    ends = asyncio.get_running_loop().time() + _PATIENCE
    while missing := [one for one in wanted if one not in found]:
        found |= await look(missing)
        if all(one in found for one in missing):
            break
        if asyncio.get_running_loop().time() > ends:
            _log.warning("events.unheard-of", missing=len([one for one in missing if one not in found]))
            break
        await asyncio.sleep(_LOOK_AGAIN)
    return found


class Steps:
    """The handler of `reports.status`."""

    def __init__(self, planner: Planner) -> None:
        self._planner = planner
        self._events = {rule.event for rule in planner.messages.rules}
        self._answering = {rule.event for rule in planner.messages.rules if ANSWER in rule.shows}

    async def __call__(self, batch: Sequence[Record]) -> None:
        """Each step of which somebody is to hear."""
        steps, letters = read(batch, kinds.STATUS_CHANGED, StatusChanged, "notifier")
        told = [(record, of_step(step)) for record, step in steps]
        told = [(record, news) for record, news in told if news.event in self._events]
        later = {news.report_id for _, news in told if news.sequence > self._planner.first}
        past = await store.told_before(self._planner.pool, later) if later else {}
        newly = await self._answered(reminded([news for _, news in told], past))
        await self._planner.plan([(record, news) for (record, _), news in zip(told, newly, strict=True)], letters)

    async def _answered(self, told: Sequence[News]) -> list[News]:
        """The same news, with what the reporter said where a message shows it."""
        replies = {
            (news.report_id, news.at) for news in told if news.actor == "reporter" and news.event in self._answering
        }
        words = await heard(partial(store.replies, self._planner.pool, within=_NEAR), replies)
        return [news.model_copy(update={"answer": words.get((news.report_id, news.at))}) for news in told]


class Deadlines:
    """The handler of `reports.deadlines`."""

    def __init__(self, planner: Planner) -> None:
        self._planner = planner

    async def __call__(self, batch: Sequence[Record]) -> None:
        """Each deadline of which somebody is to hear."""
        told: list[tuple[Record, str, DeadlineReached]] = []
        letters: list[Event] = []
        types = {kind.type.encode(): event for event, kind in _DEADLINES.items()}
        for record in batch:
            # The type alone says whether a deadline is near or over.
            event = types.get(header(record, "ce_type") or b"")
            if event is None:
                letters.append(dead_letter("notifier", record, "unknown-type"))
                continue
            reached, unread = read([record], _DEADLINES[event], DeadlineReached, "notifier")
            told += [(record, event, one) for _, one in reached]
            letters += unread
        steps = await store.last_sequences(self._planner.pool, [one.report_id for _, _, one in told])
        await self._planner.plan(
            [(record, of_deadline(event, one, steps.get(one.report_id, 1))) for record, event, one in told], letters
        )


def _suppressed(message: Message, why: str, now: datetime) -> Event:
    data = outcome(message, "suppressed", why, now, None)
    cause = (message.notification_id, message.attempt, "suppressed")
    return announce(kinds.NOTIFICATION_OUTCOME, message.news.report_id, cause, data, now, message.trace)

"""Time's own door: what falls due is found oldest first, and each step is taken once."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from services.router.calendars.store import Rulebook
from services.router.cases import store
from services.router.cases.turn import Turn
from services.router.doors.handlers import count
from services.router.rules import Rules
from services.router.watch.tracking import Backlog
from shared import log, metrics
from shared.database import Pool
from shared.outbox import Outbox

_REPORTS_AT_ONCE: Final = 500
_START: Final = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))
_log = log.get("router")


class Watch:
    """Takes the steps of clocks when their time has come; several routers share the work without doing any twice."""

    def __init__(self, book: Rulebook, pool: Pool, outbox: Outbox, backlog: Backlog) -> None:
        self._book, self._pool, self._outbox, self._backlog = book, pool, outbox, backlog
        for plan in book.rules.life.clocks:  # a series that appears with its first event shows no rise for it
            metrics.STEPS_WITHOUT_OFFICE.labels(plan.name)

    async def take_due_steps(self) -> None:
        """Everything that is due now, however much: first what nobody has yet, then the rest, each oldest first.

        One step of a report at a time: after a week away, the steps of all reports come in the order of their times.
        """
        if not await self._backlog.is_read():
            return
        now = datetime.now(UTC)
        for at_desk in (True, False):
            place: tuple[datetime, UUID] | None = _START
            while place:
                place = await self._take(now, place, at_desk=at_desk)
        self._outbox.publish_soon()

    async def _take(
        self, now: datetime, after: tuple[datetime, UUID], *, at_desk: bool
    ) -> tuple[datetime, UUID] | None:
        """One portion; the place behind which to go on, None where nothing is left."""
        async with self._pool.acquire() as con, con.transaction():
            rules = await self._book.in_force(con)
            found = await store.lock_due(con, now, after, at_desk=at_desk, most=_REPORTS_AT_ONCE)
            turns = [turn for turn, _ in found if self._step(turn, rules, now)]
            await store.keep(con, turns, rules, now)
            await self._outbox.add(con, [event for turn in turns for event in turn.events])
        count(turns)
        return (found[-1][1], found[-1][0].case.report_id) if found else None

    def _step(self, turn: Turn, rules: Rules, now: datetime) -> bool:
        """Take the oldest step of a report; False, and told, where that fails: the others do not wait for it."""
        try:
            turn.pass_time(now, rules, now)
        except Exception:
            metrics.CHORE_FAILURES.labels("take_due_steps").inc()
            _log.exception("step.failed", report_id=str(turn.case.report_id))
            return False
        return True

"""A new calendar: open clocks are recomputed, old results stay in the books, and those whose date moved are told."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from services.router.calendars import store
from services.router.cases import store as cases
from services.router.cases.turn import Turn
from services.router.changes import recomputed_step
from services.router.clocks import recomputed
from services.router.rules import Rules
from shared.database import Pool
from shared.outbox import Outbox

_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Moved:
    """A clock under the new calendar; `public` where its date is the one that was promised."""

    report_id: UUID
    tracking_code: str
    clock: str
    was: datetime
    now: datetime
    public: bool


async def apply(pool: Pool, outbox: Outbox, rules: Rules) -> AsyncIterator[Moved]:
    """Recompute every open clock by the calendar of `rules`, report by report; each clock once, however often asked."""
    place: UUID | None = UUID(int=0)
    while place:
        moved: list[Moved] = []
        async with pool.acquire() as con, con.transaction():
            ids = await store.other_calendar(con, rules.calendar.version, place, _AT_ONCE)
            turns = list((await cases.lock(con, ids)).values())
            now = datetime.now(UTC)
            for turn in turns:
                moved += recompute(turn, rules, now)
            await cases.keep(con, turns, rules, now)
            await outbox.add(con, [event for turn in turns for event in turn.events])
        place = ids[-1] if ids else None
        for one in moved:
            yield one


def recompute(turn: Turn, rules: Rules, now: datetime) -> list[Moved]:
    """Put the new results into the books; one step of the report where its public date moved."""
    before = turn.kept
    opened = [clock for clock in before.clocks.values() if clock.state != "stopped"]
    old = [clock for clock in opened if clock.calendar_version != rules.calendar.version]
    turn.recompute(tuple(recomputed(clock, now, rules.calendar) for clock in old), rules)
    after = turn.kept
    if after.case.expected_at != before.case.expected_at:
        turn.tell(*recomputed_step(before.case, after, max(now, before.case.since)))
    return [
        Moved(
            before.case.report_id,
            before.case.tracking_code,
            clock.name,
            clock.due_at,
            after.clocks[clock.name].due_at,
            before.case.expected_at == clock.due_at and after.case.expected_at != clock.due_at,
        )
        for clock in old
        if after.clocks[clock.name].due_at != clock.due_at
    ]

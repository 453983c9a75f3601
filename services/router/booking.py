"""Clock events as they are kept: numbered within the report, each computed date with its ledger. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from uuid import UUID

from services.router.clocks import COMPUTED, Clock, ClockEvent, after
from services.router.deadlines import Amount, Deadline, Unit
from services.router.kept_ledger import written
from shared.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Booked:
    """A clock event in the books. `sequence` is the step of the report that caused it; `ledger` is JSON."""

    report_id: UUID
    number: int
    sequence: int
    event: ClockEvent
    ledger: str | None


def book(
    report_id: UUID,
    clocks: Mapping[str, Clock],
    events: Iterable[ClockEvent],
    booked_before: int,
    sequence: int,
    calendar: Calendar,
) -> tuple[Booked, ...]:
    """The events in the books, behind the `booked_before` that are there; `clocks` are those before the events."""
    now = dict(clocks)
    booked = []
    for number, event in enumerate(events, booked_before + 1):
        now[event.clock] = after(now.get(event.clock), event)
        ledger = account(now[event.clock], calendar) if event.kind in COMPUTED else None
        booked.append(Booked(report_id, number, sequence, event, ledger))
    return tuple(booked)


def account(clock: Clock, calendar: Calendar) -> str:
    """What each day gave to the clock's amount, as JSON."""
    if clock.pauses or clock.amount.unit not in {Unit.WORKING_DAYS, Unit.CALENDAR_DAYS}:
        return written(clock.deadline(calendar))
    # Days count whole: all clocks of a day that end together have the same account, and there are many in a burst.
    return _account_of_days(calendar, clock.amount, clock.started_at.astimezone(calendar.zone).date(), clock.due_at)


@lru_cache(maxsize=4096)
def _account_of_days(calendar: Calendar, amount: Amount, day: date, due_at: datetime) -> str:
    start = datetime.combine(day, time(), calendar.zone).astimezone(UTC)
    return written(Deadline(due_at, start, amount, (), calendar))

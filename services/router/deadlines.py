"""Deadlines: when a promise to a citizen falls due, how much of it is used, and how much is left.

Pure functions of (calendar version, start, amount, pauses), contract section 6; same inputs, same answer, for ever.
No clock, no database, nothing of the server's own zone.

Rules that the contract leaves open, decided here:

- `cd`: the close of a calendar day is 24:00, stored as the first instant of the next day. So an act at 23:59:59.9 is
  still in time, as with opening hours, which are half-open too. `Deadline.due_on` is the date to tell people.
- Pauses of `wd` and `cd`: a day counts if the clock runs at its close; see `tracks`.
- A span past midnight belongs to the date on which it starts, and so does its close; the date of receipt is the date on
  the wall, also in the small hours of a night shift.
- Ten years are 3,653 days. What lies further off is refused like what never comes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from services.router.amounts import (
    SECOND,
    Amount,
    DeadlineError,
    Pause,
    Unit,
    parse_amount,
    to_datetime,
    to_microseconds,
    union,
)
from services.router.ledger import Course, LedgerEntry, SkippedDay, free_spells, ledger, skipped
from services.router.tracks import AllTime, Track, track
from shared.calendar import Calendar

__all__ = [
    "Amount",
    "Deadline",
    "DeadlineError",
    "LedgerEntry",
    "Pause",
    "SkippedDay",
    "Unit",
    "due",
    "elapsed",
    "parse_amount",
    "remaining",
    "when_used",
]

TEN_YEARS = 3653 * 86_400 * SECOND


@dataclass(frozen=True, slots=True)
class Deadline:
    """A due date with what it was computed from. Times are UTC; the ledger's are in the calendar's zone."""

    due_at: datetime
    started_at: datetime
    amount: Amount
    pauses: tuple[Pause, ...]
    calendar: Calendar = field(repr=False)

    @property
    def calendar_version(self) -> str:
        """The version of the calendar that decided."""
        return self.calendar.version

    @property
    def due_on(self) -> date:
        """The local date within which the last counted moment lies: 10 September for a due time of 24:00 that day."""
        return self._course().days[-1]

    @property
    def provisional(self) -> bool:
        """Whether it lies behind the last year whose closed days are loaded, and may move when that decree is out."""
        last = self.calendar.last_year
        if last is None:
            return True
        # The last counted moment is never after the due time: mostly that is answer enough.
        return self.due_at.astimezone(self.calendar.zone).year > last and self.due_on.year > last

    @property
    def ledger(self) -> tuple[LedgerEntry, ...]:
        """What each day gave; computed when asked for."""
        return ledger(self._course())

    @property
    def skipped(self) -> tuple[SkippedDay, ...]:
        """The days between start and due that gave nothing, and why; computed when asked for."""
        return skipped(self._course())

    def _course(self) -> Course:
        start, end = to_microseconds(self.started_at), to_microseconds(self.due_at)
        return Course(self.calendar, start, end, self.amount.unit, union(self.pauses))


def due(calendar: Calendar | None, start: datetime, amount: Amount, pauses: Iterable[Pause] = ()) -> Deadline:
    """The first instant at which `amount` is used up since `start`, pauses left out.

    `DeadlineError` at once, with code: `no-calendar`, `empty-calendar`, `amount-not-positive`, `naive-time`,
    `bad-pause`, `out-of-range` (years that no calendar of ours speaks of), `no-open-time` (not within ten years).
    """
    counted = _track(calendar, amount.unit)
    if amount.count <= 0:
        raise DeadlineError("amount-not-positive", f"{amount} is no time to be due in; it must be more than zero")
    pauses = tuple(pauses)
    begin = to_microseconds(start)
    end = _advance(counted, begin, amount.steps, union(pauses))
    if end is None:
        raise DeadlineError("no-open-time", f"{amount} from {start.isoformat()} is not used up within ten years")
    to_microseconds(to_datetime(end))  # an end in a year that no calendar speaks of is refused as such a start is
    return Deadline(to_datetime(end), to_datetime(begin), amount, pauses, counted.calendar)


def elapsed(
    calendar: Calendar | None,
    start: datetime,
    until: datetime,
    pauses: Iterable[Pause] = (),
    unit: Unit = Unit.SECONDS,
) -> float:
    """What a clock started at `start` has counted at `until`; 0 where `until` is not later.

    Seconds of open time, exact to the microsecond; for `wd` and `cd` the number of days counted. At the due date of an
    amount it is that amount.
    """
    counted = _track(calendar, unit)
    steps = _counted(counted, counted.begin(to_microseconds(start)), to_microseconds(until), union(pauses))
    return steps if unit in {Unit.WORKING_DAYS, Unit.CALENDAR_DAYS} else steps / SECOND


def remaining(deadline: Deadline, at: datetime) -> float:
    """Seconds of the clock's own time from `at` (or its start) to the due date, pauses left out; negative overdue.

    Own time is open time, but for calendar days all time.
    """
    start, end = to_microseconds(deadline.started_at), to_microseconds(deadline.due_at)
    now = max(to_microseconds(at), start)
    spells = union(deadline.pauses)
    own = _own_time(deadline)
    if now <= end:
        return _counted(own, now, end, spells) / SECOND
    return -_counted(own, end, now, spells) / SECOND


def when_used(deadline: Deadline, share: float) -> datetime:
    """The instant at which `share` (above 0, at most 1) of the clock's own time is used: when to warn."""
    if not 0 < share <= 1:
        raise ValueError(f"a share is above 0 and at most 1, not {share}")
    start, end = to_microseconds(deadline.started_at), to_microseconds(deadline.due_at)
    own, spells = _own_time(deadline), union(deadline.pauses)
    steps = max(round(_counted(own, start, end, spells) * share), 1)
    instant = _advance(own, start, steps, spells)
    return deadline.due_at if instant is None else to_datetime(min(instant, end))


def _own_time(deadline: Deadline) -> Track:
    by_calendar = deadline.amount.unit is Unit.CALENDAR_DAYS
    return AllTime(deadline.calendar) if by_calendar else track(deadline.calendar, Unit.SECONDS)


def _track(calendar: Calendar | None, unit: Unit) -> Track:
    if calendar is None:
        raise DeadlineError("no-calendar", "there is no calendar to count by")
    if not any(calendar.week) and not any(any(overlay.week) for overlay in calendar.overlays):
        raise DeadlineError("empty-calendar", f"calendar {calendar.version} never opens")
    return track(calendar, unit)


def _counted(counted: Track, start: int, end: int, pauses: list[tuple[int, int]]) -> int:
    if not pauses:
        return counted.between(start, end) if start < end else 0
    return sum(counted.between(begin, stop) for begin, stop in free_spells(start, end, pauses))


def _advance(counted: Track, start: int, steps: int, pauses: list[tuple[int, int]]) -> int | None:
    limit = start + TEN_YEARS
    start = counted.begin(start)
    for begin, resume in pauses:
        used = counted.between(start, min(begin, limit))
        if used >= steps:
            break
        steps -= used
        start = max(start, resume)
    return counted.after(start, steps, limit) if start <= limit else None

"""The account of a deadline: which day gave how much to it, and why the other days gave nothing."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from services.router.amounts import SECOND, Unit, to_datetime
from services.router.open_time import OpenPiece, closing, local_date, open_pieces, wall_instant
from shared.calendar import Calendar

Spells = Sequence[tuple[int, int]]  # disjoint, sorted, half-open, microseconds


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What one stretch of one local date gave.

    For hours and minutes it is open, unpaused time from `begins` to `ends`, all of it counted; the sum is the amount.
    For days it is one counted day, from its opening (or midnight) to its close; the number of entries is the amount,
    and `counted_seconds` is what of it was open (for `cd`: all of it) and not paused.
    """

    day: date
    begins: datetime
    ends: datetime
    counted_seconds: int | float


@dataclass(frozen=True, slots=True)
class SkippedDay:
    """A date on the way to the deadline that gave nothing.

    `reason`: `day-of-receipt` (day 0), `closed-day` (a decree, named), `no-hours`, `paused`, `after-hours` (the clock
    started when the day's hours were over).
    """

    day: date
    reason: str
    name: str = ""
    decree: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """A clock from start to due, in microseconds: all that its account is computed from."""

    calendar: Calendar
    start: int
    due: int
    unit: Unit
    pauses: Spells

    @property
    def days(self) -> list[date]:
        """Every local date from the start to the last one that the clock saw anything of."""
        first = local_date(self.calendar.zone, self.start)
        last = max(local_date(self.calendar.zone, self.due - 1), first)
        return [first + timedelta(days=index) for index in range((last - first).days + 1)]


def ledger(course: Course) -> tuple[LedgerEntry, ...]:
    """What was counted, in order of time."""
    if course.unit is Unit.WORKING_DAYS or course.unit is Unit.CALENDAR_DAYS:
        return tuple(_counted_days(course))
    spells = free_spells(course.start, course.due, course.pauses)
    pieces = (piece for begin, end in spells for piece in open_pieces(course.calendar, begin, end))
    return tuple(_entry(course, piece, piece.closes - piece.opens) for piece in pieces)


def skipped(course: Course) -> tuple[SkippedDay, ...]:
    """The dates that gave nothing, in order, each with its reason."""
    counted = {entry.day for entry in ledger(course)}
    # A night shift closes on the day after the one that it makes count.
    return tuple(_reason(course, day) for day in course.days if day not in counted and day < max(counted))


def free_spells(start: int, end: int, pauses: Spells) -> Iterator[tuple[int, int]]:
    """What of `[start, end)` is not paused, in order."""
    for begin, resume in pauses:
        if start < min(begin, end):
            yield start, min(begin, end)
        start = max(start, resume)
    if start < end:
        yield start, end


def is_paused_before(instant: int, pauses: Spells) -> bool:
    """Whether the clock stands still up to `instant`: the question that decides if the day that closes then counts."""
    index = bisect_left(pauses, (instant, instant)) - 1
    return index >= 0 and pauses[index][0] < instant <= pauses[index][1]


def _counted_days(course: Course) -> Iterator[LedgerEntry]:
    for day in course.days[1:]:
        piece = _whole_day(course, day)
        if piece and piece.closes <= course.due and not is_paused_before(piece.closes, course.pauses):
            spells = free_spells(piece.opens, piece.closes, course.pauses)
            yield _entry(course, piece, sum(_worth(course, begin, end) for begin, end in spells))


def _whole_day(course: Course, day: date) -> OpenPiece | None:
    zone = course.calendar.zone
    if course.unit is Unit.CALENDAR_DAYS:
        return OpenPiece(wall_instant(zone, day, 0), wall_instant(zone, day + timedelta(days=1), 0))
    closes = closing(course.calendar, day)
    if closes is None:
        return None
    return OpenPiece(wall_instant(zone, day, course.calendar.hours_on(day)[0].opens), closes)


def _worth(course: Course, begin: int, end: int) -> int:
    if course.unit is Unit.CALENDAR_DAYS:
        return end - begin
    return sum(piece.closes - piece.opens for piece in open_pieces(course.calendar, begin, end))


def _entry(course: Course, piece: OpenPiece, counted: int) -> LedgerEntry:
    begins, ends = (_local(course.calendar.zone, instant) for instant in (piece.opens, piece.closes))
    seconds = counted // SECOND if counted % SECOND == 0 else counted / SECOND
    return LedgerEntry(begins.date(), begins, ends, seconds)


def _local(zone: ZoneInfo, instant: int) -> datetime:
    """Local time with a plain offset: with its zone, Python would compare and subtract wall times, not instants."""
    local = to_datetime(instant).astimezone(zone)
    return local.replace(tzinfo=timezone(local.utcoffset() or timedelta()), fold=0)


def _reason(course: Course, day: date) -> SkippedDay:
    if course.unit in {Unit.WORKING_DAYS, Unit.CALENDAR_DAYS} and day == course.days[0]:
        return SkippedDay(day, "day-of-receipt")
    if course.unit is Unit.CALENDAR_DAYS:
        return SkippedDay(day, "paused")
    if (closed := course.calendar.closed.get(day)) is not None:
        return SkippedDay(day, "closed-day", closed.name, closed.decree)
    if not course.calendar.is_working_day(day):
        return SkippedDay(day, "no-hours")
    over = course.unit is not Unit.WORKING_DAYS and (closing(course.calendar, day) or 0) <= course.start
    return SkippedDay(day, "after-hours" if over else "paused")

"""The open time of a calendar as instants: what a clock counts, and how far it has to go to count so much.

Wall times become UTC microseconds once per year and calendar; after that a question is two binary searches.

A wall time is the first instant at which the clock on the wall shows it. Where it is shown twice (the night summer
time ends), an office that closes at it closes the first time and does not open again; where it is skipped (the night
summer time begins), it is the instant of the jump, so that no time is counted that no clock showed.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from services.router.amounts import EPOCH, MICROSECOND, SECOND, to_datetime
from shared.calendar import Calendar

_DAY = timedelta(days=1)
_MIDNIGHT_NEXT = 24 * 60


@dataclass(frozen=True, slots=True)
class OpenPiece:
    """Open from `opens` until just before `closes` (UTC microseconds), all on one local date."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class OpenYear:
    """All open time whose local date lies in one year, and the closing of each working day that falls into it."""

    pieces: tuple[OpenPiece, ...]
    opens: tuple[int, ...]
    sums: tuple[int, ...]  # open microseconds before piece i; the last is the whole year
    closings: tuple[int, ...]
    closing_of: Mapping[date, int]  # by the day that closes, also where its night shift ends in the next year

    def open_before(self, instant: int) -> int:
        """Open microseconds of this year that lie before `instant`."""
        index = bisect_right(self.opens, instant) - 1
        if index < 0:
            return 0
        piece = self.pieces[index]
        return self.sums[index] + min(instant, piece.closes) - piece.opens


def local_date(zone: ZoneInfo, instant: int) -> date:
    """The date that a calendar on the wall in `zone` shows at `instant`."""
    return to_datetime(instant).astimezone(zone).date()


@lru_cache(maxsize=8192)
def wall_instant(zone: ZoneInfo, day: date, minutes: int) -> int:
    """The instant at which the clock in `zone` first shows `minutes` after the midnight that begins `day`."""
    wall = datetime.combine(day, time(), tzinfo=zone) + timedelta(minutes=minutes)
    utc = (wall.replace(tzinfo=EPOCH.tzinfo) - EPOCH) // MICROSECOND
    first, second = wall.utcoffset(), wall.replace(fold=1).utcoffset()
    if first is None or second is None:
        raise ValueError(f"{zone.key} gives no offset for {wall}")
    if first >= second:
        return utc - first // MICROSECOND
    return _jump(zone, utc - second // MICROSECOND, utc - first // MICROSECOND, second)


def _jump(zone: ZoneInfo, before: int, after: int, offset: timedelta) -> int:
    """The second in `(before, after]` from which on `zone` has `offset`."""
    low, high = before // SECOND, after // SECOND
    while high - low > 1:
        middle = (low + high) // 2
        if to_datetime(middle * SECOND).astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high * SECOND


@lru_cache(maxsize=256)
def open_year(calendar: Calendar, year: int) -> OpenYear:
    """The open time of one local year; kept for the calendars in use."""
    begins = wall_instant(calendar.zone, date(year, 1, 1), 0)
    ends = wall_instant(calendar.zone, date(year + 1, 1, 1), 0)
    pieces: list[OpenPiece] = []
    closing_of: dict[date, int] = {}
    # The last evening of the year before may run on into this one.
    for offset in range((date(year + 1, 1, 1) - date(year, 1, 1)).days + 1):
        day = date(year - 1, 12, 31) + timedelta(days=offset)
        own = list(_pieces_of(calendar, day))
        pieces += [piece for piece in own if begins <= piece.opens < ends]
        closing_of.update((day, piece.closes) for piece in own[-1:])
    closings = tuple(instant for instant in closing_of.values() if begins <= instant < ends)
    sums = [0]
    for piece in pieces:
        sums.append(sums[-1] + piece.closes - piece.opens)
    return OpenYear(tuple(pieces), tuple(piece.opens for piece in pieces), tuple(sums), closings, closing_of)


def closing(calendar: Calendar, day: date) -> int | None:
    """When the last span that starts on `day` closes; None where `day` is no working day."""
    return open_year(calendar, day.year).closing_of.get(day)


def _pieces_of(calendar: Calendar, day: date) -> Iterator[OpenPiece]:
    """The open time that starts on `day`, cut at midnight."""
    for span in calendar.hours_on(day):
        edges = [span.opens, span.closes]
        if span.closes > _MIDNIGHT_NEXT:
            edges.insert(1, _MIDNIGHT_NEXT)
        instants = [wall_instant(calendar.zone, day, minutes) for minutes in edges]
        for opens, closes in pairwise(instants):
            if opens < closes:
                yield OpenPiece(opens, closes)


def open_pieces(calendar: Calendar, start: int, end: int) -> Iterator[OpenPiece]:
    """The open pieces within `[start, end)`, cut at both ends, in order."""
    for year in range(local_date(calendar.zone, start).year, local_date(calendar.zone, end).year + 1):
        of_year = open_year(calendar, year)
        for piece in of_year.pieces[max(bisect_right(of_year.opens, start) - 1, 0) : bisect_left(of_year.opens, end)]:
            if start < piece.closes:
                yield OpenPiece(max(piece.opens, start), min(piece.closes, end))

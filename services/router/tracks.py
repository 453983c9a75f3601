"""The three ways in which a clock counts: open time, working days, calendar days.

All are questions about instants, so pauses mean the same to each: an instant that is paused is not counted.
A day is counted at its close, provided that the clock runs then: pauses move a deadline of days by exactly the closes
that they cover. Hence a pause over two nights costs two days wherever in the day it began, and one within a day none.
"""

from bisect import bisect_left, bisect_right
from datetime import timedelta
from typing import Protocol

from services.router.amounts import Unit
from services.router.open_time import closing, local_date, open_year, wall_instant
from shared.calendar import Calendar


class Track(Protocol):
    """What a clock counts along: microseconds or days, always a whole number."""

    calendar: Calendar

    def begin(self, start: int) -> int:
        """The instant from which on a clock started at `start` counts."""

    def between(self, start: int, end: int) -> int:
        """What is counted after `start`, up to and with `end`; nothing where `end` is not later."""

    def after(self, start: int, steps: int, limit: int) -> int | None:
        """The first instant at which `steps` (at least 1) are counted since `start`; None where past `limit`."""


class OpenTime:
    """Microseconds within opening hours."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar

    def begin(self, start: int) -> int:
        """At once."""
        return start

    def between(self, start: int, end: int) -> int:
        """Open microseconds in `[start, end)`."""
        if end <= start:
            return 0
        first, last = (local_date(self.calendar.zone, instant).year for instant in (start, end))
        whole = sum(open_year(self.calendar, year).sums[-1] for year in range(first, last))
        return (
            whole + open_year(self.calendar, last).open_before(end) - open_year(self.calendar, first).open_before(start)
        )

    def after(self, start: int, steps: int, limit: int) -> int | None:
        """When the open microseconds are used up: at closing time where they end there, not at the next opening."""
        year = local_date(self.calendar.zone, start).year
        target = open_year(self.calendar, year).open_before(start) + steps
        while target > (sums := open_year(self.calendar, year).sums)[-1]:
            if year >= local_date(self.calendar.zone, limit).year:
                return None
            target, year = target - sums[-1], year + 1
        index = bisect_left(sums, target) - 1
        instant = open_year(self.calendar, year).opens[index] + target - sums[index]
        return instant if instant <= limit else None


class WorkingDays:
    """Days with opening hours, each counted at the close of its last span (past midnight for a night shift)."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar

    def begin(self, start: int) -> int:
        """After the close of the day of receipt, which is day 0, and of a night shift that runs into it."""
        day = local_date(self.calendar.zone, start)
        closes = (closing(self.calendar, day - timedelta(days=1)), closing(self.calendar, day))
        return max([start, *(instant for instant in closes if instant is not None)])

    def between(self, start: int, end: int) -> int:
        """Closes of working days in `(start, end]`."""
        if end <= start:
            return 0
        first, last = (local_date(self.calendar.zone, instant).year for instant in (start, end))
        whole = sum(len(open_year(self.calendar, year).closings) for year in range(first, last))
        to_end = bisect_right(open_year(self.calendar, last).closings, end)
        return whole + to_end - bisect_right(open_year(self.calendar, first).closings, start)

    def after(self, start: int, steps: int, limit: int) -> int | None:
        """The close of the working day that is number `steps` after `start`."""
        year = local_date(self.calendar.zone, start).year
        index = bisect_right(open_year(self.calendar, year).closings, start) + steps - 1
        while index >= len(closings := open_year(self.calendar, year).closings):
            if year >= local_date(self.calendar.zone, limit).year:
                return None
            index, year = index - len(closings), year + 1
        return closings[index] if closings[index] <= limit else None


class CalendarDays:
    """All days, each counted at its end: 24:00, the first instant of the next day."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar

    def begin(self, start: int) -> int:
        """After the end of the day of receipt, which is day 0."""
        return self._midnight(start, 1)

    def between(self, start: int, end: int) -> int:
        """Midnights in `(start, end]`."""
        if end <= start:
            return 0
        return (local_date(self.calendar.zone, end) - local_date(self.calendar.zone, start)).days

    def after(self, start: int, steps: int, limit: int) -> int | None:
        """The midnight that is number `steps` after `start`."""
        days = local_date(self.calendar.zone, limit) - local_date(self.calendar.zone, start)
        return self._midnight(start, steps) if steps <= days.days else None

    def _midnight(self, instant: int, days: int) -> int:
        return wall_instant(self.calendar.zone, local_date(self.calendar.zone, instant) + timedelta(days=days), 0)


class AllTime:
    """Every microsecond: the own time of a clock of calendar days, whose share decides when to warn."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar

    def begin(self, start: int) -> int:
        """At once."""
        return start

    def between(self, start: int, end: int) -> int:
        """Microseconds in `[start, end)`."""
        return max(end - start, 0)

    def after(self, start: int, steps: int, limit: int) -> int | None:
        """So much later."""
        return start + steps if start + steps <= limit else None


def track(calendar: Calendar, unit: Unit) -> Track:
    """What a clock with amounts of `unit` counts along."""
    if unit is Unit.WORKING_DAYS:
        return WorkingDays(calendar)
    return CalendarDays(calendar) if unit is Unit.CALENDAR_DAYS else OpenTime(calendar)

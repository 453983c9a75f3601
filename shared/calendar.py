"""The working calendar: when the offices of one deployment are open, on which date, by whose decree.

Read once from a TOML file (contract section 7) and never changed; an amended decree is a new file with a new version.

Rules that the contract leaves open, decided here:

- A span belongs to the day on which it starts. A closed day takes away the spans that start on it; the tail of the
  evening before still runs past midnight into it.
- An overlay *replaces* the week for its dates: a weekday that it does not name is closed, as in `[week]`.
- A closed day wins over an overlay, an overlay over the week.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from shared.calendar_fields import Problem, Reading, Span, Week

__all__ = [
    "Calendar",
    "CalendarError",
    "ClosedDay",
    "Overlay",
    "Problem",
    "Span",
    "day_and_hour",
    "load_calendar",
    "parse_calendar",
]

_DAY = timedelta(days=1)


class CalendarError(Exception):
    """A calendar file that cannot be used; `problems` names everything that is wrong with it, not only the first."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(str(problem) for problem in problems))

    @property
    def code(self) -> str:
        """The one code of the problem where all problems share it, else `bad-calendar`."""
        codes = {problem.code for problem in self.problems}
        return codes.pop() if len(codes) == 1 else "bad-calendar"


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A date on which nothing opens, and what closed it."""

    day: date
    name: str
    decree: str
    kind: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Overlay:
    """Other hours for the dates `first` to `last`, both included (Ramadan)."""

    first: date
    last: date
    week: Week
    name: str
    decree: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """Opening hours of one zone under one version. `years` are those whose closed days are loaded, ascending."""

    zone: ZoneInfo
    version: str
    week: Week
    closed: Mapping[date, ClosedDay]
    overlays: tuple[Overlay, ...]
    years: tuple[int, ...]

    def __hash__(self) -> int:
        # Cheap on purpose: a calendar is a cache key on every deadline.
        return hash(self.version)

    @property
    def last_year(self) -> int | None:
        """The last year whose closed days are loaded: what lies behind it is computed, and provisional."""
        return self.years[-1] if self.years else None

    def hours_on(self, day: date) -> tuple[Span, ...]:
        """The spans that start on `day`, in order; none where it is closed."""
        return () if day in self.closed else self.planned_on(day)

    def is_working_day(self, day: date) -> bool:
        """Whether anything opens on `day`: a Saturday with hours is a working day, a Monday without is none."""
        return bool(self.hours_on(day))

    def overlay_on(self, day: date) -> Overlay | None:
        """The overlay that rules `day`, if any."""
        return next((overlay for overlay in self.overlays if overlay.first <= day <= overlay.last), None)

    def planned_on(self, day: date) -> tuple[Span, ...]:
        """The spans that would start on `day` if no decree closed it."""
        overlay = self.overlay_on(day)
        return (overlay.week if overlay else self.week)[day.weekday()]


def load_calendar(path: Path) -> Calendar:
    """The calendar in the file at `path`; `CalendarError` where it cannot be read or used."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CalendarError((Problem(str(path), "no-calendar", f"cannot be read: {error}"),)) from error
    return parse_calendar(text)


def parse_calendar(text: str) -> Calendar:
    """The calendar that `text` (TOML) describes; `CalendarError` with every problem found in it."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CalendarError((Problem("file", "not-toml", str(error)),)) from error
    reading = Reading(document)
    reading.refuse_unknown("", document, {"zone", "version", "years", "week", "closed", "hours"})
    zone, version = reading.zone(), reading.text("", document, "version", required=True)
    closed = dict(_closed_days(reading))
    years = reading.years() or tuple(sorted({day.year for day in closed}))
    overlays = tuple(sorted(_overlays(reading), key=lambda overlay: overlay.first))
    # A stand-in zone lets the checks of the hours run, and name their problems, where the zone is wrong.
    calendar = Calendar(zone or ZoneInfo("UTC"), version, reading.week(), closed, overlays, years)
    # Hours that could not be read are named already; that they leave nothing open is no second problem.
    unread = any(problem.code in {"bad-hours", "not-tables", "unknown-weekday"} for problem in reading.problems)
    reading.problems.extend(clash for clash in _clashes(calendar) if clash.code != "empty-calendar" or not unread)
    if reading.problems:
        raise CalendarError(tuple(reading.problems))
    return calendar


def _closed_days(reading: Reading) -> Iterator[tuple[date, ClosedDay]]:
    seen: set[date] = set()
    for where, row in reading.rows("closed", {"date", "name", "decree", "kind", "certainty"}):
        day = reading.day(where, row, "date")
        if day is None:
            continue
        if day in seen:
            reading.report(where, "duplicate-closed-date", f"{day} is closed twice")
        seen.add(day)
        name, decree, kind, certainty = (
            reading.text(where, row, key) for key in ("name", "decree", "kind", "certainty")
        )
        yield day, ClosedDay(day, name, decree, kind, certainty)


def _overlays(reading: Reading) -> Iterator[Overlay]:
    for where, row in reading.rows("hours", {"from", "to", "name", "decree", "certainty"}, weekdays=True):
        first, last = reading.day(where, row, "from"), reading.day(where, row, "to")
        week = reading.overlay_week(where, row)
        if first is None or last is None:
            continue
        if first > last:
            reading.report(where, "reversed-dates", f"from {first} lies behind to {last}")
            continue
        name, decree, certainty = (reading.text(where, row, key) for key in ("name", "decree", "certainty"))
        yield Overlay(first, last, week, name, decree, certainty)


def _clashes(calendar: Calendar) -> Iterator[Problem]:
    """What no single line shows: nothing open at all, overlays on one date, spans that run into the next day's."""
    weeks = (calendar.week, *(overlay.week for overlay in calendar.overlays))
    if not any(any(week) for week in weeks):
        yield Problem("week", "empty-calendar", "no day has opening hours, and no overlay gives any")
    for before, after in pairwise(calendar.overlays):
        if after.first <= before.last:
            yield Problem("hours", "overlapping-overlays", f"{after.first} has two overlays")
    if any(_runs_over(calendar.week[index], calendar.week[(index + 1) % 7]) for index in range(7)):
        yield Problem("week", "overlapping-hours", "a span past midnight runs into the hours of the next day")
    for overlay in calendar.overlays:
        inside = min(overlay.last, overlay.first + 7 * _DAY)
        for day in (*_days(overlay.first - _DAY, inside), overlay.last):
            # Closed days are left out of account: a decree that opens one again must not break the calendar.
            if _runs_over(calendar.planned_on(day), calendar.planned_on(day + _DAY)):
                yield Problem("hours", "overlapping-hours", f"a span of {day} runs into the hours of the next day")


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=index) for index in range((last - first).days + 1))


def _runs_over(today: tuple[Span, ...], tomorrow: tuple[Span, ...]) -> bool:
    return bool(today and tomorrow and today[-1].closes > tomorrow[0].opens + 24 * 60)


def day_and_hour(local: datetime) -> tuple[date, int]:
    """The day and hour by which people name an instant: midnight is 24 o'clock of the day that it ends.

    What is due then is due on that day (contract, section 6: calendar days end at the close of the day).
    """
    return (local.date() - timedelta(days=1), 24) if local.time() == time.min else (local.date(), local.hour)

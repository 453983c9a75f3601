"""The engine against one that only knows how to look at the clock on the wall, minute by minute."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.router.deadlines import Amount, Pause, Unit, due, elapsed
from shared.calendar import parse_calendar

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WINDOW = 9 * 24 * 60  # minutes that the walk covers
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Spans = list[tuple[int, int]]
# Starts near a change of clocks, a leap day, the turn of a year.
STARTS = (datetime(2026, 3, 5, tzinfo=UTC), datetime(2026, 10, 29, tzinfo=UTC), datetime(2028, 2, 26, tzinfo=UTC),
          datetime(2026, 12, 28, tzinfo=UTC))  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """Opening hours as drawn: what both engines are given, each in its own way."""

    zone: str
    week: list[Spans]
    other_week: list[Spans]
    first: date
    last: date
    closed: set[date]

    def toml(self) -> str:
        """For the engine under test."""
        closed = "".join(f"[[closed]]\ndate = {day}\n" for day in sorted(self.closed))
        overlay = f"[[hours]]\nfrom = {self.first}\nto = {self.last}\n{_lines(self.other_week)}"
        return f'zone = "{self.zone}"\nversion = "O-1"\n[week]\n{_lines(self.week)}{overlay}{closed}'

    def owner(self, minute: datetime) -> date | None:
        """For the walk: the day whose hours make `minute` open, seen from the wall."""
        wall = minute.astimezone(ZoneInfo(self.zone))
        since_midnight = wall.hour * 60 + wall.minute
        for day, shown in ((wall.date(), since_midnight), (wall.date() - DAY, since_midnight + 1440)):
            week = self.other_week if self.first <= day <= self.last else self.week
            if day not in self.closed and any(begin <= shown < end for begin, end in week[day.weekday()]):
                return day
        return None


def _lines(week: list[Spans]) -> str:
    return "".join(f"{name} = [{', '.join(map(_span, spans))}]\n" for name, spans in zip(NAMES, week, strict=True))


def _span(span: tuple[int, int]) -> str:
    begin, end = span
    end = end if end <= 1440 else end - 1440
    return f'"{begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}"'


@st.composite
def days(draw: st.DrawFn) -> Spans:
    """Up to three spans between 05:00 and 22:00 or 24:00, and perhaps a night shift that ends by 05:00."""
    edges = sorted(draw(st.sets(st.integers(10, 44), max_size=6)))
    spans = [(begin * 30, end * 30) for begin, end in zip(edges[::2], edges[1::2], strict=False)]
    # No night ends between 01:00 and 02:00: where that hour is shown twice, the walk sees two openings.
    night = draw(st.sampled_from([None, None, 1440, 1441, 1440 + 60, 1440 + 120, 1440 + 150, 1440 + 300]))
    return spans if night is None else [*spans, (22 * 60 + 15, night)]


@st.composite
def plans(draw: st.DrawFn, start: datetime) -> Plan:
    near = st.integers(-2, 11).map(lambda offset: start.date() + offset * DAY)
    zone = draw(st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "America/New_York"]))
    weeks = [[draw(days()) for _ in NAMES] for _ in range(2)]
    weeks[0][0] = weeks[0][0] or [(480, 720)]
    first, last = sorted((draw(near), draw(near)))
    return Plan(zone, weeks[0], weeks[1], first, last, draw(st.sets(near, max_size=3)))


def is_paused(minute: datetime, pauses: list[Pause]) -> bool:
    return any(begin <= minute < end for begin, end in pauses)


def last_minutes(start: datetime, keys: Sequence[date | None]) -> dict[date, datetime]:
    """The last minute of the walk that belongs to each day."""
    return {key: start + index * MINUTE for index, key in enumerate(keys) if key is not None}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_the_engine_agrees_with_a_walk_by_the_minute(data: st.DataObject) -> None:
    start = data.draw(st.sampled_from(STARTS)) + data.draw(st.integers(0, 4 * 1440)) * MINUTE
    plan = data.draw(plans(start))
    pauses = [
        (begin, begin + data.draw(st.integers(0, 2 * 1440)) * MINUTE)
        for begin in (
            start + data.draw(st.integers(-1440, 6 * 1440)) * MINUTE for _ in range(data.draw(st.integers(0, 3)))
        )
    ]
    calendar, zone = parse_calendar(plan.toml()), ZoneInfo(plan.zone)
    minutes = [start + index * MINUTE for index in range(WINDOW)]
    owners = [plan.owner(minute) for minute in minutes]
    received = start.astimezone(zone).date()
    horizon = minutes[-1].astimezone(zone).date() - 2 * DAY

    open_minutes = [m for m, owner in zip(minutes, owners, strict=True) if owner and not is_paused(m, pauses)]
    assert elapsed(calendar, start, minutes[-1] + MINUTE, pauses) == 60 * len(open_minutes)
    if open_minutes:
        count = data.draw(st.integers(1, len(open_minutes)))
        assert due(calendar, start, Amount(count, Unit.MINUTES), pauses).due_at == open_minutes[count - 1] + MINUTE

    for unit, belongs in (
        (Unit.WORKING_DAYS, tuple[date | None, ...](owners)),
        (Unit.CALENDAR_DAYS, [minute.astimezone(zone).date() for minute in minutes]),
    ):
        closes = sorted(
            minute + MINUTE
            for day, minute in last_minutes(start, belongs).items()
            if received < day <= horizon and not is_paused(minute, pauses)
        )
        for number, close in enumerate(closes, start=1):
            assert due(calendar, start, Amount(number, unit), pauses).due_at == close

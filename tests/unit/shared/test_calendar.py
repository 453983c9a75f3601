"""The calendar file: what it means, what is refused, and the pack's own against an independent source."""

from datetime import date, timedelta
from pathlib import Path

import holidays
import pytest

from shared.calendar import Calendar, CalendarError, Span, load_calendar, parse_calendar

PACK = Path(__file__).parents[3] / "deploy" / "packs" / "kota-pasuruan" / "calendar.toml"
HEAD = 'zone = "Asia/Jakarta"\nversion = "T-1"\n'
WEEK = '[week]\nmon = ["08:00-12:00", "13:00-16:00"]\ntue = ["22:00-02:00"]\nsat = ["20:00-24:00"]\n'
RAMADAN = '[[hours]]\nfrom = 2026-02-18\nto = 2026-03-19\nmon = ["08:00-15:00"]\n'

# Days that only the pack or only the library closes, by (year, kind). None today; list here what a decree changes.
KNOWN_DIFFERENCES: dict[tuple[int, str], set[date]] = {
    (2026, "libur"): set(),
    (2026, "cuti_bersama"): set(),
    (2027, "libur"): set(),
    (2027, "cuti_bersama"): set(),
}


@pytest.fixture(scope="module")
def pack() -> Calendar:
    return load_calendar(PACK)


def test_spans_are_minutes_of_the_day_on_which_they_start() -> None:
    calendar = parse_calendar(HEAD + WEEK)
    assert calendar.hours_on(date(2026, 8, 10)) == (Span(480, 720), Span(780, 960))
    assert calendar.hours_on(date(2026, 8, 11)) == (Span(1320, 1560),)
    assert calendar.hours_on(date(2026, 8, 15)) == (Span(1200, 1440),)
    assert calendar.hours_on(date(2026, 8, 12)) == ()


def test_an_overlay_replaces_the_whole_week_for_its_dates_and_no_longer() -> None:
    calendar = parse_calendar(HEAD + WEEK + RAMADAN)
    assert calendar.hours_on(date(2026, 2, 23)) == (Span(480, 900),)
    assert calendar.hours_on(date(2026, 2, 24)) == (), "a weekday that the overlay does not name is closed"
    assert calendar.hours_on(date(2026, 2, 17)) == (Span(1320, 1560),)
    assert calendar.hours_on(date(2026, 3, 23)) == (Span(480, 720), Span(780, 960))


def test_a_closed_day_wins_over_overlay_and_week() -> None:
    closed = '[[closed]]\ndate = 2026-02-23\nname = "Libur"\ndecree = "SKB 9"\nkind = "libur"\ncertainty = "firm"\n'
    calendar = parse_calendar(HEAD + WEEK + RAMADAN + closed)
    assert calendar.hours_on(date(2026, 2, 23)) == ()
    assert not calendar.is_working_day(date(2026, 2, 23))
    assert calendar.closed[date(2026, 2, 23)].decree == "SKB 9"


def test_the_years_are_those_of_the_closed_days_unless_the_file_says_so() -> None:
    assert parse_calendar(HEAD + WEEK).last_year is None
    assert parse_calendar(HEAD + WEEK + "[[closed]]\ndate = 2026-08-17\n").years == (2026,)
    assert parse_calendar(HEAD + "years = [2027, 2026]\n" + WEEK).years == (2026, 2027)


def week(*lines: str) -> str:
    return HEAD + "[week]\n" + "\n".join(lines)


BROKEN = {
    "unknown-zone": 'zone = "Asia/Pasuruan"\nversion = "T-1"\n' + WEEK,
    "missing": 'zone = "Asia/Jakarta"\n' + WEEK,
    "not-toml": HEAD + "[week\n",
    "not-text": 'zone = "Asia/Jakarta"\nversion = 3\n' + WEEK,
    "unknown-key": HEAD + "holidays = []\n" + WEEK,
    "unknown-weekday": week('mon = ["08:00-12:00"]', 'senin = ["08:00-12:00"]'),
    "bad-hours": week(
        'mon = ["08:00-12:00", "25:00-26:00", "8-12", "09:00-09:00", "24:00-02:00"]', 'tue = "08:00-12:00"'
    ),
    "overlapping-hours": week('mon = ["08:00-12:00", "11:59-13:00"]', 'sun = ["22:00-08:30"]'),
    "empty-calendar": week("mon = []"),
    "bad-years": HEAD + "years = [true]\n" + WEEK,
    "not-tables": HEAD + "closed = [2026-08-17]\n" + WEEK,
    "bad-date": HEAD + WEEK + '[[closed]]\ndate = "17 August"\n[[closed]]\ndate = 2026-08-17T00:00:00\n',
    "duplicate-closed-date": HEAD + WEEK + "[[closed]]\ndate = 2026-08-17\n[[closed]]\ndate = 2026-08-17\n",
    "reversed-dates": HEAD + WEEK + '[[hours]]\nfrom = 2026-03-19\nto = 2026-02-18\nmon = ["08:00-15:00"]\n',
    "no-weekday": HEAD + WEEK + "[[hours]]\nfrom = 2026-02-18\nto = 2026-03-19\n",
    "overlapping-overlays": HEAD
    + WEEK
    + RAMADAN
    + RAMADAN.replace("2026-02-18", "2026-03-19").replace("to = 2026-03-19", "to = 2026-04-01"),
}


@pytest.mark.parametrize(("code", "text"), BROKEN.items(), ids=BROKEN)
def test_a_broken_file_is_refused_with_its_code(code: str, text: str) -> None:
    with pytest.raises(CalendarError) as refusal:
        parse_calendar(text)
    assert {problem.code for problem in refusal.value.problems} == {code}
    assert refusal.value.code == code


def test_every_problem_is_named_with_its_place_not_only_the_first() -> None:
    text = 'zone = "Mars/Olympus"\ncolour = 1\n[week]\nmon = ["8-9"]\n[[closed]]\nname = "?"\n'
    text += "[[hours]]\nfrom = 2026-01-02\n"
    with pytest.raises(CalendarError) as refusal:
        parse_calendar(text)
    places = {problem.where for problem in refusal.value.problems}
    assert places == {"zone", "version", "colour", "week.mon", "closed[1].date", "hours[1].to", "hours[1]"}
    assert refusal.value.code == "bad-calendar"
    assert all(problem.where in str(refusal.value) for problem in refusal.value.problems)


@pytest.mark.parametrize(
    ("first", "spans"),
    [("2026-08-12", 'wed = ["01:00-09:00"]'), ("2026-08-04", 'mon = ["20:00-23:00"]\ntue = ["22:00-08:30"]')],
    ids=["the week's night shift runs into the overlay", "the overlay's night shift runs into the week"],
)
def test_hours_may_not_overlap_at_the_border_of_an_overlay(first: str, spans: str) -> None:
    week_hours = week('mon = ["08:00-12:00"]', 'tue = ["22:00-02:00"]', 'wed = ["08:00-12:00"]')
    last = "2026-08-12" if first == "2026-08-12" else "2026-08-11"
    with pytest.raises(CalendarError, match="runs into the hours of the next day"):
        parse_calendar(f"{week_hours}\n[[hours]]\nfrom = {first}\nto = {last}\n{spans}\n")


@pytest.mark.parametrize("content", [None, b"\xff\xfe"], ids=["absent", "not UTF-8"])
def test_a_file_that_cannot_be_read_is_no_calendar(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "calendar.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CalendarError) as refusal:
        load_calendar(path)
    assert refusal.value.code == "no-calendar"


@pytest.mark.parametrize(("year", "kind"), KNOWN_DIFFERENCES)
def test_the_pack_closes_on_the_days_that_the_holidays_library_knows(pack: Calendar, year: int, kind: str) -> None:
    # "government" is the collective leave; by default the library leaves it out.
    category = {"libur": "public", "cuti_bersama": "government"}[kind]
    library = set(holidays.country_holidays("ID", years=year, categories=(category,), language="id"))
    ours = {day for day, closed in pack.closed.items() if day.year == year and closed.kind == kind}
    assert ours ^ library == KNOWN_DIFFERENCES[year, kind]


@pytest.mark.parametrize(("year", "libur", "cuti", "working"), [(2026, 17, 8, 240), (2027, 18, 8, 242)])
def test_the_pack_has_the_number_of_days_that_the_decree_counts(
    pack: Calendar, year: int, libur: int, cuti: int, working: int
) -> None:
    kinds = [closed.kind for day, closed in pack.closed.items() if day.year == year]
    assert (kinds.count("libur"), kinds.count("cuti_bersama")) == (libur, cuti)
    days = [date(year, 1, 1) + timedelta(days=index) for index in range(365)]
    assert sum(map(pack.is_working_day, days)) == working


@pytest.mark.parametrize(
    ("monday", "minutes"),
    [(date(2026, 1, 26), 37 * 60 + 30), (date(2026, 2, 23), 32 * 60 + 30), (date(2027, 2, 15), 32 * 60 + 30)],
    ids=["Perpres 21/2023", "Ramadan 1447", "Ramadan 1448"],
)
def test_a_week_of_the_pack_is_as_long_as_the_law_says(pack: Calendar, monday: date, minutes: int) -> None:
    days = [monday + timedelta(days=index) for index in range(7)]
    assert sum(span.closes - span.opens for day in days for span in pack.hours_on(day)) == minutes


def test_what_is_estimated_in_the_pack_is_marked(pack: Calendar) -> None:
    assert {closed.certainty for day, closed in pack.closed.items() if day.year == 2026} == {"firm"}
    assert {closed.certainty for day, closed in pack.closed.items() if day.year == 2027} == {"verify"}
    assert [overlay.certainty for overlay in pack.overlays] == ["firm", "verify"]
    assert all(closed.decree and closed.name for closed in pack.closed.values())
    assert pack.last_year == 2027

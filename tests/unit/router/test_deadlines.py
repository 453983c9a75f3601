"""Deadlines one by one: the cases of the contract, of the domain's tables, and of what other engines got wrong."""

from datetime import date, datetime
from pathlib import Path

import pytest

from services.router.deadlines import Pause, due, elapsed, parse_amount
from shared.calendar import Calendar, load_calendar, parse_calendar

PACK = load_calendar(Path(__file__).parents[3] / "deploy" / "packs" / "kota-pasuruan" / "calendar.toml")
OFFICE_WEEK = """
[week]
mon = ["08:00-12:00", "13:00-16:00"]
tue = ["08:00-12:00", "13:00-16:00"]
wed = ["08:00-12:00", "13:00-16:00"]
thu = ["08:00-12:00", "13:00-16:00"]
fri = ["08:00-11:00", "13:00-16:00"]
"""
ALWAYS = "[week]\n" + "".join(f'{day} = ["00:00-24:00"]\n' for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
NIGHTS = "[week]\n" + "".join(f'{day} = ["22:00-06:00"]\n' for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
CLOSED = ("2026-08-17", "2026-12-24", "2026-12-25", "2027-01-01")


def calendar_of(
    week: str = OFFICE_WEEK, closed: tuple[str, ...] = (), zone: str = "Asia/Jakarta", more: str = ""
) -> Calendar:
    rows = "".join(f"[[closed]]\ndate = {day}\n" for day in closed)
    return parse_calendar(f'zone = "{zone}"\nversion = "T-1"\n{week}{rows}{more}')


def at(text: str) -> datetime:
    """A time in Jakarta unless it says otherwise."""
    moment = datetime.fromisoformat(text)
    return moment if moment.utcoffset() is not None else datetime.fromisoformat(text + "+07:00")


def paused(*texts: str) -> list[Pause]:
    return [(at(begin), at(end)) for begin, end in (text.split("/") for text in texts)]


OFFICE = calendar_of(closed=CLOSED)
RAMADAN = calendar_of(
    more='[[hours]]\nfrom = 2026-02-18\nto = 2026-03-19\nmon = ["08:00-15:00"]\nfri = ["08:00-11:30", "12:30-15:30"]\n'
)

CONTRACT = [
    ("2026-08-11T09:00", "2h", "2026-08-11T11:00"),
    ("2026-08-11T11:30", "1h", "2026-08-11T13:30"),
    ("2026-08-11T16:00:00", "1h", "2026-08-12T09:00"),
    ("2026-08-11T09:00", "6h", "2026-08-11T16:00"),
    ("2026-08-14T10:30", "1h", "2026-08-14T13:30"),
    ("2026-08-14T15:00", "2h", "2026-08-18T09:00"),
    ("2026-08-14T17:30Z", "1h", "2026-08-18T09:00"),
    ("2026-08-14T10:00", "3wd", "2026-08-20T16:00"),
    ("2026-08-15T10:00", "3wd", "2026-08-20T16:00"),
    ("2026-12-22T10:00", "2wd", "2026-12-28T16:00"),
]


@pytest.mark.parametrize(("start", "amount", "expected"), CONTRACT)
def test_the_cases_of_the_contract(start: str, amount: str, expected: str) -> None:
    assert due(OFFICE, at(start), parse_amount(amount)).due_at == at(expected)


PROCESS_TABLE = [  # received, working days, due on (domain/process.md, section 12)
    ("2026-01-05", 3, "2026-01-08"),
    ("2026-01-09", 5, "2026-01-19"),
    ("2026-01-10", 3, "2026-01-14"),
    ("2026-02-13", 3, "2026-02-20"),
    ("2026-03-17", 3, "2026-03-27"),
    ("2026-03-17", 5, "2026-03-31"),
    ("2026-03-13", 14, "2026-04-10"),
    ("2026-12-23", 3, "2026-12-30"),
    ("2026-12-31", 3, "2027-01-07"),
    ("2026-03-02", 60, "2026-06-10"),
    ("2027-03-05", 5, "2027-03-22"),
]


@pytest.mark.parametrize(("received", "days", "expected"), PROCESS_TABLE)
@pytest.mark.parametrize("hour", ["00:00", "10:00", "23:59"])
def test_the_table_of_the_domain_on_the_calendar_of_the_pack(
    received: str, hour: str, days: int, expected: str
) -> None:
    deadline = due(PACK, at(f"{received}T{hour}"), parse_amount(f"{days}wd"))
    assert deadline.due_on == date.fromisoformat(expected)
    assert len(deadline.ledger) == days
    assert not deadline.provisional


CASES = {
    "start on the instant of opening": (OFFICE, "2026-08-11T08:00", "7h", "2026-08-11T16:00"),
    "start in the lunch break": (OFFICE, "2026-08-11T12:30", "90s", "2026-08-11T13:01:30"),
    "used up at the lunch break is due then, not after it": (OFFICE, "2026-08-11T08:00", "4h", "2026-08-11T12:00"),
    "one second more goes past the lunch break": (OFFICE, "2026-08-11T08:00", "14401s", "2026-08-11T13:00:01"),
    "the last second before closing counts": (OFFICE, "2026-08-11T15:59:59", "1s", "2026-08-11T16:00"),
    "parts of a second are kept": (OFFICE, "2026-08-11T15:59:59.250000", "1s", "2026-08-12T08:00:00.250000"),
    "a week across a holiday": (OFFICE, "2026-08-13T08:00", "26h", "2026-08-19T15:00"),
    "days across the turn of the year": (OFFICE, "2026-12-31T10:00", "1wd", "2027-01-04T16:00"),
    "a holiday does not come back next year": (OFFICE, "2027-08-16T10:00", "1wd", "2027-08-17T16:00"),
    "midnight is not closed where all is open": (calendar_of(ALWAYS), "2026-08-11T09:00", "48h", "2026-08-13T09:00"),
    "a day that is open to 24:00 closes there": (calendar_of(ALWAYS), "2026-08-11T09:00", "1wd", "2026-08-13T00:00"),
    "calendar days end at 24:00": (OFFICE, "2026-08-11T09:00", "1cd", "2026-08-13T00:00"),
    "calendar days do not care for holidays": (OFFICE, "2026-08-14T09:00", "3cd", "2026-08-18T00:00"),
    "a day received just after midnight": (OFFICE, "2026-08-11T00:00", "1wd", "2026-08-12T16:00"),
    "a leap day is a day": (OFFICE, "2028-02-28T10:00", "1wd", "2028-02-29T16:00"),
    "calendar days over a leap day": (OFFICE, "2028-02-28T10:00", "2cd", "2028-03-02T00:00"),
    "calendar days where there is no leap day": (OFFICE, "2027-02-28T10:00", "2cd", "2027-03-03T00:00"),
    "received on a leap day": (OFFICE, "2028-02-29T10:00", "30cd", "2028-03-31T00:00"),
    "into an overlay": (RAMADAN, "2026-02-17T15:00", "2h", "2026-02-20T09:00"),
    "within an overlay": (RAMADAN, "2026-02-20T11:00", "1h", "2026-02-20T13:00"),
    "out of an overlay": (RAMADAN, "2026-03-16T14:00", "2h", "2026-03-20T09:00"),
    "working days in an overlay that opens two days a week": (RAMADAN, "2026-02-18T09:00", "2wd", "2026-02-23T15:00"),
    "a Saturday with hours is a working day": (
        calendar_of(OFFICE_WEEK + 'sat = ["09:00-11:00"]\n'), "2026-08-14T10:00", "1wd", "2026-08-15T11:00",
    ),
    "a night shift before midnight": (calendar_of(NIGHTS), "2026-08-11T23:00", "4h", "2026-08-12T03:00"),
    "a night shift after midnight": (calendar_of(NIGHTS), "2026-08-12T05:00", "2h", "2026-08-12T23:00"),
    "a night shift closes on the morning after": (calendar_of(NIGHTS), "2026-08-11T23:00", "1wd", "2026-08-13T06:00"),
    "in the small hours day 0 is the wall's": (calendar_of(NIGHTS), "2026-08-12T05:00", "1wd", "2026-08-14T06:00"),
    "a closed day ends no shift of the evening before": (
        calendar_of(NIGHTS, ("2026-08-17",)), "2026-08-17T05:00", "2h", "2026-08-18T23:00",
    ),
    "a night shift over the turn of the year": (calendar_of(NIGHTS), "2026-12-31T23:00", "3h", "2027-01-01T02:00"),
    "New Year's Eve closes in the new year": (calendar_of(NIGHTS), "2026-12-30T23:00", "1wd", "2027-01-01T06:00"),
    "received on New Year's Eve at night": (calendar_of(NIGHTS), "2026-12-31T23:00", "1wd", "2027-01-02T06:00"),
    "Makassar is an hour ahead": (calendar_of(zone="Asia/Makassar"), "2026-08-11T09:00Z", "1h", "2026-08-12T01:00Z"),
    "in Jakarta it is still Sunday": (calendar_of(), "2026-08-09T16:30Z", "1wd", "2026-08-10T09:00Z"),
    "in Makassar it is Monday": (calendar_of(zone="Asia/Makassar"), "2026-08-09T16:30Z", "1wd", "2026-08-11T08:00Z"),
    "in Jayapura the day ends at 15:00Z": (
        calendar_of(zone="Asia/Jayapura"), "2026-08-09T15:00Z", "1cd", "2026-08-11T15:00Z",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("calendar", "start", "amount", "expected"), CASES.values(), ids=CASES)
def test_a_deadline(calendar: Calendar, start: str, amount: str, expected: str) -> None:
    assert due(calendar, at(start), parse_amount(amount)).due_at == at(expected)


NEW_YORK = "America/New_York"  # the clock jumps from 02:00 to 03:00 on 2026-03-08, and back on 2026-11-01
SKIPPED, HALF_SKIPPED, REPEATED = (
    f'[week]\nsun = ["{span}"]\n' for span in ("02:00-02:30", "01:00-02:30", "00:30-01:30")
)
SUMMER_TIME = {
    "a day of 23 hours": (ALWAYS, "2026-03-07T12:00-05:00", "24h", "2026-03-08T13:00-04:00"),
    "a night of 7 hours": (NIGHTS, "2026-03-07T22:00-05:00", "8h", "2026-03-08T23:00-04:00"),
    "a night of 9 hours": (NIGHTS, "2026-10-31T22:00-04:00", "9h", "2026-11-01T06:00-05:00"),
    "hours that no clock shows": (SKIPPED, "2026-03-08T00:00-05:00", "30m", "2026-03-15T02:30-04:00"),
    "closing in the jump": (HALF_SKIPPED, "2026-03-08T00:00-05:00", "61m", "2026-03-15T01:01-04:00"),
    "closing the first time": (REPEATED, "2026-11-01T00:00-04:00", "61m", "2026-11-08T00:31-05:00"),
    "a day whose only hours are skipped": (SKIPPED, "2026-03-07T00:00-05:00", "1wd", "2026-03-15T02:30-04:00"),
    "calendar days end by the new offset": (ALWAYS, "2026-03-07T12:00-05:00", "1cd", "2026-03-09T00:00-04:00"),
}  # fmt: skip


@pytest.mark.parametrize(("week", "start", "amount", "expected"), SUMMER_TIME.values(), ids=SUMMER_TIME)
def test_a_deadline_where_the_clocks_are_changed(week: str, start: str, amount: str, expected: str) -> None:
    assert due(calendar_of(week, zone=NEW_YORK), at(start), parse_amount(amount)).due_at == at(expected)


PAUSES = {
    "open time in a pause is given back": ("4h", ["2026-08-11T10:00/2026-08-11T11:00"], "2026-08-11T15:00"),
    "overlaps count once": (
        "4h", ["2026-08-11T10:00/2026-08-11T11:00", "2026-08-11T10:30/2026-08-11T11:30"], "2026-08-11T15:30",
    ),
    "one within the other counts once": (
        "4h", ["2026-08-11T10:00/2026-08-11T11:00", "2026-08-11T10:15/2026-08-11T10:30"], "2026-08-11T15:00",
    ),
    "the lunch break in a pause is not given back": ("4h", ["2026-08-11T11:00/2026-08-11T14:00"], "2026-08-11T16:00"),
    "a pause outside opening hours changes nothing": ("4h", ["2026-08-11T12:00/2026-08-11T13:00"], "2026-08-11T14:00"),
    "a pause over the night": ("8h", ["2026-08-11T15:00/2026-08-12T09:00"], "2026-08-12T12:00"),
    "a pause to the second": ("4h", ["2026-08-11T10:00:10/2026-08-11T10:00:25"], "2026-08-11T14:00:15"),
    "a pause that began before the start": ("4h", ["2026-08-01T00:00/2026-08-11T10:00"], "2026-08-11T15:00"),
    "a pause after the due date": ("1h", ["2026-08-11T10:00/2026-08-11T11:00"], "2026-08-11T10:00"),
    "an empty pause": ("4h", ["2026-08-11T10:00/2026-08-11T10:00"], "2026-08-11T14:00"),
    "days: a pause within a day costs none": ("3wd", ["2026-08-12T10:00/2026-08-12T15:59"], "2026-08-14T16:00"),
    "days: a pause over two nights costs two": ("3wd", ["2026-08-12T10:00/2026-08-14T10:00"], "2026-08-19T16:00"),
    "days: a pause over a whole day costs one": ("3wd", ["2026-08-12T00:00/2026-08-13T00:00"], "2026-08-18T16:00"),
    "days: a pause of a night costs none": ("3wd", ["2026-08-12T16:00/2026-08-13T08:00"], "2026-08-14T16:00"),
    "days: a pause of the weekend costs none": ("4wd", ["2026-08-14T16:00/2026-08-18T08:00"], "2026-08-18T16:00"),
    "days: a pause on day 0 costs none": ("3wd", ["2026-08-11T10:00/2026-08-11T17:00"], "2026-08-14T16:00"),
    "calendar days: each midnight costs one": ("3cd", ["2026-08-12T23:00/2026-08-14T01:00"], "2026-08-17T00:00"),
}  # fmt: skip


@pytest.mark.parametrize(("amount", "pauses", "expected"), PAUSES.values(), ids=PAUSES)
def test_a_deadline_with_pauses(amount: str, pauses: list[str], expected: str) -> None:
    deadline = due(OFFICE, at("2026-08-11T09:00"), parse_amount(amount), paused(*pauses))
    assert deadline.due_at == at(expected)


def test_a_reopened_clock_resumes_with_what_was_left_or_starts_afresh() -> None:
    start, answered, reopened = at("2026-08-11T09:00"), at("2026-08-11T14:00"), at("2026-08-13T10:00")
    assert elapsed(OFFICE, start, answered) == 4 * 3600
    assert due(OFFICE, start, parse_amount("6h"), [(answered, reopened)]).due_at == at("2026-08-13T12:00")
    assert due(OFFICE, reopened, parse_amount("6h")).due_at == at("2026-08-14T09:00")


def test_an_amended_decree_moves_the_date_and_is_named() -> None:
    amended = parse_calendar(f'zone = "Asia/Jakarta"\nversion = "T-2"\n{OFFICE_WEEK}[[closed]]\ndate = 2026-08-18\n')
    found = [due(calendar, at("2026-08-14T15:00"), parse_amount("2wd")) for calendar in (calendar_of(), amended)]
    assert [(deadline.due_at, deadline.calendar_version) for deadline in found] == [
        (at("2026-08-18T16:00"), "T-1"),
        (at("2026-08-19T16:00"), "T-2"),
    ]

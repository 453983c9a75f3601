"""What a deadline tells beside its date: its account, what is left, when to warn; and the questions it refuses."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from services.router.deadlines import DeadlineError, Pause, due, parse_amount, remaining, when_used
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


def test_the_account_says_what_each_day_gave_and_why_the_others_gave_nothing() -> None:
    calendar = calendar_of(more='[[closed]]\ndate = 2026-08-17\nname = "Hari Kemerdekaan"\ndecree = "SKB 9"\n')
    deadline = due(calendar, at("2026-08-14T10:00"), parse_amount("5h"), paused("2026-08-14T14:00/2026-08-14T15:30"))
    gave = [
        (str(entry.day), f"{entry.begins:%H:%M}-{entry.ends:%H:%M}", entry.counted_seconds) for entry in deadline.ledger
    ]
    assert gave == [
        ("2026-08-14", "10:00-11:00", 3600),
        ("2026-08-14", "13:00-14:00", 3600),
        ("2026-08-14", "15:30-16:00", 1800),
        ("2026-08-18", "08:00-10:30", 9000),
    ]
    assert [(str(day.day), day.reason, day.decree) for day in deadline.skipped] == [
        ("2026-08-15", "no-hours", ""),
        ("2026-08-16", "no-hours", ""),
        ("2026-08-17", "closed-day", "SKB 9"),
    ]


def test_the_account_of_days_names_day_zero_and_the_days_that_a_pause_cost() -> None:
    deadline = due(OFFICE, at("2026-08-11T09:00"), parse_amount("2wd"), paused("2026-08-12T10:00/2026-08-13T09:00"))
    assert [(str(entry.day), entry.counted_seconds) for entry in deadline.ledger] == [
        ("2026-08-13", 6 * 3600),
        ("2026-08-14", 6 * 3600),
    ]
    assert [day.reason for day in deadline.skipped] == ["day-of-receipt", "paused"]
    late = due(OFFICE, at("2026-08-11T17:00"), parse_amount("1h"), paused("2026-08-12T00:00/2026-08-13T00:00"))
    assert [day.reason for day in late.skipped] == ["after-hours", "paused"]
    days = due(OFFICE, at("2026-08-11T17:00"), parse_amount("1cd"), paused("2026-08-12T00:00/2026-08-13T00:00"))
    assert [day.reason for day in days.skipped] == ["day-of-receipt", "paused"]
    assert [entry.counted_seconds for entry in days.ledger] == [86_400]


def test_a_deadline_at_midnight_is_told_as_the_end_of_its_day() -> None:
    assert due(OFFICE, at("2026-08-11T09:00"), parse_amount("30cd")).due_on == date(2026, 9, 10)
    assert due(OFFICE, at("2026-08-11T09:00"), parse_amount("2h")).due_on == date(2026, 8, 11)


@pytest.mark.parametrize(
    ("start", "amount", "provisional"),
    [("2027-12-30T10:00", "1cd", False), ("2027-12-30T10:00", "2cd", True), ("2027-12-31T10:00", "1wd", True)],
)
def test_a_due_date_past_the_last_loaded_year_is_provisional(start: str, amount: str, provisional: bool) -> None:
    assert due(PACK, at(start), parse_amount(amount)).provisional is provisional


def test_what_is_left_is_open_time_and_negative_when_overdue() -> None:
    hours = due(OFFICE, at("2026-08-11T09:00"), parse_amount("6h"), paused("2026-08-11T10:00/2026-08-11T11:00"))
    moments = ["2026-08-01T00:00", "2026-08-11T10:30", "2026-08-11T12:30", "2026-08-12T09:00", "2026-08-12T10:00"]
    assert [remaining(hours, at(moment)) / 3600 for moment in moments] == [6, 5, 4, 0, -1]
    days = due(OFFICE, at("2026-08-11T09:00"), parse_amount("1wd"))
    assert remaining(days, at("2026-08-11T15:00")) == 8 * 3600
    assert remaining(due(OFFICE, at("2026-08-11T09:00"), parse_amount("1cd")), at("2026-08-12T18:00")) == 6 * 3600


def test_warnings_fall_at_their_share_of_the_clocks_own_time() -> None:
    hours = due(OFFICE, at("2026-08-11T09:00"), parse_amount("4h"), paused("2026-08-11T10:00/2026-08-11T11:00"))
    assert [when_used(hours, share) for share in (0.25, 0.75, 1)] == [
        at("2026-08-11T10:00"),
        at("2026-08-11T14:00"),
        hours.due_at,
    ]
    days = due(OFFICE, at("2026-08-14T16:00"), parse_amount("2wd"))
    assert when_used(days, 0.75) == at("2026-08-19T11:30")
    assert when_used(due(OFFICE, at("2026-08-11T00:00"), parse_amount("3cd")), 0.75) == at("2026-08-14T00:00")


NEVER_AGAIN = calendar_of("", more='[[hours]]\nfrom = 2020-01-01\nto = 2020-02-01\nmon = ["08:00-15:00"]\n')
EMPTY = Calendar(PACK.zone, "E-1", ((),) * 7, {}, (), ())
START = at("2026-08-11T09:00")
REFUSED = {
    "no calendar": ("no-calendar", None, START, "1h", []),
    "an empty calendar": ("empty-calendar", EMPTY, START, "1h", []),
    "an empty calendar and calendar days": ("empty-calendar", EMPTY, START, "1cd", []),
    "zero": ("amount-not-positive", OFFICE, START, "0wd", []),
    "less than zero": ("amount-not-positive", OFFICE, START, "-4h", []),
    "no offset": ("naive-time", OFFICE, START.replace(tzinfo=None), "1h", []),
    "a pause without offset": ("naive-time", OFFICE, START, "1h", [(START.replace(tzinfo=None), START)]),
    "a pause that ends before it begins": ("bad-pause", OFFICE, START, "1h", [(START, START - timedelta(hours=1))]),
    "never open again, hours": ("no-open-time", NEVER_AGAIN, START, "1h", []),
    "never open again, days": ("no-open-time", NEVER_AGAIN, START, "1wd", []),
    "more hours than ten years have": ("no-open-time", OFFICE, START, "999999999999h", []),
    "more working days than ten years have": ("no-open-time", OFFICE, START, "3000wd", []),
    "more calendar days than ten years have": ("no-open-time", OFFICE, START, "3654cd", []),
    "paused for ten years": ("no-open-time", OFFICE, START, "1h", paused("2026-08-11T00:00/2036-09-01T00:00")),
    "a year that no calendar speaks of": ("out-of-range", OFFICE, at("9998-01-01T00:00"), "1h", []),
    "due in a year that no calendar speaks of": ("out-of-range", OFFICE, at("2200-12-31T23:00"), "30cd", []),
}  # fmt: skip


@pytest.mark.parametrize(("code", "calendar", "start", "amount", "pauses"), REFUSED.values(), ids=REFUSED)
def test_an_impossible_question_is_refused_with_a_code(
    code: str, calendar: Calendar | None, start: datetime, amount: str, pauses: list[Pause]
) -> None:
    with pytest.raises(DeadlineError) as refusal:
        due(calendar, start, parse_amount(amount), pauses)
    assert refusal.value.code == code
    assert refusal.value.message


@pytest.mark.parametrize("text", ["", "3", "wd", "3 wd", "1.5h", "3d", "3WD", "٣wd", "1e3s", "h4"])
def test_an_amount_that_is_none_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError, match="is no amount such as"):
        parse_amount(text)


def test_an_amount_reads_back_as_written() -> None:
    assert [str(parse_amount(text)) for text in ("90s", "45m", "4h", "3wd", "30cd")] == [
        "90s",
        "45m",
        "4h",
        "3wd",
        "30cd",
    ]
    assert parse_amount("45m").seconds == 2700
    assert parse_amount("3wd").seconds is None


def test_a_share_outside_the_clock_is_refused() -> None:
    deadline = due(OFFICE, START, parse_amount("1h"))
    for share in (0, 1.1, -timedelta(hours=1).total_seconds()):
        with pytest.raises(ValueError, match="a share is above 0"):
            when_used(deadline, share)

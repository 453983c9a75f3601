"""The ledger that is kept with a date is that of the date, whichever way it was found, and small."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.router.amounts import parse_amount
from services.router.booking import account
from services.router.clocks import Clock
from services.router.deadlines import Deadline, Pause, due
from services.router.kept_ledger import read_ledger, written
from shared.calendar import Calendar, parse_calendar
from tests.unit.router.lives import RULES, at

NIGHTS = parse_calendar(
    'zone = "America/New_York"\nversion = "N-1"\n[[closed]]\ndate = 2026-03-09\n[week]\n'
    + "".join(f'{day} = ["09:30-11:00", "22:00-06:00"]\n' for day in ("fri", "sun", "mon"))
)


def clock_of(amount: str, day: int, minutes: int) -> Clock:
    start = at(day, minutes // 60, minutes % 60)
    deadline = due(RULES.calendar, start, parse_amount(amount))
    return Clock("uji", 1, "running", start, deadline.due_at, deadline.amount, "uji", RULES.calendar.version, False)


@pytest.mark.parametrize("amount", ["3wd", "14wd", "30cd", "3h"])
@settings(max_examples=50, deadline=None)
@given(day=st.integers(1, 28), minutes=st.integers(0, 1439))
def test_an_account_found_before_is_the_one_that_would_be_made(amount: str, day: int, minutes: int) -> None:
    clock = clock_of(amount, day, minutes)
    assert account(clock, RULES.calendar) == written(clock.deadline(RULES.calendar))


Counted = list[tuple[date, datetime, datetime, float]]


def unfolded(deadline: Deadline) -> tuple[Counted, list[tuple[date, str | None]]]:
    """What a kept ledger says was counted, and what was not."""
    days = read_ledger(json.loads(written(deadline)))
    counted = [(day.day, *spell) for day in days for spell in day.spells]
    return counted, [(day.day, day.reason) for day in days if day.reason]


@pytest.mark.parametrize("calendar", [RULES.calendar, NIGHTS], ids=["of the pack", "nights over a change of clocks"])
@settings(max_examples=50, deadline=None)
@given(
    day=st.integers(0, 350),
    second=st.integers(0, 86_399),
    amount=st.sampled_from(["90s", "5h", "40h", "3wd", "14wd", "60wd", "1cd", "60cd"]),
    pauses=st.lists(st.tuples(st.integers(0, 900_000), st.integers(0, 400_000)), max_size=3),
)
def test_what_is_kept_says_all_that_the_ledger_said(
    calendar: Calendar, day: int, second: int, amount: str, pauses: list[tuple[int, int]]
) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day, seconds=second)
    stood: list[Pause] = [
        (start + timedelta(seconds=begin), start + timedelta(seconds=begin + length)) for begin, length in pauses
    ]
    deadline = due(calendar, start, parse_amount(amount), stood)
    counted, nothing = unfolded(deadline)
    assert counted == [(entry.day, entry.begins, entry.ends, entry.counted_seconds) for entry in deadline.ledger]
    assert nothing == [(skipped.day, skipped.reason) for skipped in deadline.skipped]


def test_sixty_days_are_kept_in_a_few_rows() -> None:
    days = due(RULES.calendar, at(6), parse_amount("60cd"))
    assert json.loads(written(days)) == [
        ["2026-07-06", 1, "day-of-receipt"],
        ["2026-07-07", 60, [["00:00+07:00", "00:00+07:00 +1", 86_400]]],
    ]


def test_a_ledger_of_before_is_read_too() -> None:
    old = {
        "date": "2026-07-07",
        "from": "2026-07-07T07:30:00+07:00",
        "to": "2026-07-07T16:00:00+07:00",
        "counted_seconds": 27_000,
    }
    (day,) = read_ledger([old])
    assert (str(day.day), day.reason, day.spells[0][2]) == ("2026-07-07", None, 27_000)

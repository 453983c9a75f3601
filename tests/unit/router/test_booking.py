"""The ledger that is kept with a date is that of the date, whichever way it was found."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.router.amounts import parse_amount
from services.router.booking import account
from services.router.clocks import Clock
from services.router.deadlines import due
from tests.unit.router.lives import RULES, at


def clock_of(amount: str, day: int, minutes: int) -> Clock:
    start = at(day, minutes // 60, minutes % 60)
    deadline = due(RULES.calendar, start, parse_amount(amount))
    return Clock("uji", 1, "running", start, deadline.due_at, deadline.amount, "uji", RULES.calendar.version, False)


@pytest.mark.parametrize("amount", ["3wd", "14wd", "30cd", "3h"])
@given(day=st.integers(1, 28), minutes=st.integers(0, 1439))
def test_an_account_found_before_is_the_one_that_would_be_made(amount: str, day: int, minutes: int) -> None:
    clock = clock_of(amount, day, minutes)
    made = [(entry.day.isoformat(), entry.counted_seconds) for entry in clock.deadline(RULES.calendar).ledger]
    kept = [(entry["date"], entry["counted_seconds"]) for entry in json.loads(account(clock, RULES.calendar))]
    assert kept == made

"""What follows from an attempt to deliver."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.delivery import LONGEST_RETRY, MOST_ATTEMPTS, Result, after
from tests.builders import NOON


@pytest.mark.parametrize("status", ["sent", "permanent-failure", "technical-failure", "unknown", "suppressed"])
def test_what_is_final_is_not_due_again(status: str) -> None:
    then = after(Result(status, "why"), 1, NOON)
    assert (then.status, then.reason, then.due) == (status, "why", None)


def test_being_held_back_costs_no_attempt() -> None:
    then = after(Result("created", "provider-away", held_back=True), 3, NOON)
    assert then.attempt == 2
    assert then.due is not None
    assert then.due > NOON


@given(st.integers(1, MOST_ATTEMPTS - 1))
def test_each_pause_is_at_least_as_long_as_the_one_before_up_to_a_limit(attempt: int) -> None:
    now, later = (
        after(Result("temporary-failure"), n, NOON).due for n in (attempt, min(attempt + 1, MOST_ATTEMPTS - 1))
    )
    assert now is not None
    assert later is not None
    assert timedelta(0) < now - NOON <= later - NOON <= LONGEST_RETRY


@given(st.integers(1, MOST_ATTEMPTS - 1), st.floats(0, 1))
def test_chance_shortens_a_pause_by_a_quarter_at_most(attempt: int, chance: float) -> None:
    whole, drawn = (after(Result("temporary-failure"), attempt, NOON, chance=c).due for c in (0.0, chance))
    assert whole is not None
    assert drawn is not None
    assert (whole - NOON) * 0.75 <= drawn - NOON <= whole - NOON


def test_what_nobody_knows_is_sent_again_only_where_silence_is_worse() -> None:
    for resend in (False, True):
        then = after(Result("unknown", "connection-lost"), 1, NOON, resend=resend)
        assert then.status == "unknown"
        assert (then.due is not None) is resend
    assert after(Result("unknown", "connection-lost"), MOST_ATTEMPTS, NOON, resend=True).due is None


def test_after_the_last_attempt_it_is_given_up() -> None:
    then = after(Result("temporary-failure", "smtp-451"), MOST_ATTEMPTS, NOON)
    assert (then.status, then.reason, then.due) == ("permanent-failure", "gave-up", None)

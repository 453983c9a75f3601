"""What a receipt changes about a message, in whatever order it comes."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.receipts.format import STATUSES, Receipt
from services.notifier.receipts.judging import Standing, is_early, judge

FAILURES = ("temporary-failure", "permanent-failure", "technical-failure")


def receipt(status: str, message: str = "SM1") -> Receipt:
    return Receipt("first", message, None, status, None)


def after_all(statuses: tuple[str, ...], start: str = "sent") -> str:
    status = start
    for said in statuses:
        result = judge(Standing(status, 1, "SM1"), receipt(said))
        status = result.status if result else status
    return status


@pytest.mark.parametrize("order", list(permutations(("sent", "delivered", "delivered"))))
@pytest.mark.parametrize("start", ["sent", "unknown"])
def test_a_delivered_message_is_delivered_in_whatever_order_it_is_told(order: tuple[str, ...], start: str) -> None:
    assert after_all(order, start) == "delivered"


@given(st.lists(st.sampled_from(STATUSES), max_size=8), st.sampled_from(("delivered", "permanent-failure")))
def test_an_end_is_not_left(later: list[str], end: str) -> None:
    assert after_all(tuple(later), end) == end


@pytest.mark.parametrize("failure", FAILURES)
def test_what_was_sent_or_unknown_can_have_failed(failure: str) -> None:
    for start in ("sent", "unknown"):
        assert after_all((failure,), start) == failure


def test_an_unknown_message_is_found_by_its_receipt() -> None:
    assert after_all(("sent",), "unknown") == "sent"


def test_what_was_given_up_for_want_of_a_receipt_may_yet_arrive() -> None:
    assert after_all(("sent",), "temporary-failure") == "temporary-failure"
    assert after_all(("delivered",), "temporary-failure") == "delivered"


@pytest.mark.parametrize("status", FAILURES)
def test_a_failure_of_an_earlier_attempt_says_nothing_of_this_one(status: str) -> None:
    assert judge(Standing("sent", 2, "SM2"), receipt(status, "SM1")) is None


def test_a_delivery_of_an_earlier_attempt_is_a_delivery() -> None:
    result = judge(Standing("sent", 2, "SM2"), receipt("delivered", "SM1"))
    assert result is not None
    assert result.status == "delivered"


@pytest.mark.parametrize("status", ["suppressed", "technical-failure", "sending"])
@pytest.mark.parametrize("said", STATUSES)
def test_what_is_not_open_stays(status: str, said: str) -> None:
    assert judge(Standing(status, 1, "SM1"), receipt(said)) is None


def test_a_message_that_was_never_tried_has_no_receipt() -> None:
    assert judge(Standing("created", 0, None), receipt("delivered")) is None


def test_a_receipt_that_overtakes_its_sender_waits() -> None:
    assert is_early(Standing("sending", 1, None))
    assert is_early(Standing("created", 0, None))
    assert not is_early(Standing("created", 1, None))
    assert not is_early(Standing("sent", 1, "SM1"))

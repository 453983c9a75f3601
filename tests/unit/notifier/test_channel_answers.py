"""What channel bots say of messages: accepted, repeated, late, unknown."""

import itertools
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.channels.answers import Standing, verdict
from shared.events import Notification
from tests.builders import NOON

FINAL = ("delivered", "permanent-failure", "technical-failure", "suppressed")


def said(status: str, attempt: int = 1, provider_message_id: str | None = None, kind: str = "channel") -> Notification:
    return Notification.model_validate(
        {
            "notification_id": UUID(int=1), "report_id": UUID(int=2), "tracking_code": "0000-0000-0000-00",
            "sequence": 2, "kind": kind, "audience": "reporter", "template": "assigned", "language": "id",
            "attempt": attempt, "status": status, "reason": None, "provider": None,
            "provider_message_id": provider_message_id, "at": NOON,
        }
    )  # fmt: skip


def standing(status: str = "sent", attempt: int = 1, provider_message_id: str | None = None) -> Standing:
    return Standing(status, attempt, provider_message_id)


@pytest.mark.parametrize(
    ("answer", "known", "result"),
    [
        (said("delivered"), standing(), "accepted"),
        (said("permanent-failure"), standing(), "accepted"),
        (said("temporary-failure"), standing(), "accepted"),
        (said("suppressed"), standing(), "accepted"),
        (said("unknown"), standing(), "accepted"),
        (said("sent", provider_message_id="wamid.1"), standing(), "accepted"),
        (said("sent"), standing(), "repeated"),
        (said("sending"), standing(), "repeated"),
        (said("delivered"), standing("delivered"), "repeated"),
        (said("temporary-failure"), standing("temporary-failure"), "repeated"),
        (said("permanent-failure"), standing("delivered"), "late"),
        (said("sent"), standing("delivered"), "late"),
        (said("permanent-failure"), standing(attempt=2), "late"),  # of the attempt before
        (said("delivered"), standing(attempt=2), "accepted"),  # it arrived, whichever attempt it was
        (said("delivered"), standing("temporary-failure"), "accepted"),
        (said("delivered"), standing("unknown"), "accepted"),
        (said("delivered", attempt=3), standing(attempt=2), "unknown"),  # never requested
        (said("delivered"), standing("created", attempt=0), "unknown"),
        (said("delivered"), None, "unknown"),
        (said("delivered", kind="email"), standing(), "unknown"),
    ],
)
def test_an_answer_counts_where_it_is_news(answer: Notification, known: Standing | None, result: str) -> None:
    assert verdict(answer, known) == result


@pytest.mark.parametrize(("first", "second"), list(itertools.product(FINAL, FINAL)))
def test_what_is_final_stays(first: str, second: str) -> None:
    assert verdict(said(second), standing(first)) in {"repeated", "late"}


@given(st.lists(st.sampled_from(("created", "sending", "sent", "delivered", *FINAL, "unknown")), max_size=12))
def test_in_any_order_and_however_often_at_most_one_final_answer_is_accepted(answers: list[str]) -> None:
    known, accepted = standing(), []
    for status in answers:
        if verdict(said(status), known) == "accepted":
            accepted.append(status)
            known = standing(status)
    assert len([status for status in accepted if status in FINAL]) <= 1
    assert ("delivered" in accepted) or "delivered" not in answers or known.status in FINAL

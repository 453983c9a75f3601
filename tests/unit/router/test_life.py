"""The table of transitions: every edge taken, every missing edge refused, and each condition with its code."""

from datetime import timedelta
from itertools import product
from typing import Any, get_args

import pytest

from services.router.changes import Outcome, carry_out
from services.router.life import Change, Refusal, apply
from services.router.transitions import EDGES, FINAL
from shared.events import Status
from tests.unit.router.lives import MONDAY, RULES, case_in, command, done, opened, refused

STATUSES = get_args(Status)
ACTIONS = sorted({(edge.action, edge.actor) for edge in EDGES} - {("return", "agency"), ("answer_desk", "reporter")})
TABLE = {(edge.status, edge.action, edge.actor): edge for edge in EDGES}
# Both leave the report where it is, without a step of its own or with one.
STAYS = {"rate", "extend"}


def test_no_edge_is_listed_twice() -> None:
    assert len(TABLE) == len(EDGES)


def test_every_status_is_reached_and_left_as_the_contract_says() -> None:
    assert {edge.to for edge in EDGES} | {"received"} == set(STATUSES)
    assert {edge.status for edge in EDGES} & FINAL == {"closed"}
    assert {edge.action for edge in EDGES if edge.status == "closed"} == {"reopen", "rate"}


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: f"{edge.status} {edge.action} {edge.actor}")
def test_an_edge_leads_where_the_table_says(edge: Any) -> None:
    case = case_in(edge.status, agency=None if edge.action == "answer_desk" else case_in(edge.status).agency)
    named = {"return": "not_ours", "answer_desk": "answer"}.get(edge.action, edge.action)
    changes: dict[str, Any] = {"destination": None} if edge.action == "return" else {}
    change = apply(case, command(named, edge.actor, **changes), RULES.policy)
    assert isinstance(change, Change)
    assert change.case.status == edge.to
    assert change.case.sequence == case.sequence + (edge.action != "rate")


@pytest.mark.parametrize(
    ("status", "action", "actor"),
    [(status, *action) for status, action in product(STATUSES, ACTIONS) if (status, *action) not in TABLE],
)
def test_a_missing_edge_is_refused(status: str, action: str, actor: str) -> None:
    case = case_in(status, agency="pupr")
    outcome = apply(case, command(action, actor), RULES.policy)
    assert isinstance(outcome, Refusal)
    dashed = status.replace("_", "-")
    assert outcome.code in {f"already-{dashed}", f"not-allowed-when-{dashed}"}


CONDITIONS: dict[str, tuple[str, str, str, dict[str, Any], dict[str, Any]]] = {
    "wrong-agency": ("assigned", "start", "agency", {}, {"agency": "dlhkp"}),
    "desk-only": ("assigned", "reject", "agency", {}, {}),
    "out-of-date": ("assigned", "start", "agency", {}, {"said_at": MONDAY - timedelta(minutes=6)}),
    "already-in-progress": ("in_progress", "start", "agency", {"reason": "started"}, {}),
    "note-missing": ("in_progress", "answer", "agency", {}, {"note": None}),
    "evidence-missing": ("in_progress", "complete", "agency", {}, {"evidence": ()}),
    "question-missing": ("in_progress", "ask_reporter", "agency", {}, {"note": None}),
    "extended-already": ("in_progress", "extend", "agency", {"extended": 1}, {}),
    "date-missing": ("in_progress", "extend", "agency", {}, {"expected_at": None}),
    "date-not-later": ("in_progress", "extend", "agency", {}, {"expected_at": MONDAY}),
    "body-missing": ("assigned", "refer", "agency", {}, {"destination": None}),
    "reference-missing": ("assigned", "refer", "agency", {}, {"note": None}),
    "reason-missing": ("at_desk", "reject", "desk", {}, {"reason_code": None}),
    "agency-missing": ("at_desk", "assign", "desk", {}, {"destination": None}),
    "same-agency": ("assigned", "assign", "desk", {}, {"destination": "pupr"}),
    "rating-missing": ("closed", "rate", "reporter", {}, {"rating": None}),
    "reopened-too-often": ("answered", "reopen", "reporter", {"reopened": 2}, {}),
}


@pytest.mark.parametrize("code", CONDITIONS)
def test_what_a_command_lacks_is_said(code: str) -> None:
    status, action, actor, case, changes = CONDITIONS[code]
    outcome = apply(case_in(status, **case), command(action, actor, **changes), RULES.policy)
    assert outcome == Refusal(code)


def test_a_bare_not_ours_gives_no_reason() -> None:
    bare = command("not_ours", "agency", note=None, reason_code=None)
    assert apply(case_in("assigned"), bare, RULES.policy) == Refusal("reason-missing")


def test_a_closed_report_is_reopened_only_while_the_pack_allows() -> None:
    late = apply(case_in("closed"), command("reopen", "reporter"), RULES.policy, MONDAY - timedelta(seconds=1))
    assert late == Refusal("reopened-too-late")
    assert isinstance(apply(case_in("closed"), command("reopen", "reporter"), RULES.policy, MONDAY), Change)


def test_a_clock_of_an_agency_that_is_a_little_slow_is_forgiven() -> None:
    said = MONDAY - timedelta(minutes=5)
    assert isinstance(apply(case_in("assigned"), command("start", "agency", said_at=said), RULES.policy), Change)


def test_a_time_from_the_future_does_not_outdate_what_follows() -> None:
    change = apply(
        case_in("assigned"), command("acknowledge", "agency", said_at=MONDAY.replace(year=2030)), RULES.policy
    )
    assert isinstance(change, Change)
    assert isinstance(apply(change.case, command("answer", "agency"), RULES.policy), Change)


def test_a_new_agency_is_a_new_hop_and_the_desk_has_none() -> None:
    moved = apply(case_in("assigned"), command("not_ours", "agency"), RULES.policy)
    assert isinstance(moved, Change)
    assert (moved.case.agency, moved.case.hop, moved.case.tried) == ("dishub", 2, frozenset({"pupr", "dishub"}))
    back = apply(moved.case, command("not_ours", "agency", agency="dishub", destination=None), RULES.policy)
    assert isinstance(back, Change)
    assert (back.case.agency, back.case.hop, back.case.status) == (None, 2, "at_desk")


def test_a_step_that_leaves_the_status_has_a_reason_that_no_other_into_it_has() -> None:
    for edge in EDGES:
        if edge.to == edge.status and edge.action != "rate":
            others = [other for other in EDGES if other.to == edge.to and other.status != edge.status]
            strangers = {other.reason for other in others if other.action != edge.action}
            assert edge.reason not in strangers, edge


def test_a_code_of_the_agencys_own_does_not_hide_that_the_report_was_passed_on() -> None:
    outcome = carry_out(opened(), command("not_ours", "agency", reason_code="jalan-provinsi"), RULES)
    assert isinstance(outcome, Outcome)
    assert outcome.step
    assert (outcome.step.previous, outcome.step.status, outcome.step.reason) == ("assigned", "assigned", "not-ours")


def test_more_time_is_told_as_such_and_is_no_new_start() -> None:
    working = done(opened(), command("start", "agency"))
    outcome = carry_out(working, command("extend", "agency", reason_code="menunggu-material"), RULES)
    assert isinstance(outcome, Outcome)
    assert outcome.step
    assert (outcome.step.reason, outcome.step.expected_moved_because) == ("extended", "extended")
    assert refused(outcome.kept, command("start", "agency")) == "already-in-progress"

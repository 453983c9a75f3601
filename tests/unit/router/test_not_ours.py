"""A report that goes through hands: what is counted of each `not_ours`, and each decision made again from its books."""

import json
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client import REGISTRY

from services.router import failures
from services.router.cases.turn import Hop, Turn
from services.router.desk.pages import listed, shown
from services.router.doors.handlers import count
from services.router.opening import begin
from services.router.packs.replay import decide_again, ordered
from services.router.packs.store import Decided
from services.router.rules import Rules
from tests.builders import accepted
from tests.unit.router.lives import MONDAY, PACK, RULES, command, opened

TEXT = "Jalan berlubang, aspal rusak parah. Sampah menumpuk di TPS, sampah tidak diangkut."
REPORT = accepted(text=TEXT, received_at=MONDAY)


class Broken:
    """Words that fail on any text."""

    def read(self, *_parts: object) -> object:
        raise KeyError("pju")


class Lines:
    """A log that is kept."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, Any]]] = []

    def error(self, event: str, **more: Any) -> None:
        self.lines.append((event, more))


def turn(sent_by: str = "model", agency: str = "pupr") -> Turn:
    return Turn(opened(agency), REPORT, "0" * 32, "jalan-rusak", 0, 1, sent_by=sent_by)


def send_back(one: Turn, suggested: str | None = None, rules: Rules = RULES) -> None:
    back = command("not_ours", "agency", agency=one.case.agency, suggested_agency=suggested, reason_code="bukan-kami")
    assert one.do(back, rules, MONDAY) is None


def rerouted(rule: str, then: str) -> float:
    return REGISTRY.get_sample_value("router_reroutes_total", {"rule": rule, "next": then}) or 0.0


def failed() -> float:
    return REGISTRY.get_sample_value("router_rule_failures_total", {"rule": "words"}) or 0.0


def test_a_report_that_was_sent_back_counts_for_the_method_that_had_sent_it() -> None:
    steps = [("model", "suggestion"), ("agency", "rules"), ("rule", "hops")]
    before = [rerouted(*step) for step in steps]
    one = turn("model", "dishub")
    send_back(one, "dinkes")
    send_back(one)
    send_back(one, "dlhkp")
    assert [(hop.agency, hop.decision.method) for hop in one.hops] == [
        ("dinkes", "agency"),
        ("pupr", "rule"),
        (None, "desk"),
    ]
    count([one])
    assert [rerouted(*step) - was for step, was in zip(steps, before, strict=True)] == [1, 1, 1]


def test_a_topic_stays_where_the_next_decision_knows_no_better() -> None:
    one = turn()
    send_back(one, "dinkes")
    assert one.hops[-1].topic == "jalan-rusak"
    send_back(one)
    assert (one.hops[-1].agency, one.hops[-1].topic) == ("dlhkp", "sampah-tps-pengangkutan")


def test_a_rule_that_fails_behind_a_not_ours_is_told_like_one_that_fails_at_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = Lines()
    monkeypatch.setattr(failures, "_log", log)
    before = failed()
    broken = replace(RULES, routes=replace(RULES.routes, words=Broken()))  # type: ignore[arg-type]  # that is the fault
    one = turn()
    send_back(one, rules=broken)
    assert (one.case.status, one.case.agency) == ("at_desk", None)
    count([one])
    assert failed() == before + 1
    said = {"report_id": str(one.case.report_id), "rule": "words", "result": "failed: KeyError"}
    assert log.lines == [("rule.failed", said)]


def lived() -> list[Decided]:
    """Decisions on a report: by rules, without the first agency, by the desk, back to the desk, by the desk again."""
    opening = begin(REPORT, RULES, MONDAY)
    decision, case = opening.explained, opening.kept.case
    assert case.agency == "pupr"
    one = Turn(opening.kept, REPORT, "0" * 32, opening.decision.topic, 9, 1, sent_by=decision.method)
    send_back(one)
    moved = command("assign", "desk", destination="dinsos")
    assert one.do(moved, RULES, MONDAY) is None
    send_back(one, "no-such-agency")
    moved = command("assign", "desk", destination="dinkes")
    assert one.do(moved, RULES, MONDAY) is None
    first = Hop(case.report_id, 1, case.hop, case.agency, opening.decision.topic, decision)
    return [stored(hop) for hop in (first, *one.hops)]


def stored(hop: Hop) -> Decided:
    """A decision as the database gives it back."""
    report, explained = (json.loads(one.model_dump_json(by_alias=True)) for one in (REPORT, hop.decision))
    return Decided(hop.report_id, REPORT.tracking_code, report, explained, hop.agency, hop.number, hop.hop)


def test_every_decision_of_the_router_is_made_again_from_what_is_stored() -> None:
    decisions = lived()
    assert [(one.agency, one.decision["method"]) for one in decisions] == [
        ("pupr", "rule"),
        ("dlhkp", "rule"),
        ("dinsos", "desk"),
        (None, "desk"),
        ("dinkes", "desk"),
    ]
    assert [ordered(one) for one in decisions] == [False, False, True, False, True]
    for at, one in enumerate(decisions):
        if not ordered(one):
            again = decide_again(one, RULES.routes, PACK.calendar, decisions[:at])
            assert (again.same, again.number, again.now) == (True, at + 1, one.agency)


def test_a_suggestion_is_made_again_too() -> None:
    first = lived()[0]
    one = Turn(begin(REPORT, RULES, MONDAY).kept, REPORT, "0" * 32, None, 9, 1, sent_by="rule")
    send_back(one, "dishub")
    (past,) = map(stored, one.hops)
    assert decide_again(past, RULES.routes, PACK.calendar, [first]).same
    other = {**past.decision, "confidence": past.decision["confidence"] / 2}
    assert not decide_again(replace(past, decision=other), RULES.routes, PACK.calendar, [first]).same


def test_a_decision_from_before_each_alternative_had_reasons_is_read_as_it_was() -> None:
    first = lived()[0]
    bare = [{k: v for k, v in one.items() if k != "evidence"} for one in first.decision["alternatives"]]
    old = replace(first, decision={**first.decision, "alternatives": bare})
    assert bare
    assert decide_again(old, RULES.routes, PACK.calendar).same


def test_an_officer_is_shown_the_reasons_of_each_agency() -> None:
    report = accepted(text="jalan berlubang dan air pdam mati", received_at=MONDAY)
    opening = begin(report, RULES, MONDAY)
    row: dict[str, Any] = {
        "report_id": report.report_id,
        "accepted": json.loads(report.model_dump_json(by_alias=True)),
        "decision": json.loads(opening.explained.model_dump_json()),
    }
    (listed_one,) = listed([row], 5, PACK)["reports"]
    rest = dict.fromkeys(("steps", "clocks", "details", "replies"), ())
    whole = shown({"report": [row], "decisions": [row], **rest}, RULES)
    for best in (listed_one["best"], whole["best"]):
        reasons = {one["agency"]: [said["value"] for said in one["evidence"]] for one in best["agencies"]}
        assert reasons["perumdam-tirta-umbulan"] == ["air pdam mati"]
        assert reasons["pupr"] == ["jalan berlubang"]
    del row["decision"]["alternatives"][0]["evidence"]
    assert listed([row], 5, PACK)["reports"][0]["best"]["agencies"][0]["evidence"] == []

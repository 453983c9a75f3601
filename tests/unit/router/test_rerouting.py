"""Where a report goes that an agency says is not its own."""

from dataclasses import replace
from datetime import date

import pytest

from services.router.decision import Question
from services.router.rerouting import reroute
from tests.unit.router.lives import PACK, RULES, case_in

POTHOLE = Question("Jalan berlubang di depan pasar, aspal rusak parah dan jalan ambles.", jurisdiction="inside")


@pytest.mark.parametrize(
    ("tried", "hop", "suggested", "agency", "rule"),
    [
        (("dlhkp",), 1, "dishub", "dishub", "suggestion"),
        (("dlhkp",), 1, None, "pupr", "rules"),
        (("dlhkp",), 1, "no-such-agency", "pupr", "rules"),
        (("pupr",), 1, None, None, "cycle"),
        (("pupr", "dlhkp"), 2, "pupr", None, "cycle"),
        (("dlhkp", "dishub", "dinkes"), 3, "bpbd", None, "hops"),
    ],
)
def test_the_next_agency(
    tried: tuple[str, ...], hop: int, suggested: str | None, agency: str | None, rule: str
) -> None:
    case = replace(case_in("assigned"), agency=tried[-1], tried=frozenset(tried), hop=hop)
    found = reroute(case, POTHOLE, suggested, "bukan-wewenang", 3, RULES.routes)
    assert (found.agency, found.rule) == (agency, rule)
    assert found.decision.evidence[0].value == f"{tried[-1]}: bukan-wewenang"


def test_who_was_suggested_is_no_alternative_to_itself() -> None:
    unsure = Question("Paving gang kampung rusak, got mampet.", topic="paving-jalan-lingkungan", jurisdiction="inside")
    case = replace(case_in("assigned"), agency="disperkim", tried=frozenset({"disperkim"}))
    own = [other.agency for other in reroute(case, unsure, None, None, 3, RULES.routes).decision.alternatives]
    found = reroute(case, unsure, own[0], None, 3, RULES.routes)
    assert found.agency == own[0]
    assert [other.agency for other in found.decision.alternatives] == own[1:]


def test_the_reporters_choice_that_failed_is_not_made_again() -> None:
    chosen = replace(POTHOLE, agency="dlhkp")
    case = replace(case_in("assigned"), agency="dlhkp", tried=frozenset({"dlhkp"}))
    assert reroute(case, chosen, None, None, 3, RULES.routes).agency == "pupr"


def test_what_nobody_can_tell_goes_to_the_desk_with_the_best_others() -> None:
    vague = Question("Tolong dibantu.", jurisdiction="inside")
    found = reroute(case_in("assigned", tried=frozenset({"pupr"})), vague, None, None, 3, RULES.routes)
    assert (found.agency, found.rule, found.decision.method, found.decision.reason) == (
        None,
        "unclear",
        "desk",
        "not-ours",
    )


def test_an_agency_that_is_gone_is_replaced_by_its_successor() -> None:
    gone = replace(PACK.agencies["dishub"], valid_until=date(2026, 6, 30), successor="bpbd")
    routes = replace(RULES.routes, pack=replace(PACK, agencies={**PACK.agencies, "dishub": gone}))
    case = replace(case_in("assigned"), agency="dlhkp", tried=frozenset({"dlhkp"}))
    asked = replace(POTHOLE, on=date(2026, 7, 6))
    assert reroute(case, asked, "dishub", None, 3, routes).agency == "bpbd"

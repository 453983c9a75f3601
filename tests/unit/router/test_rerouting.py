"""Where a report goes that an agency says is not its own."""

from dataclasses import replace
from datetime import date

import pytest

from services.router.decision import Question
from services.router.ranking import rank
from services.router.rerouting import Reroute, SentBack, reroute
from services.router.routing import Routes, route
from shared.pack import BY_KELURAHAN
from tests.unit.router.lives import PACK, RULES

ROUTES = RULES.routes
POTHOLE = Question("Jalan berlubang di depan pasar, aspal rusak parah dan jalan ambles.", jurisdiction="inside")
TWO_MATTERS = replace(POTHOLE, text=f"{POTHOLE.text} Sampah menumpuk di TPS, sampah tidak diangkut.")
OFFICE = "kel-karangketug"
AT_OFFICE = Question(
    "surat pengantar nikah tidak dilayani loket kelurahan", region_code="35.75.01.1001", jurisdiction="inside"
)


def sent(question: Question, *tried: str, suggested: str | None = None, routes: Routes = ROUTES) -> Reroute:
    """What becomes of a report that bodies had, the last of which says that it is not its own."""
    back = SentBack(tried[-1], frozenset(tried), len(tried), suggested, "bukan-wewenang")
    return reroute(back, question, 3, routes)


def shown(found: Reroute) -> list[str]:
    """The agencies that an officer reads, best first."""
    return [other.agency for other in found.decision.alternatives]


@pytest.mark.parametrize(
    ("tried", "suggested", "agency", "rule"),
    [
        (("dlhkp",), "dishub", "dishub", "suggestion"),
        (("dlhkp",), None, "pupr", "rules"),
        (("dlhkp",), "no-such-agency", "pupr", "rules"),
        (("pupr",), None, None, "unclear"),
        (("pupr",), "pupr", None, "cycle"),
        (("pupr", "dlhkp"), "pupr", None, "cycle"),
        (("dlhkp", "dishub", "dinkes"), "bpbd", None, "hops"),
        (("pupr", "dishub", "dinkes"), None, None, "hops"),
    ],
)
def test_the_next_agency(tried: tuple[str, ...], suggested: str | None, agency: str | None, rule: str) -> None:
    found = sent(POTHOLE, *tried, suggested=suggested)
    assert (found.agency, found.rule) == (agency, rule)
    assert found.decision.evidence[0].value == f"{tried[-1]}: bukan-wewenang"
    assert not set(shown(found)) & {*tried, agency}


def test_the_rest_is_decided_anew_without_who_sent_it_back() -> None:
    first, found = route(TWO_MATTERS, ROUTES), sent(TWO_MATTERS, "pupr")
    assert (first.agency, first.alternatives[0].agency) == ("pupr", "dlhkp")
    assert (found.agency, found.rule, found.decision.method) == ("dlhkp", "rules", "rule")
    assert found.decision.topic == "sampah-tps-pengangkutan"
    assert found.decision.confidence > 0.9 > first.alternatives[0].confidence
    assert [one.value for one in found.decision.evidence[1:]] == ["sampah tidak diangkut", "tps"]
    again = sent(TWO_MATTERS, "pupr", "dlhkp")
    assert (again.agency, again.rule, again.decision.reason) == (None, "unclear", "not-ours")


def test_shares_are_of_what_remains_and_of_nothing_at_all() -> None:
    reading = ROUTES.words.read("jalan berlubang dan air pdam mati")
    found = ROUTES.weights.weigh(reading)
    whole, left = rank(reading, found, PACK), rank(reading, found, PACK, {"pupr"})
    rest = 1 - whole.share("pupr")
    assert left.share("pupr") == 0
    for subject in left.subjects:
        assert subject.share == pytest.approx(whole.share(subject.destination) / rest)
    assert sum(subject.share for subject in left.subjects) < 1


def test_what_was_far_behind_the_first_is_looked_at_once_the_near_ones_had_it() -> None:
    near = {PACK.topics[one.topic].agency_code for one in ROUTES.weights.weigh(ROUTES.words.read(POTHOLE.text)).topics}
    left = route(replace(POTHOLE, tried=frozenset(near)), ROUTES)
    assert left.guess is not None
    assert left.guess not in near


def test_an_office_that_the_place_decides_is_left_out_where_it_was_tried() -> None:
    for question in (AT_OFFICE, replace(AT_OFFICE, topic="surat-keterangan")):
        assert route(question, ROUTES).agency == OFFICE
        found = sent(question, OFFICE)
        assert (found.agency, found.rule) == (None, "unclear")
        assert not {OFFICE, BY_KELURAHAN} & {*shown(found), found.decision.guess}


def test_a_body_that_sent_it_back_is_not_reached_by_the_name_of_the_one_before() -> None:
    gone = replace(PACK.agencies["pupr"], valid_until=date(2026, 6, 30), successor="bpbd")
    routes = replace(ROUTES, pack=replace(PACK, agencies={**PACK.agencies, "pupr": gone}))
    asked = replace(POTHOLE, on=date(2026, 7, 6))
    assert route(asked, routes).agency == "bpbd"
    found = sent(asked, "bpbd", routes=routes)
    assert (found.agency, found.rule) == (None, "unclear")
    assert "pupr" not in shown(found)


def test_an_officer_sees_first_whom_the_rules_would_have_chosen_and_why() -> None:
    for found in (
        sent(POTHOLE, "dlhkp", "dishub", "dinkes", suggested="bpbd"),
        sent(POTHOLE, "dlhkp", suggested="dlhkp"),
    ):
        first = found.decision.alternatives[0]
        assert (found.agency, found.decision.method, found.decision.guess, first.agency) == (
            None,
            "desk",
            "pupr",
            "pupr",
        )
        assert [one.value for one in first.evidence][:2] == ["aspal rusak", "jalan ambles"]


def test_the_body_that_has_a_place_outside_the_city_gets_it_from_an_officer() -> None:
    outside = Question("jalan berlubang", region_code="35.14", jurisdiction="outside")
    found = sent(outside, "pupr")
    assert (found.agency, found.rule, found.decision.referred, shown(found)[0]) == (
        None,
        "unclear",
        False,
        "kab-pasuruan",
    )
    assert sent(outside, "kab-pasuruan").rule == "cycle"


def test_what_spoke_for_another_does_not_speak_for_who_was_suggested() -> None:
    found = sent(POTHOLE, "dlhkp", suggested="dishub").decision
    assert (found.agency, found.topic, len(found.evidence)) == ("dishub", None, 1)
    assert (found.alternatives[0].agency, found.alternatives[0].evidence) == ("pupr", ())
    agreed = sent(POTHOLE, "dlhkp", suggested="pupr").decision
    assert (agreed.agency, agreed.method, agreed.topic) == ("pupr", "agency", "jalan-rusak")
    assert agreed.evidence[1].value == "aspal rusak"


def test_who_was_suggested_is_no_alternative_to_itself() -> None:
    unsure = Question("jalan berlubang dan air pdam mati", jurisdiction="inside")
    own = shown(sent(unsure, "pupr"))
    found = sent(unsure, "pupr", suggested=own[0])
    assert found.agency == own[0]
    assert shown(found) == own[1:]


def test_the_reporters_choice_that_failed_is_not_made_again() -> None:
    assert sent(replace(POTHOLE, agency="dlhkp"), "dlhkp").agency == "pupr"
    assert sent(replace(POTHOLE, topic="sampah-tps-pengangkutan"), "dlhkp").agency == "pupr"


def test_what_nobody_can_tell_goes_to_the_desk_with_the_best_others() -> None:
    found = sent(Question("Tolong dibantu.", jurisdiction="inside"), "pupr")
    assert (found.agency, found.rule, found.decision.method, found.decision.reason) == (
        None,
        "unclear",
        "desk",
        "not-ours",
    )


def test_an_agency_that_is_gone_is_replaced_by_its_successor() -> None:
    gone = replace(PACK.agencies["dishub"], valid_until=date(2026, 6, 30), successor="bpbd")
    routes = replace(ROUTES, pack=replace(PACK, agencies={**PACK.agencies, "dishub": gone}))
    asked = replace(POTHOLE, on=date(2026, 7, 6))
    assert sent(asked, "dlhkp", suggested="dishub", routes=routes).agency == "bpbd"

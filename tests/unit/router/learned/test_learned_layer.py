"""The model among the other layers: when it is asked, when it decides, and what it leaves to others."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import pytest

from services.router.decision import Alternative, Decision, Evidence, Question, Tried
from services.router.learned.file import parse, written
from services.router.learned.judgement import Guess, Judgement, Told
from services.router.learned.linear import Linear
from services.router.rerouting import SentBack, reroute
from services.router.routing import route, route_all
from tests.unit.router.learned.lessons import PACK, ROUTES, cases, weights

HOLE = "jalan berlubang, aspal rusak parah"
FIRE = "ada kebakaran besar di gudang, api makin besar"
KARANGKETUG = Question("halo", region_code="35.75.01.1001", jurisdiction="inside")


@dataclass(frozen=True)
class Said:
    """A model that always says the same."""

    guesses: tuple[tuple[str, float], ...]
    known: frozenset[str]
    version: str = "0123456789ab"
    least: float = 0.9

    def knows(self, destination: str) -> bool:
        return destination in self.known

    def judge_all(self, told: Sequence[Told]) -> list[Judgement]:
        return [self._judge(excluded) for _, _, excluded in told]

    def _judge(self, excluded: Collection[str]) -> Judgement:
        guesses = tuple(Guess(*guess) for guess in self.guesses if guess[0] not in excluded)
        return Judgement(guesses, (("lubang", 1.5),))


def ask(
    text: str | Question, *guesses: tuple[str, float], known: frozenset[str] = frozenset(PACK.agencies)
) -> Decision:
    question = Question(text) if isinstance(text, str) else text
    return route(question, replace(ROUTES, model=Said(guesses, known)))


def test_a_sure_model_decides_and_says_by_which_words() -> None:
    found = ask("halo", ("dishub", 0.95), ("pupr", 0.03), ("dlhkp", 0.01), ("dinsos", 0.005))

    assert (found.agency, found.method, found.confidence) == ("dishub", "model", 0.95)
    assert found.model_version == "0123456789ab"
    assert found.evidence == (Evidence("word", "lubang", 1.5),)
    assert found.alternatives == (
        Alternative("pupr", None, 0.03), Alternative("dlhkp", None, 0.01), Alternative("dinsos", None, 0.005)
    )  # fmt: skip
    assert found.tried[-1] == Tried("model", "dishub: 0.950, sends from 0.900")


def test_an_unsure_model_leaves_it_to_the_desk_also_where_words_were_clear() -> None:
    found = ask(HOLE, ("disperkim", 0.6), ("pupr", 0.3))

    assert (found.agency, found.method, found.reason, found.guess) == (None, "desk", "unclear", "disperkim")
    assert [other.agency for other in found.alternatives] == ["disperkim", "pupr"]
    assert found.alternatives[1].topic == "jalan-rusak"
    assert found.model_version == "0123456789ab"


def test_the_topic_is_the_one_of_the_models_agency_that_the_words_speak_for() -> None:
    assert ask(HOLE, ("pupr", 0.95)).topic == "jalan-rusak"
    assert ask(HOLE, ("dinsos", 0.95)).topic is None


def test_somebody_in_danger_does_not_wait_for_a_model_to_be_sure() -> None:
    assert route(Question(FIRE), ROUTES).agency == "damkar"
    assert ask(FIRE, ("dlhkp", 0.5)).agency == "damkar"


def test_words_decide_on_what_the_model_never_heard_of() -> None:
    assert route(Question(HOLE), ROUTES).agency == "pupr"

    other = frozenset(PACK.agencies) - {"pupr"}
    assert ask(HOLE, ("dishub", 0.5), known=other).agency == "pupr"
    assert ask(HOLE, ("dishub", 0.5)).reason == "unclear"
    assert ask(HOLE, ("dishub", 0.95), known=other).agency == "dishub"


@pytest.mark.parametrize("chosen", [Question(HOLE, topic="jalan-rusak"), Question(HOLE, agency="pupr")])
def test_a_model_is_not_asked_about_what_somebody_chose(chosen: Question) -> None:
    found = ask(chosen, ("dinsos", 0.99))

    assert (found.agency, found.method, found.model_version) == ("pupr", "explicit", None)


def test_the_place_decides_which_office_it_is() -> None:
    here = ask(KARANGKETUG, ("by-kelurahan", 0.95), ("pupr", 0.05))
    nowhere = ask("halo", ("by-kelurahan", 0.95), ("pupr", 0.05))

    assert (here.agency, here.method) == (PACK.offices["kelurahan", "35.75.01.1001"], "place")
    assert (nowhere.agency, nowhere.reason, nowhere.guess) == (None, "place-unknown", "by-kelurahan")


class Broken(Said):
    """A model that fails on one text."""

    def judge_all(self, told: Sequence[Told]) -> list[Judgement]:
        if any("lubang" in reading.words or "berlubang" in reading.words for reading, _, _ in told):
            raise ZeroDivisionError
        return super().judge_all(told)


def test_a_model_that_fails_on_a_text_leaves_that_one_to_the_words_and_that_is_told() -> None:
    broken = Broken((("dishub", 0.95),), frozenset(PACK.agencies))
    hole, other = route_all([Question(HOLE), Question("halo")], replace(ROUTES, model=broken))

    assert (hole.agency, hole.method) == ("pupr", "rule")
    assert hole.tried[-1] == Tried("model", "failed: ZeroDivisionError")
    assert (other.agency, other.method) == ("dishub", "model")


def test_decisions_at_once_are_those_one_by_one() -> None:
    routes = replace(ROUTES, model=Linear(weights(), PACK))
    questions = [Question(case.text) for case in cases(60)]
    questions += [
        Question(HOLE),
        Question(""),
        Question(HOLE, topic="jalan-rusak"),
        Question("halo " * 6000),
        Question("7"),
    ]

    assert route_all(questions, routes) == [route(one, routes) for one in questions]
    assert route_all([], routes) == []


def test_what_an_agency_sent_back_goes_to_the_models_next_guess() -> None:
    back = SentBack("pupr", frozenset({"pupr"}), 1)
    question = Question(HOLE, jurisdiction="inside")
    sure = replace(ROUTES, model=Said((("pupr", 0.99), ("dishub", 0.95)), frozenset(PACK.agencies)))

    assert reroute(back, question, 3, ROUTES).rule == "unclear"
    assert reroute(back, question, 3, sure).agency == "dishub"


def test_a_model_hears_all_that_the_words_say_also_of_those_who_sent_it_back() -> None:
    heard: list[Told] = []

    class Listening(Said):
        def judge_all(self, told: Sequence[Told]) -> list[Judgement]:
            heard.extend(told)
            return super().judge_all(told)

    routes = replace(ROUTES, model=Listening((("dishub", 0.5), ("pupr", 0.4)), frozenset(PACK.agencies)))
    first, later = route(Question(HOLE), routes), route(Question(HOLE, tried=frozenset({"pupr"})), routes)

    assert heard[0][1] == heard[1][1]
    assert "pupr" in heard[1][2]
    assert [other.agency for other in first.alternatives] == ["dishub", "pupr"]
    assert [other.agency for other in later.alternatives] == ["dishub"]


def test_an_officer_reads_the_words_for_each_of_the_models_guesses() -> None:
    first, second = ask(HOLE, ("disperkim", 0.6), ("pupr", 0.3)).alternatives

    assert first.evidence == ()
    assert [one.value for one in second.evidence][:2] == ["aspal rusak", "jalan berlubang"]


def test_an_office_of_the_place_that_sent_it_back_is_not_guessed_again() -> None:
    office = PACK.offices["kelurahan", "35.75.01.1001"]
    back = SentBack(office, frozenset({office}), 1)
    sure = replace(ROUTES, model=Said((("by-kelurahan", 0.99), ("dishub", 0.95)), frozenset(PACK.agencies)))

    assert reroute(back, KARANGKETUG, 3, sure).agency == "dishub"


def test_without_a_model_nothing_is_said_of_one() -> None:
    found = route(Question(HOLE), ROUTES)

    assert found.model_version is None
    assert "model" not in {tried.rule for tried in found.tried}


def test_a_decision_is_computed_again_from_the_bytes_that_were_kept() -> None:
    routes = replace(ROUTES, model=Linear(weights(), PACK))
    later = replace(ROUTES, model=Linear(parse(written(weights())), PACK))

    for case in cases(30):
        assert route(Question(case.text), later) == route(Question(case.text), routes)

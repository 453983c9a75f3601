"""The cold start routes invented complaints of another hand at least this well: floors a little below the measured."""

from collections import Counter
from functools import cache

from services.router.routing import Routes
from shared.pack import load_pack
from tests.evaluation.measure import EVERYDAY, ROOT, Outcome, as_often_as_in_a_city, cases, figures, outcomes

PACK = load_pack(ROOT / "deploy" / "packs" / "kota-pasuruan")


@cache
def measured() -> tuple[Outcome, ...]:
    return tuple(outcomes(cases(PACK), Routes.of(PACK)))


def unseen() -> list[Outcome]:
    return [one for one in measured() if not one.case.seen]


def test_the_set_is_large_and_covers_nearly_every_topic_and_kind_of_hard_text() -> None:
    found = [one.case for one in measured()]
    assert len(found) >= 600
    assert len({case.id for case in found}) == len(found)
    assert len({case.topic for case in found} & PACK.topics.keys()) >= 0.95 * len(PACK.topics)
    hard = Counter(case.hard for case in found)
    assert min(hard[kind] for kind in ("negation", "two-matters", "wrong-place", "sarcasm", "typos", "vague")) >= 25


def test_texts_that_nobody_looked_at_go_out_often_enough_and_rightly() -> None:
    found = figures(unseen())
    assert found.right >= 0.74
    assert found.auto >= 0.40
    assert found.precise >= 0.90
    assert found.macro_f1 >= 0.68


def test_with_topics_as_often_as_in_a_city_it_is_better_still() -> None:
    found = figures(unseen(), as_often_as_in_a_city(PACK, unseen()))
    assert found.right >= 0.78
    assert found.auto >= 0.42
    assert found.precise >= 0.89


def test_everyday_texts_go_out_more_often_and_more_rightly_than_hard_ones() -> None:
    found = figures(outcomes(cases(PACK, EVERYDAY), Routes.of(PACK)))
    assert found.count >= 500
    assert found.right >= 0.86
    assert found.auto >= 0.50
    assert found.precise >= 0.94


def test_denials_do_not_send_a_report_astray() -> None:
    found = figures([one for one in measured() if one.case.hard == "negation"])
    assert found.right >= 0.75
    assert found.precise >= 0.88


def test_what_happens_outside_the_city_does_not_stay_in_it() -> None:
    found = figures([one for one in measured() if one.case.hard == "wrong-place"])
    assert found.right >= 0.85


def test_a_vague_text_is_for_an_officer() -> None:
    assert figures([one for one in measured() if one.case.hard == "vague"]).auto <= 0.15

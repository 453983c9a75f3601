"""What a model says of a text, how it is kept as bytes, and what is not taken for one."""

import io
import json
import pickle
import zipfile
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.router.decision import Question
from services.router.learned.file import parse, written
from services.router.learned.hearing import spoken
from services.router.learned.history import study
from services.router.learned.judgement import Judgement, ModelError
from services.router.learned.linear import Linear, ranked
from services.router.learned.measuring import NEVER, Guessed, figures, guessed, least_confidence
from services.router.learned.stacking import fit
from services.router.learned.training import Course, learn
from services.router.ranking import rank
from services.router.routing import route
from tests.unit.router.learned.lessons import COUNT, PACK, PRECISION, ROUTES, TODAY, cases, history, model, weights


def judge(text: str, by: Linear | None = None) -> Judgement:
    reading = ROUTES.words.read(None, text)
    return (by or model()).judge_all([(reading, spoken(rank(reading, ROUTES.weights.weigh(reading), PACK)), ())])[0]


# --- learning ---------------------------------------------------------------------------------------------------------


def test_a_model_knows_more_than_the_words_of_the_pack() -> None:
    fresh = cases(700)[COUNT:]
    by_words = [route(Question(c.text), ROUTES).guess for c in fresh]
    right_by_words = sum(guess == case.agency for guess, case in zip(by_words, fresh, strict=True))
    right = sum(judge(case.text).best.destination == case.agency for case in fresh)

    assert right > 1.1 * right_by_words
    assert abs(right / len(fresh) - weights().figures.accuracy) < 0.1  # held-out figures are no dream


def test_the_same_cases_give_the_same_model() -> None:
    assert learn(history().lessons, PRECISION, PACK.version).version == weights().version


def test_what_is_added_up_says_what_the_learners_said() -> None:
    known = [lesson for lesson in history().lessons if lesson.label in weights().classes]
    course = Course(known, weights().classes)
    rows = np.arange(len(known))
    learners = course.learners(rows)
    stack = fit(course.said(learners, rows), course.labels)
    # The kept stack was fitted on held-out cases; what counts here is that both ways of reading a text agree.
    made = replace(
        weights(),
        weights=sum(share * one[0] for share, one in zip(stack.weights, learners, strict=False)).astype(np.float32),
        bias=(stack.bias + sum(s * one[1] for s, one in zip(stack.weights, learners, strict=False))).astype(np.float32),
        spoken=(float(stack.weights[-2]), float(stack.weights[-1])),
    )
    shares = stack.shares(course.said(learners, rows))
    row_of = {lesson.decided_at: row for row, lesson in enumerate(known)}
    added = Linear(made, PACK)
    for case in [case for case in cases() if case.decided_at in row_of][:60]:
        row = row_of[case.decided_at]
        best = judge(case.text, added).best
        assert best.confidence == pytest.approx(shares[row][weights().classes.index(best.destination)], abs=1e-3)


def test_copies_of_a_text_are_not_known_by_heart() -> None:
    # Ten agencies at random, each text six times: nothing can be learned, and a copy in another fold would tell all.
    codes = sorted({case.agency for case in cases()})[:10]
    town = [replace(case, agency=codes[sum(case.text.encode()) % 10], decided_at=None) for case in cases(60)]
    copies = study([case for case in town for _ in range(6)], ROUTES, TODAY)
    found = learn(copies.lessons, PRECISION, PACK.version)

    assert found.figures.accuracy < 0.4
    assert found.figures.coverage < 0.1


@pytest.mark.parametrize("count", [0, 10, 40])
def test_too_few_cases_teach_nothing(count: int) -> None:
    with pytest.raises(ModelError, match="too few"):
        learn(history().lessons[:count], PRECISION, PACK.version)


# --- what it says -----------------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_a_judgement(text: str) -> None:
    found = judge(text)

    assert len({guess.destination for guess in found.guesses}) == len(found.guesses)
    assert all(0 <= guess.confidence <= 1 for guess in found.guesses)
    assert all(weight > 0 for _, weight in found.words)


def test_the_words_that_spoke_for_a_guess_are_words_of_the_text() -> None:
    found = judge("Mohon ditambal, jalan berlubang depan pasar, sudah banyak yang jatuh")

    assert found.best.destination == "pupr"
    assert found.words
    assert {word for words, _ in found.words for word in words.split()} <= set(
        "mohon ditambal jalan berlubang depan pasar sudah banyak yang jatuh".split()  # noqa: SIM905 - a sentence
    )


def test_a_judgement_does_not_hang_on_what_was_read_before() -> None:
    fresh = Linear(weights(), PACK)
    texts = [case.text for case in cases(40)]
    before = [judge(text, fresh) for text in texts]

    assert [judge(text, fresh) for text in reversed(texts)] == before[::-1]


def test_offices_of_the_place_compete_as_one_and_the_weaker_comes_last() -> None:
    classes = ("by-kecamatan", "by-kelurahan", "dlhkp", "pupr")

    assert ranked(classes, np.array([0.3, 0.25, 0.35, 0.1])) == [0, 2, 3, 1]
    assert ranked(classes, np.array([0.1, 0.15, 0.35, 0.4])) == [3, 2, 1, 0]


def test_a_pack_without_an_agency_of_the_model_is_refused() -> None:
    pack = replace(PACK, agencies={code: one for code, one in PACK.agencies.items() if code != "pupr"})

    with pytest.raises(ModelError, match="pupr"):
        Linear(weights(), pack)


# --- the confidence from which it decides -----------------------------------------------------------------------------


def seen(*hits: tuple[float, bool]) -> list[Guessed]:
    return [Guessed(("a" if hit else "b",), "a", confidence, sendable=True) for confidence, hit in hits]


def test_it_decides_where_enough_of_those_above_were_right() -> None:
    found = seen(*[(0.9, True)] * 90, *[(0.8, True)] * 9, (0.7, False), *[(0.6, False)] * 40)

    assert least_confidence(found, 0.99, 0.0) == 0.7
    assert least_confidence(found, 0.999, 0.0) == 0.8
    assert least_confidence(seen(*[(0.9, False)] * 9), 0.5, 0.0) == NEVER


def test_a_few_lucky_guesses_are_no_proof() -> None:
    assert least_confidence(seen(*[(0.9, True)] * 5), 0.95, 1.0) == NEVER
    assert least_confidence(seen(*[(0.9, True)] * 500), 0.95, 1.0) == 0.9


def test_guesses_of_one_confidence_go_together() -> None:
    assert least_confidence(seen((0.9, True), (0.9, False), (0.9, False)), 0.9, 0.0) == NEVER


def test_a_matter_of_an_unknown_place_is_never_counted_as_sent() -> None:
    classes, shares = ("by-kelurahan", "pupr"), np.array([[0.99, 0.01], [0.99, 0.01], [0.1, 0.9]])
    found = guessed(classes, shares, ["by-kecamatan", "by-kelurahan", "pupr"], [False, True, False])

    assert figures(found, 0.5).coverage == pytest.approx(2 / 3, abs=1e-4)
    assert figures(found, 0.5).accuracy == 1.0  # kelurahan and kecamatan are one kind


# --- as bytes ---------------------------------------------------------------------------------------------------------


def test_a_model_is_read_as_it_was_written() -> None:
    content = written(weights())
    again = parse(content)

    assert written(again) == content
    assert again.version == weights().version
    assert [judge(case.text, Linear(again, PACK)) for case in cases(20)] == [judge(case.text) for case in cases(20)]


def changed(**arrays: Any) -> bytes:
    with np.load(io.BytesIO(written(weights()))) as found:
        file = io.BytesIO()
        np.savez(file, **{**{name: found[name] for name in found.files}, **arrays})
    return file.getvalue()


def headed(**stated: Any) -> bytes:
    with np.load(io.BytesIO(written(weights()))) as found:
        head = json.loads(found["head"].tobytes())
    return changed(head=np.frombuffer(json.dumps({**head, **stated}).encode(), dtype=np.uint8))


class Harm:
    def __reduce__(self) -> Any:
        return (pytest.fail, ("a pickle was run",))


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("weights.npy", "w") as entry:
        for _ in range(45):
            entry.write(bytes(10_000_000))
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"id,text\n1,halo\n",
        pickle.dumps(Harm()),
        written(weights())[:-100],
        written(weights())[:2000],
        changed(weights=weights().weights[:-1]),
        changed(weights=weights().weights * np.nan),
        changed(bias=weights().bias.astype(np.float64)),
        changed(idf=-weights().idf),
        changed(head=np.array([Harm()], dtype=object)),
        headed(format=2),
        headed(classes=["pupr"] * len(weights().classes)),
        headed(least="x"),
        headed(figures={}),
        headed(spoken=[1]),
        bomb(),
    ],
    ids=[
        "nothing", "a table", "a pickle", "cut", "half", "a row short", "no numbers", "other numbers", "negative",
        "a pickle inside", "another format", "one agency", "no confidence", "no figures", "a weight short", "a bomb",
    ],
)  # fmt: skip
def test_what_is_no_model_is_refused_and_run_by_nobody(content: bytes) -> None:
    with pytest.raises(ModelError):
        parse(content)

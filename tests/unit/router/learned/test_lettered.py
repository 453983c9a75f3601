"""The letters of words: what is remembered of them is what adding up anew would give."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.router.learned.features import letters
from services.router.learned.lettered import Lettered

RUNS = ("jal", "ala", "lan", " jal", "jala", "jalan", "lub", "ban", "ang", "bang", "aaa")
LOT = np.random.default_rng(1)
IDF = LOT.uniform(1, 5, len(RUNS)).astype(np.float32)
WEIGHTS = LOT.normal(size=(len(RUNS), 4)).astype(np.float32)
WORDS = st.lists(st.sampled_from(["jalan", "jalannya", "lubang", "xyz", "aaaaa", "a", "bangjalan"]) | st.text("jalanb"))


def new() -> Lettered:
    return Lettered(RUNS, IDF, WEIGHTS)


@given(st.lists(WORDS, max_size=5))
def test_a_word_has_the_same_scores_in_any_company(batches: Sequence[Sequence[str]]) -> None:
    lettered = new()
    for words in batches:
        for word, place in zip(words, lettered.places(words), strict=True):
            rows = [RUNS.index(run) for run in letters(word) if run in RUNS]
            vector = np.bincount(rows, minlength=len(RUNS)) * IDF if rows else np.zeros(len(RUNS))
            np.testing.assert_allclose(lettered.scores[place], vector @ WEIGHTS, rtol=1e-4, atol=1e-5)
            np.testing.assert_allclose(lettered.squares[place], vector @ vector, rtol=1e-4)
            alone = new()
            assert (alone.scores[alone.places([word])] == lettered.scores[place]).all()


def test_more_words_than_are_remembered_are_forgotten_and_met_again() -> None:
    lettered = new()
    before = lettered.scores[lettered.places(["jalan"])].copy()
    for batch in range(3):
        lettered.places([f"kata{batch}x{number}" for number in range(9_000)])
    assert (lettered.scores[lettered.places(["jalan"])] == before).all()
    assert len(lettered.places([str(number) for number in range(30_000)])) == 30_000

"""Words and phrases found the quick way are those that the plain way finds."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from shared.pack import Slang
from shared.phrases import _ENDINGS, EITHER, End, Match, Phrases
from shared.spelling import _TOKEN, Place, Spelling, tokens

SIGNS = st.one_of(st.sampled_from("ab2'-/ .,\n\u00a0éK"), st.characters())


@given(st.text(SIGNS, max_size=60))
def test_words_are_those_that_the_pattern_finds(text: str) -> None:
    assert tokens(text) == _TOKEN.findall(text)


WORDS = st.sampled_from(["a", "ae", "anya", "b", "bne", "c", ""])
PHRASES = st.lists(
    st.tuples(st.lists(WORDS.filter(bool), min_size=1, max_size=3), st.sampled_from([1, 2, 3])), max_size=6
)


def end_of(number: int, phrase: list[str]) -> End:
    return (str(number), " ".join(phrase), "label", len(phrase))


def found_plainly(planted: list[tuple[list[str], int]], words: list[str], forms: int) -> set[Match]:
    """Each phrase with each ending of each of its words, compared with each stretch of the words."""
    found = set()
    for number, (phrase, stands_for) in enumerate(planted):
        spellings = set(product(*[[word + ending for ending in _ENDINGS] for word in phrase]))
        for at in range(len(words) - len(phrase) + 1):
            if stands_for & forms and tuple(words[at : at + len(phrase)]) in spellings:
                found.add(Match(*end_of(number, phrase), at, at + len(phrase)))
    return found


@given(PHRASES, st.lists(WORDS, max_size=8), st.sampled_from([1, 2, EITHER]))
def test_phrases_are_those_that_stand_in_the_text(
    planted: list[tuple[list[str], int]], words: list[str], forms: int
) -> None:
    tree = Phrases()
    for number, (phrase, stands_for) in enumerate(planted):
        tree.plant(phrase, end_of(number, phrase), stands_for)
        tree.find(words)  # what is planted after a search is found, too
    found = tree.find(words, None, forms)
    assert set(found) == found_plainly(planted, words, forms)
    assert len(found) == len(set(found))
    if forms != EITHER:
        assert [hit.start for hit in found] == sorted(hit.start for hit in found)


SLANG = {"yg": "yang", "ga bisa": "tidak bisa", "tdk": "tidak", "dmn": "di mana", "ga": "tidak"}
SPELLING = Spelling(tuple(Slang(slang, standard, "slang", ambiguous=False) for slang, standard in SLANG.items()))


def normalised_plainly(words: list[str]) -> tuple[list[str], list[Place]]:
    normal: list[str] = []
    places: list[Place] = []
    at = 0
    while at < len(words):
        length = 2 if words[at : at + 2] == ["ga", "bisa"] else 1
        standard = SLANG.get(" ".join(words[at : at + length]), words[at]).split() or [""]
        share = length / len(standard)
        normal += standard
        places += [(at + nth * share, at + (nth + 1) * share) for nth in range(len(standard))]
        at += length
    return normal, places


@given(st.lists(st.sampled_from(["yg", "ga", "bisa", "tdk", "dmn", "jalan", ""]), max_size=12))
def test_standard_words_stand_where_the_written_ones_stood(words: list[str]) -> None:
    normal, places = SPELLING.normalise(words)
    assert (normal, places or [(at, at + 1) for at in range(len(words))]) == normalised_plainly(words)

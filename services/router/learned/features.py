"""What a model sees of a text: words and pairs of words in their standard forms, letters of words, topics. Pure.

Letters are runs of 3 to 5 characters within a word and its edges: they hold what typing errors, affixes and unknown
words share with known ones. Numbers are kept as their length: an address or a year says nothing about the next report.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared.words import Reading

SHORTEST, LONGEST = 3, 5
_DIGITS_MOST = 5


def words_of(reading: Reading) -> list[str]:
    """The standard words of what was read in order, with an empty one behind each part; numbers by their length."""
    return [_masked(word) if word[:1].isdigit() else word for word in reading.standard]


@dataclass(frozen=True, slots=True)
class Document:
    """A text as a model sees it; `spoken` are the destinations that the pack's own words speak for, with shares."""

    words: Sequence[str]
    topics: Mapping[str, int]
    spoken: Mapping[str, float]

    @property
    def matter(self) -> str:
        """The same for texts that differ in numbers, signs, slang, order or repetition only."""
        return " ".join(sorted({word for word in self.words if word and not word.isdigit()}))


def topics_of(reading: Reading) -> dict[str, int]:
    """The topics that keywords speak for, with points."""
    return {score.topic: score.points for score in reading.subjects}


def terms(words: Sequence[str]) -> list[str]:
    """Words and pairs of neighbours within a part, as often as they stand there."""
    found = [word for word in words if word]
    found += [f"{one} {other}" for one, other in pairwise(words) if one and other]
    return found


def letters(word: str) -> list[str]:
    """The runs of characters of a word."""
    edged = f" {word} "
    size = len(edged)
    return [
        edged[at : at + length] for length in range(SHORTEST, LONGEST + 1) for at in range(max(0, size - length + 1))
    ]


def counted(documents: Iterable[Iterable[str]]) -> Counter[str]:
    """In how many documents each term stands."""
    found: Counter[str] = Counter()
    for document in documents:
        found.update(set(document))
    return found


def _masked(word: str) -> str:
    return "0" * min(len(word), _DIGITS_MOST) if word.isdigit() else word

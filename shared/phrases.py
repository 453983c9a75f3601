"""Phrases looked for among the words of a text, all of them in one pass, wherever one begins. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from shared.spelling import Place

# Endings that a word may carry without becoming another: ijazah, ijazahnya, ijazahe.
_ENDINGS = ("", "nya", "ne", "e")


# What a phrase stands for: its identity (spellings of one phrase share it), the phrase, a label, the points it counts.
End = tuple[str, str, str, int]

# In which words a phrase is looked for: those of the text as they are written, their standard forms, or both.
WRITTEN: Final = 1
STANDARD: Final = 2
EITHER: Final = WRITTEN | STANDARD


class Match(NamedTuple):
    """A phrase found: `points` is the number of its words, `start`..`end` its place among the words of the text.

    Spellings of one phrase share an `identity` and count once: dalan bolong is jalan berlubang.
    """

    identity: str
    keyword: str
    label: str
    points: int
    start: float
    end: float


@dataclass(slots=True)
class _Node:
    """A step in the tree. A word may lead to several: jalane is itself, and jalan with an ending."""

    words: dict[str, "_Node"] = field(default_factory=dict)
    steps: dict[str, list["_Node"]] = field(default_factory=dict)
    ends: list[tuple[End, int]] = field(default_factory=list)  # each with the forms that it stands for


class Phrases:
    """A tree of phrases."""

    def __init__(self) -> None:
        self._root = _Node()

    def plant(self, words: Sequence[str], end: End, forms: int = EITHER) -> None:
        """Learn a phrase, each of its words with every ending, to be found in `forms` of a text."""
        node = self._root
        for word in words:
            child = node.words.get(word)
            if child is None:
                child = node.words[word] = _Node()
                alone = [child]  # shared by the endings and never changed: most words lead to one node
                for ending in _ENDINGS:
                    others = node.steps.get(word + ending)
                    node.steps[word + ending] = [*others, child] if others else alone
            node = child
        node.ends.append((end, forms))

    def find(self, words: Sequence[str], places: Sequence[Place] | None = None, forms: int = EITHER) -> list[Match]:
        """Every phrase in a list of words, each with its place; without `places` a word stands where it is listed.

        Of a text whose written words are the standard ones, `EITHER` finds what the two forms find one after the other,
        each phrase once.
        """
        found: list[Match] = []
        only_standard: list[Match] = []
        count = len(words)
        begins = [(at, nodes) for at, nodes in enumerate(map(self._root.steps.get, words)) if nodes]
        for begin, first in begins:
            nodes, at = first, begin + 1
            while True:
                for node in nodes:
                    for end, stands_for in node.ends:
                        if stands_for & forms:
                            start, stop = (begin, at) if places is None else (places[begin][0], places[at - 1][1])
                            (found if stands_for & forms & WRITTEN else only_standard).append(Match(*end, start, stop))
                if at == count:
                    break
                word = words[at]
                further = (
                    nodes[0].steps.get(word)
                    if len(nodes) == 1
                    else [child for node in nodes for child in node.steps.get(word, ())]
                )
                if not further:
                    break
                nodes, at = further, at + 1
        return found + only_standard if only_standard else found


def outermost(found: list[Match]) -> list[Match]:
    """Without what lies inside a longer match."""
    inner: set[tuple[float, float]] = set()
    reach = -1.0
    for start, back in sorted({(hit.start, -hit.end) for hit in found}):  # of those that begin together the longest
        if -back <= reach:
            inner.add((start, -back))
        else:
            reach = -back
    return [hit for hit in found if (hit.start, hit.end) not in inner] if inner else found

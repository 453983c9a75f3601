"""Phrases looked for among the words of a text, all of them in one pass, wherever one begins. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from shared.spelling import Place

# Endings that a word may carry without becoming another: ijazah, ijazahnya, ijazahe.
_ENDINGS = ("", "nya", "ne", "e")
# Behind the last word of a text.
_NO_WORD = ""

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
        # Each word with which a phrase begins, with all to which it leads as one step: most words begin none.
        self._openings: dict[str, _Node] = {}

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
        self._openings = {}

    def find(self, words: Sequence[str], places: Sequence[Place] | None = None, forms: int = EITHER) -> list[Match]:
        """Every phrase in a list of words, each with its place; without `places` a word stands where it is listed.

        Of a text whose written words are the standard ones, `EITHER` finds what the two forms find one after the other,
        each phrase once.
        """
        found: list[Match] = []
        only_standard: list[Match] = []
        for begin, stop, ends in self._reached(words):
            for end, stands_for in ends:
                if stands_for & forms:
                    place = (begin, stop) if places is None else (places[begin][0], places[stop - 1][1])
                    (found if stands_for & forms & WRITTEN else only_standard).append(Match(*end, *place))
        return found + only_standard if only_standard else found

    def _reached(self, words: Sequence[str]) -> list[tuple[int, int, list[tuple[End, int]]]]:
        """The phrases that end somewhere, with the places where they begin and end."""
        openings = self._openings or self._opened()
        reached: list[tuple[int, int, list[tuple[End, int]]]] = []
        count = len(words)
        for begin, opening in enumerate(map(openings.get, words)):
            if opening is None:
                continue
            at = begin + 1
            if opening.ends:
                reached.append((begin, at, opening.ends))
            nodes = opening.steps.get(words[at]) if at < count else None
            while nodes:
                at += 1
                reached += [(begin, at, node.ends) for node in nodes if node.ends]
                word = words[at] if at < count else _NO_WORD
                nodes = [child for node in nodes for child in node.steps.get(word, ())]
        return reached

    def _opened(self) -> dict[str, _Node]:
        self._openings = {word: _joined(nodes) for word, nodes in self._root.steps.items()}
        return self._openings


def _joined(nodes: list[_Node]) -> _Node:
    """One step that leads wherever one of these does."""
    if len(nodes) == 1:
        return nodes[0]
    joined = _Node(ends=[end for node in nodes for end in node.ends])
    for node in nodes:
        for word, children in node.steps.items():
            joined.steps[word] = [*joined.steps.get(word, ()), *children]
    return joined


def outermost(found: list[Match]) -> list[Match]:
    """Without what lies inside a longer match."""
    inner: set[tuple[float, float]] = set()
    reach = -1.0
    for start, back in sorted({(start, -end) for _, _, _, _, start, end in found}):  # the longest that begins somewhere
        if -back <= reach:
            inner.add((start, -back))
        else:
            reach = -back
    return [hit for hit in found if (hit.start, hit.end) not in inner] if inner else found

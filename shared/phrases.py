"""Phrases looked for among the words of a text, all of them in one pass, wherever one begins. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from shared.spelling import Place

# Endings that a word may carry without becoming another: ijazah, ijazahnya, ijazahe.
_ENDINGS = ("", "nya", "ne", "e")


# What a phrase stands for: its identity (spellings of one phrase share it), the phrase, a label, the points it counts.
End = tuple[str, str, str, int]


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
    ends: list[End] = field(default_factory=list)


_NOWHERE: list[_Node] = []


class Phrases:
    """A tree of phrases."""

    def __init__(self) -> None:
        self._root = _Node()

    def plant(self, words: Sequence[str], end: End) -> None:
        """Learn a phrase, each of its words with every ending."""
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
        node.ends.append(end)

    def find(self, words: Sequence[str], places: Sequence[Place] | None = None) -> list[Match]:
        """Every phrase in a list of words, each with its place; without `places` a word stands where it is listed."""
        first = self._root.steps
        found: list[Match] = []
        count = len(words)
        for begin in [at for at, word in enumerate(words) if word in first]:
            nodes, at = first[words[begin]], begin
            while nodes:
                for node in nodes:
                    if node.ends:
                        start, end = (begin, at + 1) if places is None else (places[begin][0], places[at][1])
                        for identity, keyword, label, points in node.ends:
                            found.append(Match(identity, keyword, label, points, start, end))
                at += 1
                if at == count:
                    break
                nodes = _next(nodes, words[at])
        return found


def _next(nodes: list[_Node], word: str) -> list[_Node]:
    """Where a word leads from these nodes."""
    if len(nodes) == 1:
        return nodes[0].steps.get(word, _NOWHERE)
    return [child for node in nodes for child in node.steps.get(word, ())]


def outermost(found: list[Match]) -> list[Match]:
    """Without what lies inside a longer match."""
    inner: set[tuple[float, float]] = set()
    reach = -1.0
    for start, end in sorted({(hit.start, hit.end) for hit in found}, key=lambda span: (span[0], -span[1])):
        if end <= reach:
            inner.add((start, end))
        reach = max(reach, end)
    return [hit for hit in found if (hit.start, hit.end) not in inner] if inner else found

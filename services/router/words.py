"""What the words of a report speak for: keywords of topics, as people type them. Pure and explainable.

Every rule here is the one with which the keyword lists were built and measured; its figures are in `pack.toml`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from services.router.spelling import Spelling, Word, repair, tokens
from shared.pack import Pack

# Endings that a word may carry without becoming another: ijazah, ijazahnya, ijazahe.
_ENDINGS = ("", "nya", "ne", "e")


@dataclass(frozen=True, slots=True)
class Match:
    """A keyword found: `points` is the number of its words, `start`..`end` its place among the words of the text.

    Spellings of one keyword share an `identity` and count once: dalan bolong is jalan berlubang.
    """

    identity: str
    keyword: str
    topic: str
    points: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Score:
    """A topic with the distinct keywords that speak for it and the sum of their points."""

    topic: str
    points: int
    keywords: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: subjects best first, topics that flag maladministration, emergencies among all of them."""

    subjects: tuple[Score, ...]
    maladministration: tuple[str, ...]
    emergencies: tuple[str, ...]


@dataclass(slots=True)
class _Node:
    """A step in the tree of keywords. A word may lead to several: jalane is itself, and jalan with an ending.

    `ends` are the keywords that end here: identity, keyword, topic, points.
    """

    words: dict[str, "_Node"] = field(default_factory=dict)
    steps: dict[str, list["_Node"]] = field(default_factory=dict)
    ends: list[tuple[str, str, str, int]] = field(default_factory=list)


class Words:
    """The keywords and slang of a pack, made ready once; reading a text changes nothing."""

    def __init__(self, pack: Pack) -> None:
        self._topics = pack.topics
        flags = pack.deployment.maladministration
        self._flags: Mapping[str, str] = flags.forms
        self._only_flags = frozenset(flags.forms) - frozenset(flags.destinations)
        self._spelling = Spelling(pack.slang)
        self._raw, self._normal = _Node(), _Node()
        slang = {row.slang for row in pack.slang if " " not in row.slang}
        for topic in pack.topics.values():
            for keyword in topic.keywords:
                self._add(topic.code, tokens(repair(keyword)), keyword in slang)

    def read(self, *parts: str | None) -> Reading:
        """The reading of a report's parts, such as title and text; no keyword reaches from one into the next."""
        words: list[str] = []
        for part in parts:
            if part:
                words += [*tokens(repair(part)), ""]
        return self._judge(_outermost(self._find(words)))

    def _add(self, topic: str, words: list[str], raw_only: bool) -> None:
        """Learn a keyword as it is written and as it is normalised; both forms are one and count once.

        A keyword that is a slang word itself is looked for as written only: bkn (an agency) would become bukan (not).
        """
        if not words:
            return
        normal = [word for word, _, _ in self._spelling.normalise(words)]
        end = (" ".join(normal), " ".join(words), topic, len(words))
        _plant(self._raw, words, end)
        if not raw_only:
            _plant(self._normal, normal, end)

    def _find(self, words: list[str]) -> list[Match]:
        raw: list[Word] = [(word, at, at + 1) for at, word in enumerate(words)]
        return [*_walk(self._raw, raw), *_walk(self._normal, self._spelling.normalise(words))]

    def _judge(self, found: list[Match]) -> Reading:
        spoken: dict[str, dict[str, Match]] = {}
        heard: set[tuple[str, float, float]] = set()
        for hit in found:
            # Two keywords of a topic in one place are one thing said: jalannya berlubang, dalane bolong.
            place = (hit.topic, hit.start, hit.end)
            if place not in heard:
                spoken.setdefault(hit.topic, {}).setdefault(hit.identity, hit)
                heard.add(place)
        scores = [
            Score(topic, sum(m.points for m in hits.values()), tuple((m.keyword, m.points) for m in hits.values()))
            for topic, hits in spoken.items()
        ]
        scores.sort(key=lambda score: (-score.points, -self._topics[score.topic].frequency, score.topic))
        subjects = [score for score in scores if score.topic not in self._only_flags]
        return Reading(
            subjects=tuple(subjects or scores),
            maladministration=tuple(score.topic for score in scores if score.topic in self._flags),
            emergencies=tuple(score.topic for score in scores if self._topics[score.topic].emergency),
        )


def _plant(root: _Node, words: list[str], end: tuple[str, str, str, int]) -> None:
    """Add a keyword to a tree, each of its words with every ending."""
    node = root
    for word in words:
        child = node.words.get(word)
        if child is None:
            child = node.words[word] = _Node()
            for ending in _ENDINGS:
                node.steps.setdefault(word + ending, []).append(child)
        node = child
    node.ends.append(end)


def _walk(root: _Node, words: list[Word]) -> Iterator[Match]:
    """Every keyword of the tree in a list of words, wherever it begins."""
    first = root.steps
    for begin, (word, start, _) in enumerate(words):
        nodes, at = first.get(word), begin
        while nodes:
            for node in nodes:
                for identity, keyword, topic, points in node.ends:
                    yield Match(identity, keyword, topic, points, start, words[at][2])
            at += 1
            if at == len(words):
                break
            following = words[at][0]
            nodes = [child for node in nodes for child in node.steps.get(following, ())]


def _outermost(found: list[Match]) -> list[Match]:
    """Without what lies inside a longer match."""
    inner: set[tuple[float, float]] = set()
    reach = -1.0
    for start, end in sorted({(hit.start, hit.end) for hit in found}, key=lambda span: (span[0], -span[1])):
        if end <= reach:
            inner.add((start, end))
        reach = max(reach, end)
    return [hit for hit in found if (hit.start, hit.end) not in inner]

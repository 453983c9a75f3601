"""What a text weighs for each topic: keywords, keywords with words between, single words, typing errors. Pure.

The sum of what was said and the topic's usual share make the odds of the topic.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from services.router.lexicon import EMPTY, FURTHER_WORD, KEYWORD, Lexicon
from shared.pack import Pack
from shared.words import Reading, Words

_PASSING: Final = 0.35  # of the weight of a keyword that is also named in passing
_BETWEEN: Final = 3  # so many other words that say something may stand between
_REPEATED: Final = 0.8  # each further thing said for a topic weighs so much of the one before
_DENIED_WORDS: Final = 6  # so far a negation reaches where nothing turns it
_NEGLIGIBLE: Final = 7.0  # a topic so far behind the first has less than a thousandth of its odds
_ALWAYS: Final = 8  # but an officer is shown more than one


class Weight(NamedTuple):
    """A topic with its log odds (`odds`) and what spoke for it, heaviest first: (words, weight)."""

    topic: str
    odds: float
    spoken: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Weighed:
    """Topics that anything speaks for, the most likely first.

    `claims` are topics that the text says to be concerned, whatever is the matter: jalan provinsi, guru SMA, a place in
    the regency. `denied` are those that it says not to be meant (bukan lampu jalan) and does not speak of otherwise.
    """

    topics: tuple[Weight, ...]
    claims: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()


class Weights:
    """The words of a pack with their weights, made ready once; weighing changes nothing."""

    def __init__(self, pack: Pack, words: Words) -> None:
        flags = pack.deployment.maladministration
        self._flags_only = frozenset(flags.forms) - frozenset(flags.destinations)
        self._passing, self._claims = pack.cues.passing, pack.cues.claims
        self._negations, self._turns = pack.cues.negations, pack.cues.turns
        topics = {code: topic for code, topic in pack.topics.items() if code not in self._flags_only}
        self._lexicon = Lexicon.of(pack, topics, words)

    def weigh(self, reading: Reading, *, far_behind: bool = False) -> Weighed:
        """What speaks in a reading, and for what; topics far behind the first only where they are asked for."""
        denied = self._denied(reading.standard)
        spoken = self._keywords(reading, denied)
        places: dict[str, list[int]] = {}
        standing = 0
        meaning, shares, words = self._lexicon.vocabulary.meant, self._lexicon.shares, self._lexicon.words
        for at, word in enumerate(reading.standard):
            if word in EMPTY:
                continue
            standing += 1
            meant = meaning(word) if word and at not in denied else None
            if meant is not None:
                places.setdefault(meant, []).append(standing)
        self._scattered(places, spoken)
        odds = {topic: shares[topic] + _sum(things) for topic, things in spoken.items()}
        for word in places:
            for topic, weight in words.get(word, ()):
                odds[topic] = (odds[topic] if topic in odds else shares[topic]) + weight
        found = [Weight(topic, value, _heaviest(spoken.get(topic))) for value, topic in self._likely(odds, far_behind)]
        claims = [t for t in spoken if t in self._claims and not self._claims[t].isdisjoint(spoken[t])]
        not_meant = {hit.label for hit in reading.found} - spoken.keys() if denied else ()
        return Weighed(tuple(found), frozenset(claims), frozenset(not_meant))

    def _likely(self, odds: Mapping[str, float], far_behind: bool) -> list[tuple[float, str]]:
        """The topics worth a look, the most likely first."""
        least = -math.inf if far_behind else max(odds.values(), default=0.0) - _NEGLIGIBLE
        likely = [(-value, topic) for topic, value in odds.items() if value >= least or topic in self._claims]
        if len(likely) < _ALWAYS:
            likely = sorted((-value, topic) for topic, value in odds.items())[:_ALWAYS]
        likely.sort()
        return [(-against, topic) for against, topic in likely]

    def _denied(self, words: Sequence[str]) -> frozenset[int] | set[int]:
        """Where words stand that are said not to be meant: bukan soal jalan, tapi ..."""
        if self._negations.isdisjoint(words):
            return frozenset()
        denied: set[int] = set()
        for at, word in enumerate(words):
            if word in self._negations:
                for place in range(at + 1, min(at + 1 + _DENIED_WORDS, len(words))):
                    if words[place] in self._turns or not words[place]:
                        break
                    denied.add(place)
        return denied

    def _keywords(self, reading: Reading, denied: frozenset[int] | set[int]) -> dict[str, dict[str, float]]:
        spoken: dict[str, dict[str, float]] = {}
        heard: set[tuple[str, float, float]] = set()
        starts = {(reading.places[at][0] if reading.places else at) for at in denied}
        for hit in reading.found:
            place = (hit.label, hit.start, hit.end)
            if hit.label in self._flags_only or place in heard or hit.start in starts:
                continue
            heard.add(place)
            weight = KEYWORD + FURTHER_WORD * (hit.points - 1)
            if hit.keyword in self._passing.get(hit.label, ()):
                weight *= _PASSING
            spoken.setdefault(hit.label, {}).setdefault(hit.keyword, weight)
        return spoken

    def _scattered(self, places: Mapping[str, list[int]], spoken: dict[str, dict[str, float]]) -> None:
        """Add phrases whose words all stand near one another."""
        for word in places:
            for phrase in self._lexicon.phrases.get(word, ()):
                stems = phrase.stems
                if not all(other in places for other in stems) or phrase.words in spoken.get(phrase.topic, ()):
                    continue
                if _span([places[other] for other in stems]) <= len(stems) + _BETWEEN:
                    spoken.setdefault(phrase.topic, {})[f"{phrase.words} *"] = phrase.weight


def _sum(things: Mapping[str, float]) -> float:
    """What was said for a topic, each further thing less than the one before."""
    total, part = 0.0, 1.0
    for weight in sorted(things.values(), reverse=True) if len(things) > 1 else things.values():
        total += part * weight
        part *= _REPEATED
    return total


def _heaviest(things: Mapping[str, float] | None) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(things.items(), key=lambda item: (-item[1], item[0]))) if things else ()


def _span(lists: Sequence[Sequence[int]]) -> int:
    """The shortest stretch that holds one place of each list."""
    if all(len(places) == 1 for places in lists):
        return max(p[0] for p in lists) - min(p[0] for p in lists) + 1
    events = sorted((at, which) for which, places in enumerate(lists) for at in places)
    last: dict[int, int] = {}
    best = events[-1][0] - events[0][0] + 2
    for at, which in events:
        last[which] = at
        if len(last) == len(lists):
            best = min(best, at - min(last.values()) + 1)
    return best

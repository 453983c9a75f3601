"""What each word of a report weighs for each topic: keywords, keywords with words between, single words, typing errors.

Weights are of the size of log odds: their sum and the topic's usual share make the odds of the topic. They are few and
set by hand on invented texts (tests/evaluation); what they weigh is the pack's (`topics.csv`, `cues.csv`). Pure.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from services.router.stems import Vocabulary
from shared.pack import Pack
from shared.words import Reading, Words

_KEYWORD: Final = 2.0  # a keyword of one word
_FURTHER_WORD: Final = 1.0  # each further word of it
_PASSING: Final = 0.35  # of the weight of a keyword that is also named in passing
_SCATTERED: Final = 0.7  # of the weight of a phrase with other words between its own, or in another order
_BETWEEN: Final = 3  # so many other words that say something may stand between
_REPEATED: Final = 0.8  # each further thing said for a topic weighs so much of the one before
_WORD: Final = 0.4  # a word that goes with one topic alone, per unit of log(topics / topics of that word)
_HINT: Final = 0.6  # of the weight of a word of a keyword
_EXAMPLE: Final = 0.8
_SHARE: Final = 0.5  # power of a topic's usual share
_RARE: Final = 8  # reports added to every topic's count: none is impossible
_DENIED_WORDS: Final = 6  # so far a negation reaches where nothing turns it
_INITIALS: Final = 2
_LONGEST: Final = 4  # words of a phrase that is looked for scattered
_NEGLIGIBLE: Final = 7.0  # a topic so far behind the first has less than a thousandth of its odds
_ALWAYS: Final = 8  # but an officer is shown more than one
# Words in phrases that say nothing alone. Language, not a city: the same in every pack.
_EMPTY: Final = frozenset(
    [
        "di",
        "ke",
        "dari",
        "dan",
        "yang",
        "atau",
        "tidak",
        "belum",
        "ada",
        "saya",
        "kami",
        "untuk",
        "dengan",
        "ini",
        "itu",
        "sudah",
        "mohon",
        "tolong",
        "minta",
        "pak",
        "bu",
        "bapak",
        "ibu",
        "gak",
        "wes",
        "dalam",
        "pada",
        "oleh",
        "karena",
        "agar",
        "bisa",
        "akan",
        "jadi",
        "masih",
        "lagi",
        "juga",
        "terus",
        "sekali",
        "banyak",
        "baru",
        "kena",
        "bantuan",
        "masuk",
        "keluar",
        "dapat",
        "3",
        "buat",
        "kota",
        "besar",
        "kecil",
        "milik",
        "tiap",
        "setiap",
        "air",
    ]
)

Phrase = tuple[str, str, tuple[str, ...], float]


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
        flags_only = frozenset(flags.forms) - frozenset(flags.destinations)
        topics = {code: topic for code, topic in pack.topics.items() if code not in flags_only}
        self._flags_only = flags_only
        self._passing, self._claims = pack.cues.passing, pack.cues.claims
        self._negations, self._turns = pack.cues.negations, pack.cues.turns
        total = sum(topic.frequency + _RARE for topic in topics.values())
        self._shares = {code: _SHARE * math.log((t.frequency + _RARE) / total) for code, t in topics.items()}
        said = {code: [words.standard(keyword) for keyword in topic.keywords] for code, topic in topics.items()}
        hinted = {
            code: [form for hint in pack.cues.hints.get(code, ()) for form in (words.standard(hint), hint.split())]
            for code in topics
        }
        examples = {code: words.standard(topic.example) for code, topic in topics.items()}
        mended = (word for phrases in (*said.values(), *hinted.values()) for words_ in phrases for word in words_)
        familiar = {word for example in examples.values() for word in example} | _EMPTY
        familiar |= {word for row in pack.slang for word in words.standard(row.standard)}
        named = {word for topic in topics.values() for word in _names(pack, topic.agency_code, words)}
        self._vocabulary = Vocabulary({word for word in mended if word not in _EMPTY} | named, familiar)
        self._words = self._weigh_words(
            {
                code: (
                    (1.0, [*_flat(said[code]), *words.standard(topic.name_id)]),
                    (_HINT, [*_flat(hinted[code]), *_names(pack, topic.agency_code, words)]),
                    (_EXAMPLE, examples[code]),
                )
                for code, topic in topics.items()
            }
        )
        self._phrases = self._index(said, hinted)

    def weigh(self, reading: Reading) -> Weighed:
        """What speaks in a reading, and for what."""
        denied = self._denied(reading.standard)
        spoken = self._keywords(reading, denied)
        places: dict[str, list[int]] = {}
        standing = 0
        for at, word in enumerate(reading.standard):
            if word in _EMPTY:
                continue
            standing += 1
            meant = self._vocabulary.meant(word) if word and at not in denied else None
            if meant is not None:
                places.setdefault(meant, []).append(standing)
        self._scattered(places, spoken)
        shares = self._shares
        odds = {topic: shares[topic] + _sum(things) for topic, things in spoken.items()}
        words = self._words
        for word in places:
            for topic, weight in words.get(word, ()):
                odds[topic] = (odds[topic] if topic in odds else shares[topic]) + weight
        found = [Weight(topic, value, _heaviest(spoken.get(topic))) for value, topic in self._likely(odds)]
        claims = [t for t in spoken if t in self._claims and not self._claims[t].isdisjoint(spoken[t])]
        not_meant = {hit.label for hit in reading.found} - spoken.keys() if denied else ()
        return Weighed(tuple(found), frozenset(claims), frozenset(not_meant))

    def _likely(self, odds: Mapping[str, float]) -> list[tuple[float, str]]:
        """The topics worth a look, the most likely first."""
        least = max(odds.values(), default=0.0) - _NEGLIGIBLE
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
            weight = _KEYWORD + _FURTHER_WORD * (hit.points - 1)
            if hit.keyword in self._passing.get(hit.label, ()):
                weight *= _PASSING
            spoken.setdefault(hit.label, {}).setdefault(hit.keyword, weight)
        return spoken

    def _scattered(self, places: Mapping[str, list[int]], spoken: dict[str, dict[str, float]]) -> None:
        """Add phrases whose words all stand near one another."""
        for word in places:
            for topic, phrase, stems, weight in self._phrases.get(word, ()):
                if not all(other in places for other in stems) or phrase in spoken.get(topic, ()):
                    continue
                if _span([places[other] for other in stems]) <= len(stems) + _BETWEEN:
                    spoken.setdefault(topic, {})[f"{phrase} *"] = weight

    def _weigh_words(
        self, sources: Mapping[str, Sequence[tuple[float, Iterable[str]]]]
    ) -> dict[str, tuple[tuple[str, float], ...]]:
        """The weight of each stem for each topic: the fewer topics it goes with, the more it says."""
        shares: dict[str, dict[str, float]] = {}
        for topic, parts in sources.items():
            for part, words in parts:
                for word in words:
                    stemmed = self._vocabulary.meant(word)
                    if stemmed is not None and len(stemmed) > 1:
                        of = shares.setdefault(stemmed, {})
                        of[topic] = max(part, of.get(topic, 0.0))
        return {
            word: tuple((topic, _WORD * share * _rareness(of, len(sources))) for topic, share in of.items())
            for word, of in shares.items()
        }

    def _index(
        self, said: Mapping[str, list[list[str]]], hinted: Mapping[str, list[list[str]]]
    ) -> dict[str, tuple[Phrase, ...]]:
        """Phrases by that of their words which the fewest topics share."""
        index: dict[str, dict[tuple[str, frozenset[str]], Phrase]] = {}
        for topic, phrases in said.items():
            for words in (*phrases, *hinted[topic]):
                stems = [self._vocabulary.meant(word) or word for word in words]
                if not 2 <= len(stems) <= _LONGEST or len(set(stems)) < len(stems):
                    continue
                if not all(word in self._vocabulary for word in stems):
                    stems = [word for word in stems if word in self._vocabulary]
                    if len(stems) < 2:
                        continue
                weight = _SCATTERED * (_KEYWORD + _FURTHER_WORD * (len(words) - 1))
                rarest = min(stems, key=lambda word: (len(self._words.get(word, ())), -len(word)))
                phrase = (topic, " ".join(words), tuple(stems), weight)
                index.setdefault(rarest, {}).setdefault((topic, frozenset(stems)), phrase)
        return {word: tuple(phrases.values()) for word, phrases in index.items()}


def _names(pack: Pack, agency: str, words: Words) -> list[str]:
    """The words of an agency's short name that are no word of every day: satpol, dishub."""
    body = pack.agencies.get(agency)
    return [word for word in words.standard(body.abbreviation or "") if len(word) > _INITIALS] if body else []


def _flat(phrases: Iterable[Iterable[str]]) -> Iterator[str]:
    return (word for phrase in phrases for word in phrase)


def _rareness(of: Mapping[str, float], topics: int) -> float:
    return math.log(topics / max(1.0, sum(of.values())))


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

"""What a pack's words weigh: its keywords as phrases, the words of them, of hints, of names and examples. Pure.

Weights are of the size of log odds. They are few and set by hand on invented texts (tests/evaluation); what they weigh
is the pack's (`topics.csv`, `cues.csv`). `weighing.py` weighs a text with them.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from services.router.stems import Vocabulary
from shared.pack import Pack, Topic
from shared.words import Words

KEYWORD: Final = 2.0  # a keyword of one word
FURTHER_WORD: Final = 1.0  # each further word of it
_SCATTERED: Final = 0.7  # of the weight of a phrase with other words between its own, or in another order
_WORD: Final = 0.4  # a word that goes with one topic alone, per unit of log(topics / topics of that word)
_HINT: Final = 0.6  # of the weight of a word of a keyword
_EXAMPLE: Final = 0.8
_SHARE: Final = 0.5  # power of a topic's usual share
_RARE: Final = 8  # reports added to every topic's count: none is impossible
_INITIALS: Final = 2
_LONGEST: Final = 4  # words of a phrase that is looked for scattered
# Words in phrases that say nothing alone. Language, not a city: the same in every pack.
EMPTY: Final = frozenset(
    (
        "di", "ke", "dari", "dan", "yang", "atau", "tidak", "belum", "ada", "saya", "kami", "untuk", "dengan", "ini",
        "itu", "sudah", "mohon", "tolong", "minta", "pak", "bu", "bapak", "ibu", "gak", "wes", "dalam", "pada",
        "oleh", "karena", "agar", "bisa", "akan", "jadi", "masih", "lagi", "juga", "terus", "sekali", "banyak",
        "baru", "kena", "bantuan", "masuk", "keluar", "dapat", "3", "buat", "kota", "besar", "kecil", "milik",
        "tiap", "setiap", "air",
    )
)  # fmt: skip

Phrases = Mapping[str, list[list[str]]]  # by topic, each as the standard forms of its words


@dataclass(frozen=True, slots=True)
class Phrase:
    """A keyword or hint of several words: their `stems` may stand apart, and weigh so much for the topic."""

    topic: str
    words: str
    stems: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A pack's words, made ready once.

    `shares`: what a topic weighs before a word is said. `words`: the weights of a stem by topic. `phrases`: by that of
    their stems which the fewest topics share.
    """

    vocabulary: Vocabulary
    shares: Mapping[str, float]
    words: Mapping[str, tuple[tuple[str, float], ...]]
    phrases: Mapping[str, tuple[Phrase, ...]]

    @classmethod
    def of(cls, pack: Pack, topics: Mapping[str, Topic], words: Words) -> "Lexicon":
        """The words of `topics` of a pack."""
        said = {code: [words.standard(keyword) for keyword in topic.keywords] for code, topic in topics.items()}
        hinted = {
            code: [form for hint in pack.cues.hints.get(code, ()) for form in (words.standard(hint), hint.split())]
            for code in topics
        }
        examples = {code: words.standard(topic.example) for code, topic in topics.items()}
        names = {code: _names(pack, topic.agency_code, words) for code, topic in topics.items()}
        mended = {word for phrases in (*said.values(), *hinted.values()) for word in _flat(phrases)} - EMPTY
        familiar = {word for row in pack.slang for word in words.standard(row.standard)}
        vocabulary = Vocabulary(mended | {*_flat(names.values())}, familiar | {*_flat(examples.values())} | EMPTY)
        weighed = _weigh(
            vocabulary,
            {
                code: (
                    (1.0, [*_flat(said[code]), *words.standard(topic.name_id)]),
                    (_HINT, [*_flat(hinted[code]), *names[code]]),
                    (_EXAMPLE, examples[code]),
                )
                for code, topic in topics.items()
            },
        )
        return cls(vocabulary, _shares(topics), weighed, _index(vocabulary, weighed, said, hinted))


def _shares(topics: Mapping[str, Topic]) -> dict[str, float]:
    total = sum(topic.frequency + _RARE for topic in topics.values())
    return {code: _SHARE * math.log((topic.frequency + _RARE) / total) for code, topic in topics.items()}


def _weigh(
    vocabulary: Vocabulary, sources: Mapping[str, Iterable[tuple[float, Iterable[str]]]]
) -> dict[str, tuple[tuple[str, float], ...]]:
    """The weight of each stem for each topic: the fewer topics it goes with, the more it says."""
    shares: dict[str, dict[str, float]] = {}
    for topic, parts in sources.items():
        for part, words in parts:
            for word in words:
                stemmed = vocabulary.meant(word)
                if stemmed is not None and len(stemmed) > 1:
                    of = shares.setdefault(stemmed, {})
                    of[topic] = max(part, of.get(topic, 0.0))
    return {
        word: tuple((topic, _WORD * share * _rareness(of, len(sources))) for topic, share in of.items())
        for word, of in shares.items()
    }


def _index(
    vocabulary: Vocabulary, weighed: Mapping[str, tuple[tuple[str, float], ...]], said: Phrases, hinted: Phrases
) -> dict[str, tuple[Phrase, ...]]:
    """Phrases by that of their words which the fewest topics share."""
    index: dict[str, dict[tuple[str, frozenset[str]], Phrase]] = {}
    for topic, phrases in said.items():
        for words in (*phrases, *hinted[topic]):
            stems = [vocabulary.meant(word) or word for word in words]
            if not 2 <= len(stems) <= _LONGEST or len(set(stems)) < len(stems):
                continue
            stems = [word for word in stems if word in vocabulary]
            if len(stems) < 2:
                continue
            weight = _SCATTERED * (KEYWORD + FURTHER_WORD * (len(words) - 1))
            rarest = min(stems, key=lambda word: (len(weighed.get(word, ())), -len(word)))
            phrase = Phrase(topic, " ".join(words), tuple(stems), weight)
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

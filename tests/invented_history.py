"""Decided cases made up from a pack: many agencies, unequal ones, words of the street, typing errors, wrong labels.

Nothing in them was ever written by a person. They show that learning works and how fast it is, not how well it will do
on real complaints. Each topic has words of its own that no keyword list holds, as real matters have; a later year has
others.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.pack import Pack, Topic

_HEADS = ["b", "c", "d", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "t", "w", "y", "ng", "ny"]
_TAILS = ["", "", "", "k", "n", "ng", "r", "s", "t", "m"]
_AFFIXES = [
    ("", ""),
    ("", ""),
    ("", "nya"),
    ("di", ""),
    ("me", "kan"),
    ("ber", ""),
    ("pe", "an"),
    ("", "e"),
    ("ke", "an"),
]
_COURTESY = [
    "assalamualaikum",
    "selamat pagi min",
    "mohon maaf",
    "ijin lapor",
    "yth bapak walikota",
    "halo admin",
    "",
    "",
]
_ENDS = ["terima kasih", "mohon ditindaklanjuti", "suwun", "trims", "mohon bantuannya", "tolong segera", "", ""]


@dataclass(frozen=True, slots=True)
class Invented:
    """A decided case."""

    text: str
    agency: str
    topic: str
    decided_at: datetime


class Town:
    """People who write about the topics of a pack; the same on every run for the same seed."""

    def __init__(self, pack: Pack, seed: int = 7, wrong: float = 0.12) -> None:
        self._random = random.Random(seed)
        self._wrong = wrong
        self._topics = list(pack.topics.values())
        self._weights = [topic.frequency + 0.5 for topic in self._topics]
        self._everyday = [self._word() for _ in range(1500)]
        self._own = {topic.code: [self._word() for _ in range(40)] for topic in self._topics}
        self._office = {topic.agency_code: [self._word() for _ in range(60)] for topic in self._topics}
        self._slang = {row.standard: row.slang for row in pack.slang if not row.ambiguous and " " not in row.standard}

    def cases(
        self, count: int, begin: datetime = datetime(2022, 1, 3, tzinfo=UTC), days: int = 360
    ) -> Iterator[Invented]:
        """So many cases, oldest first."""
        for number in range(count):
            topic = self._random.choices(self._topics, self._weights)[0]
            at = begin + timedelta(days=days * number / count)
            yield Invented(self._text(topic), self._label(topic), topic.code, at)

    def a_year_passes(self, share: float = 0.2) -> None:
        """Other words, other matters."""
        for words in (*self._own.values(), *self._office.values()):
            for place in range(len(words)):
                if self._random.random() < share:
                    words[place] = self._word()
        self._weights = [weight * self._random.uniform(0.6, 1.6) for weight in self._weights]

    def _word(self) -> str:
        draw = self._random
        return "".join(
            draw.choice(_HEADS) + draw.choice("aaeiiouu") + draw.choice(_TAILS)
            for _ in range(draw.choice([1, 2, 2, 3]))
        )

    def _text(self, topic: Topic) -> str:
        draw = self._random
        words: list[str] = []
        for _ in range(max(3, int(draw.lognormvariate(3.0, 0.6)))):
            kind = draw.random()
            if kind < 0.06:
                words += draw.choice(topic.keywords).split()
            elif kind < 0.07:
                words += draw.choice(draw.choices(self._topics, self._weights)[0].keywords).split()
            elif kind < 0.17:
                words.append(self._bent(_common(draw, self._own[topic.code])))
            elif kind < 0.23:
                words.append(self._bent(_common(draw, self._office[topic.agency_code])))
            elif kind < 0.26:
                words.append(
                    self._bent(_common(draw, self._office[draw.choices(self._topics, self._weights)[0].agency_code]))
                )
            else:
                words.append(self._bent(_common(draw, self._everyday)))
        typed = " ".join(self._typed(word) for word in words)
        said = " ".join(filter(None, [draw.choice(_COURTESY), typed, draw.choice(_ENDS)]))
        return said.upper() if draw.random() < 0.08 else said

    def _bent(self, word: str) -> str:
        before, after = self._random.choice(_AFFIXES)
        return before + word + after

    def _typed(self, word: str) -> str:
        draw = self._random
        if draw.random() < 0.3:
            word = self._slang.get(word, word)
        if len(word) > 3 and draw.random() < 0.06:
            at = draw.randrange(1, len(word) - 1)
            word = draw.choice(
                [
                    word[:at] + word[at + 1 :],
                    word[:at] + word[at] + word[at:],
                    word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                ]
            )
        return word

    def _label(self, topic: Topic) -> str:
        draw = self._random
        # Some matters are clear to every officer, some to nobody.
        doubt = 2.5 * self._wrong if hash_of(topic.code) % 3 == 0 else 0.25 * self._wrong
        if draw.random() >= doubt:
            return topic.agency_code
        near = [other.agency_code for other in self._topics if other.group == topic.group]
        return topic.alt_agency_code or draw.choice(
            near if draw.random() < 0.5 else [t.agency_code for t in self._topics[:60]]
        )


def hash_of(code: str) -> int:
    return sum(code.encode())


def _common(draw: random.Random, words: Sequence[str]) -> str:
    """Words as they come: a few often, most seldom."""
    return words[
        min(int(draw.paretovariate(0.7)) - 1, len(words) - 1) if draw.random() < 0.7 else draw.randrange(len(words))
    ]

"""The model: one weight per feature and destination, calibrated. All it does with a text is to add up.

Three blocks of features (words, letters, topics) are TF-IDF vectors of length 1 each; their scores, and two weights for
what the pack's own words say, give log odds. The length of the block of letters is that of its words taken one by one,
so that the scores of a word's letters are the same in every text: they are computed when it is first met.

Needs numpy: imported only where a model is switched on or made.
"""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from services.router.learned.features import letters, topics_of, words_of
from services.router.learned.judgement import Guess, Judgement, ModelError
from services.router.learned.weights import Floats, Weights
from shared.pack import BY_PLACE, Pack
from shared.words import Reading

# Added to a share before its logarithm: what the pack's words do not name is not impossible.
UNSPOKEN: Final = 0.02
_TOLD: Final = 6
_GUESSES: Final = 5
_LEFT_LEAST: Final = 0.05
_NONE: Final[Mapping[str, int]] = {}
# Words remembered with their scores: about 4 MB for 40 destinations.
_SEEN_MOST: Final = 20_000


# Words of a text, the share of each in its length, and their scores for each destination.
_Said = tuple[list[str], Floats, Floats]


@dataclass(slots=True)
class _Seen:
    """Words met so far: the place of each in the arrays, its letters' scores, and the square of their length."""

    places: dict[str, int]
    scores: Floats
    squares: Floats


class Linear:
    """A model made ready for one pack; judging changes nothing but what it remembers of words.

    Raises ModelError where the pack does not have an agency that the model sends to.
    """

    def __init__(self, kept: Weights, pack: Pack) -> None:
        unknown = [code for code in kept.classes if code not in BY_PLACE and code not in pack.agencies]
        if unknown:
            raise ModelError(f"the pack {pack.version} has no agency {', '.join(unknown)}: learn anew")
        self.kept = kept
        self._known = {*kept.classes, *kept.overruled}
        self._place = {code: at for at, code in enumerate(kept.classes)}
        self._words = {name: row for row, name in enumerate(kept.words)}
        self._pairs: dict[str, dict[str, int]] = {}
        for name, row in self._words.items():
            one, blank, other = name.partition(" ")
            if blank:
                self._pairs.setdefault(one, {})[other] = row
        self._letters = {name: row for row, name in enumerate(kept.letters, start=len(kept.words))}
        topics_from = len(kept.words) + len(kept.letters)
        self._topics = {name: row for row, name in enumerate(kept.topics, start=topics_from)}
        self._valued = kept.weights[: len(kept.words)] * kept.idf[: len(kept.words), None]
        self._squares = (kept.idf**2).astype(np.float64)
        self._bias = kept.bias + heard(kept.classes, {})[:, 0] * kept.spoken[0]
        self._seen = _Seen({}, np.zeros((_SEEN_MOST, len(kept.classes)), np.float32), np.zeros(_SEEN_MOST, np.float32))

    @property
    def version(self) -> str:
        """Function of its content alone."""
        return self.kept.version

    @property
    def least(self) -> float:
        """The confidence from which it sends without the desk."""
        return self.kept.least

    def knows(self, destination: str) -> bool:
        """Whether its history says anything of this destination."""
        return destination in self._known

    def judge(
        self, reading: Reading, spoken: Mapping[str, float], excluded: Collection[str] = frozenset()
    ) -> Judgement:
        """The destinations of a report, best first."""
        words = words_of(reading)
        said: list[_Said] = []
        odds = self._bias + self._by_topics(topics_of(reading)) + self._heard(spoken)
        for by in (self._by_terms, self._by_letters):
            names, shares, scores = found = by(words)
            if names:
                odds += shares @ scores
                said.append(found)
        sure = np.exp(odds - odds.max())
        sure /= sure.sum()
        if excluded:
            sure[[self._place[code] for code in excluded if code in self._place]] = 0.0
            # How less than this would fall to the others was never measured: it does not make one of them sure.
            sure /= max(float(sure.sum()), _LEFT_LEAST)
        order = ranked(self.kept.classes, sure)
        guesses = tuple([Guess(self.kept.classes[at], round(float(sure[at]), 4)) for at in order[:_GUESSES]])
        return Judgement(guesses, _told(said, order[0], order[1]))

    def _by_terms(self, words: Sequence[str]) -> _Said:
        """Known words and pairs of a text."""
        row_of, follows = self._words.get, self._pairs.get
        rows = [row for word in words if (row := row_of(word)) is not None]
        for one, other in pairwise(words):
            if (row := follows(one, _NONE).get(other)) is not None:
                rows.append(row)
        counts = Counter(rows)
        places = np.array(list(counts), np.intp)
        values = np.array([_damped(count) for count in counts.values()])
        length = math.sqrt(float((values * values) @ self._squares.take(places)))
        names = [self.kept.words[row] for row in counts]
        return names, (values / (length or 1.0)).astype(np.float32), self._valued.take(places, axis=0)

    def _by_letters(self, words: Sequence[str]) -> _Said:
        """The words of a text with the scores of their letters."""
        counts = Counter(words)
        del counts[""]
        names = list(counts)
        seen = self._seen
        if len(seen.places) + len(names) > _SEEN_MOST:
            seen.places.clear()
        known = seen.places.get
        rows = [self._meet(name) if (place := known(name)) is None else place for name in names]
        places = np.array(rows, np.intp)
        damped = np.array([_damped(count) for count in counts.values()], np.float32)
        length = math.sqrt(float((damped * damped) @ seen.squares.take(places)))
        return names, damped / (length or 1.0), seen.scores.take(places, axis=0)

    def _meet(self, word: str) -> int:
        """The place of a word that was not met yet. A text of more words than are remembered has no place for more."""
        seen = self._seen
        place = min(len(seen.places), _SEEN_MOST - 1)
        rows = [row for run in letters(word) if (row := self._letters.get(run)) is not None]
        idf = self.kept.idf[rows]
        # A run that stands twice in a word counts twice.
        counts = Counter(rows)
        seen.scores[place] = idf @ self.kept.weights[rows]
        seen.squares[place] = sum(count * count * float(self._squares[row]) for row, count in counts.items())
        seen.places[word] = place
        return place

    def _by_topics(self, points: Mapping[str, int]) -> Floats | float:
        found = [(row, value) for topic, value in points.items() if (row := self._topics.get(topic)) is not None]
        if not found:
            return 0.0
        rows = [row for row, _ in found]
        values = np.array([value for _, value in found], np.float32) * self.kept.idf[rows]
        return np.asarray(values @ self.kept.weights[rows] / np.float32(math.sqrt(float(values @ values))), np.float32)

    def _heard(self, spoken: Mapping[str, float]) -> Floats:
        """What the pack's own words add, beyond what silence does."""
        by_share, by_rank = self.kept.spoken
        added = np.zeros(len(self.kept.classes), np.float32)
        for code, share in spoken.items():
            if code in self._place:
                added[self._place[code]] = by_share * math.log((UNSPOKEN + share) / UNSPOKEN)
        best = first_spoken(spoken)
        if best in self._place:
            added[self._place[best]] += by_rank
        return added


def heard(classes: Sequence[str], spoken: Mapping[str, float]) -> npt.NDArray[np.float64]:
    """What the pack's own words say, per destination: the logarithm of its share, and whether it is the first."""
    found = np.zeros((len(classes), 2))
    found[:, 0] = [math.log(UNSPOKEN + spoken.get(code, 0.0)) for code in classes]
    best = first_spoken(spoken)
    if best in classes:
        found[classes.index(best), 1] = 1.0
    return found


def first_spoken(spoken: Mapping[str, float]) -> str | None:
    """The destination that the pack's own words put first."""
    return max(spoken, key=lambda code: spoken[code], default=None)


def ranked(classes: Sequence[str], shares: npt.NDArray[Any]) -> list[int]:
    """Places of the destinations, best first; those that the place decides compete as one, the weaker comes last."""
    order: list[int] = np.argsort(-shares, kind="stable").tolist()
    by_place = [at for at in order if classes[at] in BY_PLACE]
    if len(by_place) < 2:
        return order
    both = sum(shares[at] for at in by_place)
    rest = [at for at in order if at not in by_place]
    before = int(np.count_nonzero(shares > both))
    return [*rest[:before], by_place[0], *rest[before:], *by_place[1:]]


def _told(said: Sequence[_Said], first: int, second: int) -> tuple[tuple[str, float], ...]:
    """The words that spoke most for the first destination against the second, with their letters."""
    weights: dict[str, float] = {}
    known = weights.get
    for names, shares, scores in said:
        spoke = (shares * (scores[:, first] - scores[:, second])).tolist()
        weights.update({name: known(name, 0.0) + weight for name, weight in zip(names, spoke, strict=True)})
    spoke_for = [(-weight, name) for name, weight in weights.items() if weight > 0]
    return tuple([(name, round(-against, 3)) for against, name in sorted(spoke_for, key=itemgetter(0))[:_TOLD]])


def _damped(count: int) -> float:
    return 1.0 if count == 1 else 1 + math.log(count)

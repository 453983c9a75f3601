"""The model: one weight per feature and destination, calibrated. All it does with a text is to add up.

Three blocks of features (words, letters, topics) are TF-IDF vectors of length 1 each; their scores, and two weights for
what the pack's own words say, give log odds. The length of the block of letters is that of its words taken one by one,
so that the scores of a word's letters are the same in every text: they are computed when it is first met.

Needs numpy: imported only where a model is switched on or made.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from services.router.learned.features import topics_of, words_of
from services.router.learned.judgement import Guess, Judgement, ModelError, Told
from services.router.learned.lettered import Lettered
from services.router.learned.weights import Floats, Weights
from shared.pack import BY_PLACE, Pack

# Added to a share before its logarithm: what the pack's words do not name is not impossible.
UNSPOKEN: Final = 0.02
_TOLD: Final = 6
_GUESSES: Final = 5
_LEFT_LEAST: Final = 0.05
_NONE: Final[Mapping[str, int]] = {}
# Words of texts that are judged in one go.
_AT_ONCE: Final = 5_000


class _Said(NamedTuple):
    """What features say of some texts, one text behind the other; `ends` is where each ends.

    Text by text the names of its features; of each feature its share in the length of its text, and its scores.
    """

    names: list[list[str]]
    ends: list[int]
    shares: Floats
    scores: Floats


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
        letters = slice(len(kept.words), len(kept.words) + len(kept.letters))
        self._letters = Lettered(kept.letters, kept.idf[letters], kept.weights[letters])
        self._topics = {name: row for row, name in enumerate(kept.topics, start=letters.stop)}
        self._valued = kept.weights[: len(kept.words)] * kept.idf[: len(kept.words), None]
        self._squares = (kept.idf**2).astype(np.float64)
        self._bias = kept.bias + heard(kept.classes, {})[:, 0] * kept.spoken[0]

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

    def judge_all(self, told: Sequence[Told]) -> list[Judgement]:
        """The destinations of some reports, best first; each judgement is what it would be alone."""
        found: list[Judgement] = []
        begin, size = 0, 0
        for at, (reading, _, _) in enumerate(told):
            size += len(reading.standard)
            if size > _AT_ONCE and at > begin:
                found += self._judge(told[begin:at])
                begin, size = at, len(reading.standard)
        return found + self._judge(told[begin:]) if told else []

    def _judge(self, told: Sequence[Told]) -> list[Judgement]:
        words = [words_of(reading) for reading, _, _ in told]
        odds = np.array(
            [self._bias + self._by_topics(topics_of(reading)) + self._heard(spoken) for reading, spoken, _ in told]
        )
        said = self._by_terms(words), self._by_letters(words)
        for names, ends, shares, scores in said:
            begin = 0
            for at, end in enumerate(ends):
                if names[at]:
                    odds[at] += shares[begin:end] @ scores[begin:end]
                begin = end
        sure = np.exp(odds - odds.max(axis=1, keepdims=True))
        sure /= sure.sum(axis=1, keepdims=True)
        for at, (_, _, excluded) in enumerate(told):
            if excluded:
                sure[at, [self._place[code] for code in excluded if code in self._place]] = 0.0
                # How less than this would fall to the others was never measured: it does not make one of them sure.
                sure[at] /= max(float(sure[at].sum()), _LEFT_LEAST)
        orders = [ranked(self.kept.classes, shares) for shares in sure]
        words_told = _told(said, np.array([order[:2] for order in orders], np.intp))
        return [Judgement(self._guesses(*one[:2]), one[2]) for one in zip(orders, sure, words_told, strict=True)]

    def _guesses(self, order: Sequence[int], shares: npt.NDArray[Any]) -> tuple[Guess, ...]:
        classes = self.kept.classes
        return tuple([Guess(classes[at], round(float(shares[at]), 4)) for at in order[:_GUESSES]])

    def _by_terms(self, texts: Sequence[Sequence[str]]) -> _Said:
        """Known words and pairs of texts."""
        row_of, follows = self._words.get, self._pairs.get
        found: list[Counter[int]] = []
        for words in texts:
            rows = [row for word in words if (row := row_of(word)) is not None]
            for one, other in pairwise(words):
                if (row := follows(one, _NONE).get(other)) is not None:
                    rows.append(row)
            found.append(Counter(rows))
        places = np.array([row for counts in found for row in counts], np.intp)
        values = np.array([_damped(count) for counts in found for count in counts.values()])
        ends = list(accumulate(map(len, found)))
        names = [[self.kept.words[row] for row in counts] for counts in found]
        _to_one(values, self._squares.take(places), ends)
        return _Said(names, ends, values.astype(np.float32), self._valued.take(places, axis=0))

    def _by_letters(self, texts: Sequence[Sequence[str]]) -> _Said:
        """The words of texts with the scores of their letters."""
        found = [Counter(filter(None, words)) for words in texts]
        ends = list(accumulate(map(len, found)))
        places = self._letters.places([name for counts in found for name in counts])
        values = np.array([_damped(count) for counts in found for count in counts.values()], np.float32)
        _to_one(values, self._letters.squares.take(places), ends)
        return _Said([list(counts) for counts in found], ends, values, self._letters.scores.take(places, axis=0))

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


def _told(said: Sequence[_Said], firsts: npt.NDArray[np.intp]) -> list[tuple[tuple[str, float], ...]]:
    """The words of each text that spoke most for its first destination against its second, with their letters."""
    weights: list[dict[str, float]] = [{} for _ in firsts]
    for names, ends, shares, scores in said:
        all_of, (first, second) = np.arange(len(shares)), np.repeat(firsts, np.diff([0, *ends]), axis=0).T
        spoke = (shares * (scores[all_of, first] - scores[all_of, second])).tolist()
        begin = 0
        for of, mine, end in zip(weights, names, ends, strict=True):
            known = of.get
            of.update({name: known(name, 0.0) + weight for name, weight in zip(mine, spoke[begin:end], strict=True)})
            begin = end
    return [_heaviest(of) for of in weights]


def _heaviest(weights: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    spoke_for = [(-weight, name) for name, weight in weights.items() if weight > 0]
    return tuple([(name, round(-against, 3)) for against, name in sorted(spoke_for, key=itemgetter(0))[:_TOLD]])


def _to_one(values: npt.NDArray[Any], squares: npt.NDArray[Any], ends: Sequence[int]) -> None:
    """Divide the values of each text by their length, so that it is 1."""
    begin = 0
    for end in ends:
        mine = values[begin:end]
        mine /= math.sqrt(float((mine * mine) @ squares[begin:end])) or 1.0
        begin = end


def _damped(count: int) -> float:
    return 1.0 if count == 1 else 1 + math.log(count)

"""How well guesses were: the figures of a model, and the confidence from which it may decide. Needs numpy."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from services.router.learned.linear import ranked
from services.router.learned.weights import Figures
from shared.pack import BY_PLACE

# No confidence is above 1: nothing goes out.
NEVER: Final = 1.01
_PLACE = "by-place"


@dataclass(frozen=True, slots=True)
class Guessed:
    """A held-out case: its three best destinations and the right one, kinds of place as one, and the confidence.

    `sendable` is false where the place decides and is not known: that goes to the desk whatever the confidence.
    """

    best: tuple[str, ...]
    right: str
    confidence: float
    sendable: bool

    @property
    def hit(self) -> bool:
        """Whether the first guess was right."""
        return self.best[0] == self.right


def guessed(
    classes: Sequence[str], shares: npt.NDArray[np.float64], labels: Sequence[str], placed: Sequence[bool]
) -> list[Guessed]:
    """Held-out cases by what was said of them."""
    found = []
    for row, label, where in zip(shares, labels, placed, strict=True):
        order = ranked(classes, row)
        best = tuple(dict.fromkeys(_kind(classes[at]) for at in order))[:3]
        found.append(Guessed(best, _kind(label), float(row[order[0]]), where or best[0] != _PLACE))
    return found


def least_confidence(cases: Sequence[Guessed], precision: float, deviations: float) -> float:
    """The lowest confidence above which at least so many of those sent are right, by so many standard deviations."""
    order = sorted((case for case in cases if case.sendable), key=lambda case: -case.confidence)
    least, hits = NEVER, 0
    for count, case in enumerate(order, start=1):
        hits += case.hit
        share = hits / count
        last = count == len(order) or order[count].confidence < case.confidence
        # One wrong more than seen: ten right ones of ten are no proof of never being wrong.
        careful = (hits + 1) / (count + 2)
        if last and share - deviations * math.sqrt(careful * (1 - careful) / count) >= precision:
            least = case.confidence
    return least


def figures(cases: Sequence[Guessed], least: float) -> Figures:
    """The figures of held-out cases."""
    sent = [case for case in cases if case.sendable and case.confidence >= least]
    return Figures(
        cases=len(cases),
        destinations=len({case.right for case in cases}),
        accuracy=_share(case.hit for case in cases),
        top3=_share(case.right in case.best for case in cases),
        macro_f1=_macro_f1(cases),
        coverage=round(len(sent) / max(1, len(cases)), 4),
        precision=_share(case.hit for case in sent),
    )


def _macro_f1(cases: Sequence[Guessed]) -> float:
    """The mean over destinations of the harmonic mean of precision and recall."""
    scores = []
    for kind in {case.right for case in cases}:
        hits = sum(case.hit for case in cases if case.right == kind)
        named = sum(case.right == kind for case in cases) + sum(case.best[0] == kind for case in cases)
        scores.append(2 * hits / named)
    return round(sum(scores) / max(1, len(scores)), 4)


def _share(found: Iterable[bool]) -> float:
    values = list(found)
    return round(sum(values) / max(1, len(values)), 4)


def _kind(destination: str) -> str:
    return _PLACE if destination in BY_PLACE else destination

"""From the scores of several learners to one calibrated confidence. Needs numpy and scipy.

A conditional logit: log odds of a destination are a weighted sum of what each learner, and the pack's own words, say
of it, plus a bias of the destination. Few numbers, fitted on cases that the learners had not seen, so that the
confidence is the share of right ones. A learner never counts against itself: its weight is not below zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

Doubles = npt.NDArray[np.float64]
_PULL: Final = 1.0  # of the biases to zero: a destination with few cases has none


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """A weight per speaker and a bias per destination."""

    weights: Doubles
    bias: Doubles

    def shares(self, said: Doubles) -> Doubles:
        """Confidence per text and destination, from what was said (speaker, text, destination)."""
        return _shares(np.tensordot(self.weights, said, 1) + self.bias)


def fit(said: Doubles, labels: npt.NDArray[np.intp]) -> Stack:
    """The stack under which the right destinations are likeliest."""
    speakers, texts, destinations = said.shape
    right = (np.arange(texts), labels)

    def loss(point: Doubles) -> tuple[float, Doubles]:
        bias = point[speakers:]
        shares = _shares(np.tensordot(point[:speakers], said, 1) + bias)
        value = -np.log(shares[right] + 1e-12).sum() + _PULL * (bias @ bias) / 2
        shares[right] -= 1
        slope = np.tensordot(said, shares, ([1, 2], [0, 1]))
        return float(value), np.concatenate([slope, shares.sum(axis=0) + _PULL * bias])

    start = np.concatenate([np.full(speakers, 0.5), np.zeros(destinations)])
    bounds: Sequence[Any] = [(0, None)] * speakers + [(None, None)] * destinations
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 300})
    return Stack(found.x[:speakers], found.x[speakers:])


def _shares(odds: Doubles) -> Doubles:
    shares: Doubles = np.exp(odds - odds.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    return shares

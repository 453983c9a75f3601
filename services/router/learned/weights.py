"""A learned model as values: its weights, and what held-out cases say of it. Needs numpy."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Figures:
    """What held-out cases say of a model; shares are 0-1. Offices that the place decides count as one kind.

    `coverage` is the share of cases that it would send without the desk, `precision` the share of right ones of those;
    `newest` are the same of the newest cases, by what was learned before them.
    """

    cases: int
    destinations: int
    accuracy: float
    top3: float
    macro_f1: float
    coverage: float
    precision: float
    newest: "Figures | None" = None


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """A model as it is kept; `version` is a function of the content.

    `words`, `letters` and `topics` are the features, in the order of the rows of `idf` and `weights`; `spoken` are the
    weights of the logarithm of the share that the pack's words give a destination, and of being the first of them.
    `overruled` are destinations to which they put cases of the history again and again, and none of them went there.
    """

    version: str
    pack_version: str
    classes: tuple[str, ...]
    words: tuple[str, ...]
    letters: tuple[str, ...]
    topics: tuple[str, ...]
    idf: Floats
    weights: Floats
    bias: Floats
    spoken: tuple[float, float]
    least: float
    overruled: tuple[str, ...]
    figures: Figures

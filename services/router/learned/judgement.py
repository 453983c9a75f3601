"""What a model is asked and what it answers, as values.

They need no library of numbers: a router without a model stays small.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.words import Reading


class ModelError(ValueError):
    """A model that cannot be used, with the reason in one line. Nothing of it is used."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A destination with the share of right ones among guesses of this confidence (0-1)."""

    destination: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a model makes of a text: destinations, best first, and the words that spoke for the first.

    The two kinds of office that the place decides are ranked as one, by the sum of both; each has its own confidence,
    and the weaker of them comes last. `words` are the heaviest, with their weight in log odds against the next guess.
    """

    guesses: tuple[Guess, ...]
    words: tuple[tuple[str, float], ...]

    @property
    def best(self) -> Guess:
        """The first."""
        return self.guesses[0]


# What a model is told of a report: its reading, the shares (0-1) that the pack's words give, and destinations that are
# known to be wrong.
Told = tuple[Reading, Mapping[str, float], Collection[str]]


class Model(Protocol):
    """A learned model in the hands of the router. `least` is the confidence from which it sends without the desk."""

    @property
    def version(self) -> str:
        """Function of its content alone."""

    @property
    def least(self) -> float:
        """Set from held-out cases, for the precision that the pack asks for."""

    def knows(self, destination: str) -> bool:
        """Whether its history says anything of this destination; of others it cannot judge."""

    def judge_all(self, told: Sequence[Told]) -> list[Judgement]:
        """The judgement of each of some reports; each is what it would be alone.

        Destinations that are known to be wrong come last, and the others share what was theirs.
        """

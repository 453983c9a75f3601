"""Which of several providers gets the next message: shares that follow from how the last ones went. Pure.

Each provider has a score of evidence (Page's cumulative sum test): a message that failed or was slow adds, a good one
takes away, and below zero it does not go. At the limit the provider's weight is halved and the score begins again. A
weight that was halved heals by the opposite score, one step at a time, and not before a rest that doubles with each
relapse: that keeps the shares from flapping. The sickest still gets a trickle, so that its recovery is seen.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import log
from typing import Final

# The test tells a share of bad messages that is normal from one that is not.
NORMAL: Final = 0.04
SICK: Final = 0.15
_BAD: Final = log(SICK / NORMAL)
_GOOD: Final = log((1 - NORMAL) / (1 - SICK))
# At `NORMAL` one false alarm in about a million messages; at `SICK` an alarm after about 115.
_ALARM: Final = 10.0
_RELIEF: Final = 6.0
LOWEST: Final = 1 / 16
REST: Final = 120.0
LONGEST_REST: Final = 3600.0
SLOW_SECONDS: Final = 5.0


@dataclass(slots=True)
class _State:
    weight: float
    step: float = 1.0  # what is left of the weight
    worse: float = 0.0
    better: float = 0.0
    rest: float = REST
    moved_at: float = float("-inf")
    healed_at: float = float("-inf")


class Health:
    """The providers of one kind, each with the weight that it has when it is well. Times are seconds of any clock."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._states = {name: _State(weight) for name, weight in weights.items()}

    def note(self, name: str, at: float, *, good: bool) -> None:
        """A message came to its end at `name`: `good` where the provider did what it should, in time."""
        state = self._states[name]
        gain = -_GOOD if good else _BAD
        state.worse = max(0.0, state.worse + gain)
        state.better = max(0.0, state.better - gain)
        if state.worse >= _ALARM and state.step > LOWEST:
            relapsed = at - state.healed_at < LONGEST_REST
            state.rest = min(state.rest * 2, LONGEST_REST) if relapsed else REST
            _move(state, state.step / 2, at)
        elif state.better >= _RELIEF and state.step < 1.0 and at - state.moved_at >= state.rest:
            _move(state, state.step * 2, at)
            state.healed_at = at

    def shares(self) -> Mapping[str, float]:
        """Each provider's part of the messages; together 1."""
        whole = sum(state.weight * state.step for state in self._states.values())
        return {name: state.weight * state.step / whole for name, state in self._states.items()}

    def choose(self, chance: float, among: Collection[str]) -> str:
        """One of `among` (at least one); `chance`, 0 to below 1, spreads the messages by the shares."""
        shares = [(name, share) for name, share in self.shares().items() if name in among]
        left = chance * sum(share for _, share in shares)
        for name, share in shares:
            left -= share
            if left < 0:
                return name
        return shares[-1][0]


def _move(state: _State, step: float, at: float) -> None:
    state.step, state.moved_at, state.worse, state.better = step, at, 0.0, 0.0

"""The letters of words, weighed when a word is first met and remembered: a few thousand words make most of all texts.

Needs numpy: imported only where a model is switched on or made.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final

import numpy as np
import numpy.typing as npt

from services.router.learned.features import letters
from services.router.learned.weights import Floats

# Words remembered with their scores: about 4 MB for 40 destinations.
_MOST: Final = 20_000
# New words that are weighed in one go: about 3 MB for 40 destinations.
_AT_ONCE: Final = 500


class Lettered:
    """What a model's letters say of a word: `scores` by destination and `squares`, the square of their length.

    Args:
        runs: the runs of characters that the model knows.
        idf: of each run.
        weights: of each run, by destination.
    """

    def __init__(self, runs: Sequence[str], idf: Floats, weights: Floats) -> None:
        self._rows = {run: row for row, run in enumerate(runs)}
        self._idf, self._weights = idf, weights
        self._places: dict[str, int] = {}
        self.scores = np.zeros((_MOST, weights.shape[1]), np.float32)
        self.squares = np.zeros(_MOST, np.float32)

    def places(self, words: Sequence[str]) -> npt.NDArray[np.intp]:
        """Where in `scores` and `squares` each word is, until the next call."""
        if len(self._places) + len(words) > _MOST:
            self._places.clear()
        places = self._places
        fresh = list(dict.fromkeys([word for word in words if word not in places]))
        for at in range(0, len(fresh), _AT_ONCE):
            self._meet(fresh[at : at + _AT_ONCE])
        return np.array([places[word] for word in words], np.intp)

    def _meet(self, fresh: Sequence[str]) -> None:
        """Give words a place. A text of more words than are remembered has no place for more: the last is shared."""
        first = len(self._places)
        mine = np.minimum(np.arange(first, first + len(fresh)), _MOST - 1)
        self._places.update(zip(fresh, mine.tolist(), strict=True))
        self.scores[mine] = 0.0
        self.squares[mine] = 0.0
        row_of = self._rows.get
        known = [[row for run in letters(word) if (row := row_of(run)) is not None] for word in fresh]
        heard = [at for at, rows in enumerate(known) if rows]
        if not heard:
            return
        rows = np.array([row for rows in known for row in rows], np.intp)
        begins = [0, *accumulate(len(known[at]) for at in heard[:-1])]
        idf = self._idf.take(rows)
        times = np.array([count for rows in known for count in _times(rows)], np.float32)
        self.scores[mine[heard]] = np.add.reduceat(self._weights.take(rows, axis=0) * idf[:, None], begins, axis=0)
        self.squares[mine[heard]] = np.add.reduceat(times * idf * idf, begins)


def _times(rows: Sequence[int]) -> Iterable[int]:
    """How often each run stands in its word; hardly ever more than once."""
    return [1] * len(rows) if len(set(rows)) == len(rows) else map(rows.count, rows)

"""Lessons as a matrix: one row a text, one column a feature, blocks of length 1. Needs numpy and scipy."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from scipy import sparse

from services.router.learned.features import Document, counted, letters, terms
from services.router.learned.weights import Floats

# In so many texts a feature has to stand: what was seen once teaches nothing about the next text.
_WORDS_LEAST: Final = 2
_LETTERS_LEAST: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """The features of a history, with their inverse document frequency, block by block in one array."""

    words: tuple[str, ...]
    letters: tuple[str, ...]
    topics: tuple[str, ...]
    idf: Floats

    @classmethod
    def of(cls, documents: Sequence[Document]) -> "Features":
        """The features that come often enough; the same for the same texts in any order."""
        words = counted(terms(one.words) for one in documents)
        runs_of, runs = cache(letters), Counter[str]()
        for one in documents:
            runs.update({run for word in set(one.words) if word for run in runs_of(word)})
        topics = counted(one.topics for one in documents)
        blocks = _kept(words, _WORDS_LEAST), _kept(runs, _LETTERS_LEAST), _kept(topics, 1)
        often = [found[name] for found, names in zip((words, runs, topics), blocks, strict=True) for name in names]
        idf = np.log((1 + len(documents)) / (1 + np.array(often, dtype=np.float64))) + 1
        return cls(*blocks, idf.astype(np.float32))

    def matrix(self, documents: Sequence[Document]) -> Any:  # noqa: ANN401 - scipy tells no types
        """The rows of texts."""
        ends = np.cumsum([len(self.words), len(self.letters)])
        words, runs, topics = np.split(self.idf, ends)
        by_terms = _unit(_counts([_damped(terms(one.words)) for one in documents], self.words, words))
        by_topics = _unit(_counts([dict(one.topics) for one in documents], self.topics, topics))
        return sparse.hstack([by_terms, self._lettered(documents, runs), by_topics]).tocsr()

    def _lettered(self, documents: Sequence[Document], idf: Floats) -> Any:  # noqa: ANN401 - as above
        """The rows of texts in letters: the sum of their words' rows by the length of the words one by one."""
        rows = [_damped(word for word in one.words if word) for one in documents]
        met = sorted({word for row in rows for word in row})
        words = _counts([dict(Counter(letters(word))) for word in met], self.letters, idf)
        texts = _counts(rows, met, np.ones(len(met), np.float32))
        squares = np.asarray(words.multiply(words).sum(axis=1)).ravel()
        length = np.sqrt(texts.multiply(texts) @ squares)
        length[length == 0] = 1.0
        return sparse.diags(1 / length) @ texts @ words


def _kept(found: Counter[str], least: int) -> tuple[str, ...]:
    return tuple(sorted(name for name, count in found.items() if count >= least))


def _damped(names: Iterable[str]) -> dict[str, float]:
    return {name: 1 + math.log(count) for name, count in Counter(names).items()}


def _counts(rows: Sequence[Mapping[str, float]], names: Sequence[str], idf: Floats) -> Any:  # noqa: ANN401 - as above
    """Rows of named values as a matrix, each value by the weight of its name; other names are left out."""
    index = {name: place for place, name in enumerate(names)}
    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    for row in rows:
        for name, value in row.items():
            column = index.get(name)
            if column is not None:
                columns.append(column)
                values.append(value)
        ends.append(len(columns))
    weighed = np.array(values) * idf[columns]
    return sparse.csr_matrix(
        (weighed, np.array(columns, dtype=np.int32), np.array(ends)), shape=(len(rows), len(names))
    )


def _unit(found: Any) -> Any:  # noqa: ANN401 - as above
    """The same with rows of length 1; empty ones stay empty."""
    length = np.sqrt(np.asarray(found.multiply(found).sum(axis=1)).ravel())
    length[length == 0] = 1.0
    return sparse.diags(1 / length) @ found

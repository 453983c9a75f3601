"""What two reports of one matter have in common, as clues that can be looked up. A hint, never a merge. Pure.

Three clues: the same topic in the same kelurahan or near the same point; nearly the same words in the same kelurahan;
the same words anywhere. In complaints to the city of Surabaya 19 % repeat topic and kelurahan within a week: an upper
bound of what is really the same.
"""

import math
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from itertools import compress
from typing import Final, NamedTuple
from zlib import crc32

# Nearly the same: minimal hashes of the words in eight bins (Li, Owen and Zhang 2012), looked up four by four. Texts
# that share nine words of ten agree in one of the two with a probability of 0.9, those that share one of ten never.
_BINS: Final = 8
_BAND: Final = 4
_EMPTY: Final = 1 << 32
_LEAST_WORDS: Final = 6
_BETWEEN: Final = "\x1f"
_LEAST_LETTERS: Final = 3
# A square of about 220 m; beside its own a report is looked for in the eight around it.
_CELL_DEGREES: Final = 0.002
_AROUND: Final = (-1, 0, 1)
_HERE: Final = 4  # of the nine, row by row
_KELURAHAN_PARTS: Final = 4


_DIGEST: Final = 8


class Clue(NamedTuple):
    """A 64-bit hash, and why two reports that share it may be of one matter.

    The reason is `topic-and-place`, `words-and-place` or `words`.
    """

    number: int
    reason: str


class Clues(NamedTuple):
    """Under which clues a report is found later, and by which it looks for earlier ones, the strongest first."""

    own: tuple[Clue, ...]
    looked_for: tuple[Clue, ...]


def clues(topic: str | None, region_code: str | None, point: tuple[float, float] | None, words: Iterable[str]) -> Clues:
    """The clues of a report. A place wider than a kelurahan is none: half the city is not near."""
    area = region_code if region_code and region_code.count(".") == _KELURAHAN_PARTS - 1 else None
    each = list(words)
    meant = sorted(compress(each, map(_LEAST_LETTERS.__le__, map(len, each))))
    own: list[Clue] = []
    around: list[Clue] = []
    if len(meant) >= _LEAST_WORDS:
        said = _BETWEEN.join(meant).encode()
        own.append(Clue(_hash(said), "words"))
        if area:
            numbers = list(map(crc32, said.split(_BETWEEN.encode())))
            own += [Clue(_number(f"{area}{band}"), "words-and-place") for band in _bands(numbers)]
    if topic and area:
        own.append(Clue(_area_and_topic(area, topic), "topic-and-place"))
    if topic and point:
        cells = _cells(topic, *point)
        own.append(Clue(cells.pop(_HERE), "topic-and-place"))
        around = [Clue(cell, "topic-and-place") for cell in cells]
    return Clues(tuple(own), (*own, *around))


def _bands(numbers: Iterable[int]) -> list[tuple[int, ...]]:
    """The least hash in each bin, four by four; an empty bin borrows from the next one that is not."""
    least = {number % _BINS: number for number in sorted(numbers, reverse=True)}  # the last to come is kept
    bins = [least.get(at, _EMPTY) for at in range(_BINS)]
    if len(least) < _BINS:
        twice = bins + bins
        bins = [next(number for number in twice[at:] if number < _EMPTY) for at in range(_BINS)]
    return [tuple(bins[:_BAND]), tuple(bins[_BAND:])]


@lru_cache(maxsize=20_000)
def _area_and_topic(area: str, topic: str) -> int:
    return _number(f"{area}/{topic}")


def _cells(topic: str, lat: float, lng: float) -> list[int]:
    """The square of a point among those around it: 17 bits of row, 18 of column, 29 of topic, counted from -2^63."""
    row, column = math.floor(lat / _CELL_DEGREES), math.floor(lng / _CELL_DEGREES)
    rows = [(row + down & 0x1FFFF) << 47 for down in _AROUND]
    columns = [(column + right & 0x3FFFF) << 29 for right in _AROUND]
    lowest = (crc32(topic.encode()) >> 3) - (1 << 63)
    return [down + right + lowest for down in rows for right in columns]


def _number(text: str) -> int:
    return _hash(text.encode())


def _hash(said: bytes) -> int:
    return int.from_bytes(blake2b(said, digest_size=_DIGEST).digest(), "big", signed=True)

"""Words without their affixes, and words as they were meant where a thumb slipped. Pure.

A light stemmer: it need not find the root of a dictionary, only the same one for two forms of a word (pemangkasan,
dipangkas). Prefixes are those of Indonesian and the Javanese nasal; what would leave under four letters stays.
"""

from collections.abc import Iterable
from typing import Final

_SHORTEST: Final = 4
_PARTICLES: Final = ("nya", "lah", "kah", "pun", "ne")
# A prefix and the letter that it swallowed, the longest first.
_PREFIXES: Final = (
    ("meng", ""), ("meny", "s"), ("mem", ""), ("men", ""), ("peng", ""), ("peny", "s"), ("pem", ""), ("pen", ""),
    ("ber", ""), ("ter", ""), ("per", ""), ("di", ""), ("ke", ""), ("ng", ""), ("me", ""), ("pe", ""),
)  # fmt: skip
_SUFFIXES: Final = ("kan", "an", "i", "no", "ake")
_VOWELS: Final = str.maketrans("", "", "aiueo")
_SLIPS_FROM: Final = 6  # letters of a word in which one may be wrong; shorter ones are too often another word
_SKELETON: Final = 3
_REMEMBERED: Final = 20_000


def stem(word: str) -> str:
    """A word without particle, prefix and suffix, one of each at most."""
    word = _without(word, _PARTICLES)
    for prefix, swallowed in _PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= _SHORTEST:
            word = swallowed + word[len(prefix) :]
            break
    return _without(word, _SUFFIXES)


def _without(word: str, endings: Iterable[str]) -> str:
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word[: -len(ending)]
    return word


class Vocabulary:
    """Words that mean something here, and how to find the one that was meant."""

    def __init__(self, words: Iterable[str], familiar: Iterable[str] = ()) -> None:
        """`familiar` words are right as they are, although they mean nothing here."""
        self._stems = {word: stem(word) for word in words}
        self._known = frozenset(self._stems.values())
        self._familiar = frozenset(familiar)
        self._slips: dict[str, set[str]] = {}
        self._skeletons: dict[str, set[str]] = {}
        for word in self._stems:
            if len(word) >= _SLIPS_FROM and word.isalpha():
                for short in {word, *_shortened(word)}:
                    self._slips.setdefault(short, set()).add(word)
            bones = word.translate(_VOWELS)
            if len(bones) >= _SKELETON and word.isalpha():
                self._skeletons.setdefault(bones, set()).add(word)
        self._meant: dict[str, str | None] = {}

    def __contains__(self, stemmed: str) -> bool:
        return stemmed in self._known

    def meant(self, word: str) -> str | None:
        """The stem of the known word that a word is or was meant to be; None for all others."""
        try:
            return self._meant[word]
        except KeyError:
            if len(self._meant) >= _REMEMBERED:
                self._meant.clear()
            found = self._meant[word] = self._find(word)
            return found

    def _find(self, word: str) -> str | None:
        stemmed = stem(word)
        if stemmed in self._known:
            return stemmed
        if word in self._familiar or not word.isalpha() or len(word) < _SKELETON:
            return None
        meant = self._one(self._abbreviated(word)) or self._one(self._slipped(word))
        return self._stems[meant] if meant else None

    def _one(self, found: set[str]) -> str | None:
        """The word where all that were found have one stem: of two that fit, none is sure."""
        return min(found) if len({self._stems[word] for word in found}) == 1 else None

    def _abbreviated(self, word: str) -> set[str]:
        """Words of which only vowels are missing: prbaikan, skolah."""
        longer = self._skeletons.get(word.translate(_VOWELS), set())
        return {whole for whole in longer if len(word) < len(whole) and _is_within(word, whole)}

    def _slipped(self, word: str) -> set[str]:
        """Words that differ in one letter (left out, added, another, or two that changed places)."""
        if len(word) < _SLIPS_FROM - 1:
            return set()
        close: set[str] = set()
        for short in {word, *_shortened(word)}:
            close |= self._slips.get(short, set())
        return {other for other in close if other[0] == word[0] and _one_slip(word, other)}


def _shortened(word: str) -> set[str]:
    return {word[:at] + word[at + 1 :] for at in range(len(word))}


def _is_within(short: str, whole: str) -> bool:
    """Whether the letters of one stand in the other in their order."""
    letters = iter(whole)
    return all(letter in letters for letter in short)


def _one_slip(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1:
        return False
    if len(one) != len(other):
        short, long = sorted((one, other), key=len)
        return short in _shortened(long)
    wrong = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(wrong) == 2:
        first, second = wrong
        return second == first + 1 and one[first] == other[second] and one[second] == other[first]
    return len(wrong) <= 1

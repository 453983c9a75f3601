"""Text as people type it on a phone, made comparable: signs repaired, words cut, slang made standard. Pure."""

import re
import unicodedata

from shared.pack import Slang
from shared.readable import decoded

_TOKEN = re.compile(r"[a-z0-9]++(?:['\-/][a-z0-9]++)*+")  # possessive: nothing is tried twice
_JOINING = "'-/"
# Blanks for all that is in no word: to cut there costs a fifth of looking for words.
_OF_WORDS = bytes(
    [code if chr(code) in f"abcdefghijklmnopqrstuvwxyz0123456789{_JOINING}" else 32 for code in range(256)]
)
# Doubling written with a figure: anak2 is anak-anak. Two letters are left alone: RT2 is a number.
_DOUBLED = re.compile(r"([a-z]{3,})2")


# The stretch of the written words that a standard word stands for (from, to); several may share the stretch of one.
# A plain tuple: this is made for every word of every report.
Place = tuple[float, float]
# Those of words that stand where they stood, made once for texts of the usual length.
_UNMOVED: list[Place] = [(at, at + 1) for at in range(500)]


def repair(text: str) -> str:
    """Text as it was meant: doubly encoded signs decoded (or dropped where cut off), NFKC, small, real blanks."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", decoded(text))
    return plain.lower().replace("\\n", " ").replace("’", "'")


def tokens(text: str) -> list[str]:
    """The words of a repaired text: letters and figures, with an apostrophe, hyphen or slash between them."""
    words = text.encode("ascii", "replace").translate(_OF_WORDS).decode("ascii").split()
    if "-" in text or "/" in text or "'" in text:
        return [part for word in words for part in ((word,) if word.isalnum() else _TOKEN.findall(word))]
    return words


class Spelling:
    """The slang of a pack, made ready once. Ambiguous words and technical terms (istilah) are left as they are."""

    def __init__(self, slang: tuple[Slang, ...]) -> None:
        self._standard: dict[str, list[str]] = {}
        self._longest: dict[str, int] = {}
        for row in slang:
            phrase = tokens(row.slang)
            if phrase and not row.ambiguous and row.kind != "istilah":
                self._standard[" ".join(phrase)] = tokens(repair(row.standard)) or phrase
                self._longest[phrase[0]] = max(self._longest.get(phrase[0], 0), len(phrase))

    def normalise(self, words: list[str]) -> tuple[list[str], list[Place] | None]:
        """Standard words with their places; the longest slang phrase goes first.

        Places are None where each word stands where it stood.
        """
        longest = self._longest
        if "2" in "".join(words):
            changed = [at for at, word in enumerate(words) if word in longest or word[-1:] == "2"]
        else:
            changed = [at for at, word in enumerate(words) if word in longest]
        replaced: list[tuple[int, int, list[str]]] = []
        done = 0
        for at in changed:
            if at >= done:
                standard, length = self._replacement(words, at)
                if standard is not None:
                    replaced.append((at, length, standard))
                    done = at + length
        return _replaced(words, replaced) if replaced else (words, None)

    def _replacement(self, words: list[str], at: int) -> tuple[list[str] | None, int]:
        """The standard words for those from a place on, and how many they stand for; None where they are standard."""
        word = words[at]
        for length in range(min(self._longest.get(word, 0), len(words) - at), 1, -1):
            standard = self._standard.get(" ".join(words[at : at + length]))
            if standard is not None:
                return standard, length
        standard = self._standard.get(word)
        if standard is not None:
            return standard, 1
        doubled = _DOUBLED.fullmatch(word)
        return ([f"{doubled[1]}-{doubled[1]}"], 1) if doubled else (None, 1)


def _replaced(words: list[str], replaced: list[tuple[int, int, list[str]]]) -> tuple[list[str], list[Place]]:
    """The words with standard ones for so many from a place on, and where each stood; the last place comes first."""
    normal, places = words.copy(), _unmoved(len(words))
    for at, length, standard in reversed(replaced):
        normal[at : at + length] = standard
        if length > 1 or len(standard) > 1:
            share = length / len(standard)
            places[at : at + length] = [(at + nth * share, at + (nth + 1) * share) for nth in range(len(standard))]
    return normal, places


def _unmoved(count: int) -> list[Place]:
    return _UNMOVED[:count] if count <= len(_UNMOVED) else [(at, at + 1) for at in range(count)]

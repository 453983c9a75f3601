"""Text as people type it on a phone, made comparable: signs repaired, words cut, slang made standard. Pure."""

import re
import unicodedata

from shared.pack import Slang

_TOKEN = re.compile(r"[a-z0-9]+(?:['\-/][a-z0-9]+)*")
# Doubling written with a figure: anak2 is anak-anak. Two letters are left alone: RT2 is a number.
_DOUBLED = re.compile(r"([a-z]{3,})2")
# UTF-8 read as Windows-1252: every byte shows as a sign of its own. A lead byte and as many as may follow it.
_SIGNS = {sign: byte for byte in range(0x80, 0xA0) if (sign := bytes([byte]).decode("cp1252", "ignore"))}
_FOLLOWING = f"[\x80-\xbf{''.join(_SIGNS)}]"
_MISREAD = re.compile(f"[\xc2-\xdf]{_FOLLOWING}|[\xe0-\xef]{_FOLLOWING}{{1,2}}|[\xf0-\xf4]{_FOLLOWING}{{1,3}}")


# A word and the stretch of the written words that it stands for (from, to); several may share the stretch of one.
# A plain tuple: this is made for every word of every report.
Word = tuple[str, float, float]


def repair(text: str) -> str:
    """Text as it was meant: doubly encoded signs decoded (or dropped where cut off), NFKC, small, real blanks."""
    if _MISREAD.search(text):
        text = _MISREAD.sub(_decode, text)
    return unicodedata.normalize("NFKC", text).lower().replace("\\n", " ").replace("’", "'")


def tokens(text: str) -> list[str]:
    """The words of a repaired text."""
    return _TOKEN.findall(text)


def _decode(misread: re.Match[str]) -> str:
    sign = misread[0]
    raw = bytes(_SIGNS.get(letter, ord(letter)) for letter in sign)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        # The rest of the sign was cut off, or these are letters that only look like one: é followed by a quote.
        return " " if raw[0] >= 0xF0 else sign


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

    def normalise(self, words: list[str]) -> list[Word]:
        """Standard words, each with its place; the longest slang phrase goes first."""
        normal: list[Word] = []
        at, end = 0, len(words)
        while at < end:
            word = words[at]
            longest = self._longest.get(word, 0)
            for length in range(min(longest, end - at), 0, -1):
                standard = self._standard.get(" ".join(words[at : at + length]))
                if standard is not None:
                    share = length / len(standard)
                    normal += [(w, at + nth * share, at + (nth + 1) * share) for nth, w in enumerate(standard)]
                    at += length
                    break
            else:
                if word.endswith("2") and (doubled := _DOUBLED.fullmatch(word)):
                    word = f"{doubled[1]}-{doubled[1]}"
                normal.append((word, at, at + 1))
                at += 1
        return normal

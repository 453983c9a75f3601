"""The names that a reporter gave, wherever they stand in a text. Pure.

A part of a name alone counts where it is written as a name (Siti, SITI) or introduced as one (bu siti): bagus, indah
and jaya are words, too.
"""

import re
import unicodedata
from typing import Final

NAME: Final = "[nama]"

_LETTERS: Final = re.compile(r"[^\W\d_]+")
# What may stand between the letters and parts of a name: siti-rahmawati, s.i.t.i, Nur'aini.
_GAP: Final = re.compile(r"[\s.\-_'\u2019`*]{0,3}")
# Letters that stand alone, one after the other: s.i.t.i. A letter between two signs, with one more behind.
_ALONE: Final = re.compile(r"[\s.\-_*][^\W\d_][\s.\-_*][^\W\d_](?![^\W\d_])")
# Words before a name that make it one.
_INTRODUCING: Final = frozenset((
    "saya", "nama", "namaku", "nami", "kulo", "an", "n", "pelapor", "pak", "pk", "bpk", "bapak", "bu", "ibu", "mas",
    "mbak", "mbk", "cak", "ning", "gus", "h", "hj", "haji", "hajah", "om", "tante", "sdr", "sdri", "saudara",
    "saudari", "tn", "ny", "nyonya", "tuan", "kepada", "dari", "oleh",
))  # fmt: skip
# Words before a name that make it a place: a street may be called as somebody is.
_PLACES: Final = frozenset((
    "jl", "jln", "jalan", "gg", "gang", "perum", "perumahan", "kel", "kelurahan", "kec", "kecamatan", "desa", "ds",
    "dusun", "dsn", "kampung", "pasar", "masjid", "mushola", "musala", "sd", "sdn", "smp", "smpn", "sma", "sman",
    "smk", "tk", "puskesmas", "rs", "rsud", "taman", "toko",
))  # fmt: skip
_TITLES: Final = frozenset(
    {"dr", "drs", "dra", "ir", "hj", "st", "se", "sh", "si", "pd", "kom", "mm", "msi", "spd", "bin", "binti"}
)


def name_parts(name: str) -> tuple[str, ...]:
    """The parts of a name by which it is found, in small letters; none of a name of titles and single letters."""
    parts = _LETTERS.findall(_folded(name))
    return tuple([part for part in parts if len(part) > 1 and part not in _TITLES])


def hide_names(text: str, parts: tuple[str, ...], *, spelled_out: bool = True) -> str:
    """The text with the name of these parts, and those of them that are meant as names, replaced.

    `spelled_out` is whether letters may stand alone in the text, one after the other.
    """
    folded = _folded(text)
    if len(folded) != len(text):  # a letter that becomes two in small: rare enough to be compared as it is
        folded = text
    for part in parts:
        if part in folded:
            break
    else:
        if not spelled_out or _ALONE.search(folded) is None:
            return text
    return _replaced(text, folded, "".join(parts), frozenset([part for part in parts if len(part) > 2]))


def _replaced(text: str, folded: str, whole: str, parts: frozenset[str]) -> str:
    words = [(word.start(), word.end()) for word in _LETTERS.finditer(folded)]
    kept: list[str] = []
    at, written = 0, 0
    before = ""
    while at < len(words):
        start, end = words[at]
        last = _whole_name(folded, words, at, whole, parts)
        if last is None and _is_part(text, folded[start:end], start, end, before, parts):
            last = at
        if last is None:
            before = folded[start:end]
            at += 1
            continue
        kept += [text[written:start], NAME]
        written = words[last][1]
        before, at = "", last + 1
    return "".join([*kept, text[written:]]) if kept else text


def _whole_name(folded: str, words: list[tuple[int, int]], first: int, whole: str, parts: frozenset[str]) -> int | None:
    """The last word of the whole name, or of a part spelled letter by letter, that begins with the word `first`."""
    joined, found = "", None
    spelled = True
    for last in range(first, min(first + len(whole), len(words))):
        start, end = words[last]
        if joined and _GAP.fullmatch(folded, words[last - 1][1], start) is None:
            break
        joined += folded[start:end]
        spelled = spelled and end - start == 1
        if not whole.startswith(joined) and not (spelled and any(part.startswith(joined) for part in parts)):
            break
        if (joined == whole and len(whole) > 3) or (spelled and joined in parts):
            found = last
    return found


def _is_part(text: str, word: str, start: int, end: int, before: str, parts: frozenset[str]) -> bool:
    if word not in parts:
        return False
    if before in _INTRODUCING:
        return True
    written = text[start:end]
    return written[0].isupper() and (written[1:].islower() or written.isupper()) and before not in _PLACES


def _folded(text: str) -> str:
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text).lower()

"""The names that a reporter gave, wherever they stand in a text. Pure.

A part of a name alone counts where it is written as a name (Siti, SITI), introduced as one (bu siti), beside another
part (siti aini) or where a text is signed with it (- siti): bagus, indah and jaya are words, too.
"""

import re
import unicodedata
from typing import Final

from shared.masking import FULL_WIDTH

NAME: Final = "[nama]"

_LETTERS: Final = re.compile(r"[^\W\d_]+")
# What may stand between the letters and parts of a name: siti-rahmawati, s.i.t.i, Nur'aini.
_GAP: Final = re.compile(r"[\s.\-_'\u2019`*]{0,3}")
# The same between two parts that are taken for one name; a full stop ends a sentence.
_BESIDE: Final = re.compile(r"\.|[\s\-_'\u2019`*]{1,3}")
# What stands before a signature, and after it: the dash is none between two words.
_SIGNING: Final = re.compile(r"(?:\A|[^\w\-])[-\u2013\u2014~]+\s*\Z")
_SIGNING_LENGTH: Final = 6
_WORDLESS: Final = re.compile(r"[\W_]*\Z")
# Letters that stand alone, one after the other: s.i.t.i. A letter between two signs, with one more behind.
_ALONE: Final = re.compile(r"[\s.\-_*][^\W\d_][\s.\-_*][^\W\d_](?![^\W\d_])")
# Words before a name that make it one: I, as it is said and typed in Indonesian, Javanese and Madurese, and titles.
_INTRODUCING: Final = frozenset((
    "saya", "sayah", "sy", "sya", "aku", "ak", "aq", "q", "gue", "gua", "gw", "kulo", "kula", "kawula", "engko",
    "engkok", "sengko", "sengkok", "kaula", "nama", "nm", "nma", "namaku", "nami", "an", "n", "pelapor", "pak", "pk",
    "bpk", "bapak", "bu", "ibu", "mas", "mbak", "mbk", "mba", "mb", "cak", "ning", "gus", "h", "hj", "haji", "hajah",
    "om", "tante", "sdr", "sdri", "saudara", "saudari", "tn", "ny", "nyonya", "tuan", "kepada", "dari", "oleh", "ttd",
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
        if last is None and folded[start:end] in parts:
            near = _masked_before(folded, words, at, written) or _part_behind(folded, words, at, parts)
            if near or _is_meant(text, start, end, before):
                last = at
        if last is None:
            # A name that was masked before is not the word that introduces one.
            before = "" if text[start - 1 : end + 1] == NAME else folded[start:end]
            at += 1
            continue
        kept += [text[written:start], NAME]
        written = words[last][1]
        before, at = "", last + 1
    return "".join([*kept, text[written:]]) if kept else text


def _masked_before(folded: str, words: list[tuple[int, int]], at: int, masked: int) -> bool:
    """Whether what was masked up to there ends beside this word, and was not the same word: bagus-bagus is no name."""
    start, end = words[at]
    if not masked or _BESIDE.fullmatch(folded, masked, start) is None:
        return False
    return folded[slice(*words[at - 1])] != folded[start:end]


def _part_behind(folded: str, words: list[tuple[int, int]], at: int, parts: frozenset[str]) -> bool:
    """Whether another part of the name follows this one."""
    start, end = words[at]
    if at + 1 == len(words) or _BESIDE.fullmatch(folded, end, words[at + 1][0]) is None:
        return False
    following = folded[slice(*words[at + 1])]
    return following in parts and following != folded[start:end]


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


def _is_meant(text: str, start: int, end: int, before: str) -> bool:
    """Whether a part that stands alone is meant as a name."""
    if before in _INTRODUCING:
        return True
    written = text[start:end]
    if written[0].isupper() and (written[1:].islower() or written.isupper()) and before not in _PLACES:
        return True
    return (
        _WORDLESS.match(text, end) is not None
        and _SIGNING.search(text, max(0, start - _SIGNING_LENGTH), start) is not None
    )


def _folded(text: str) -> str:
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text.translate(FULL_WIDTH)).lower()

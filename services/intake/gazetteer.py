"""Which place an address names. Names are shared, doubled and half-written: what stays open is told, not guessed."""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from shared.events import Jurisdiction
from shared.pack import Pack

# Words before a name that say what kind of place it is.
_LEVELS = {
    "kel": "kelurahan", "kelurahan": "kelurahan", "desa": "desa", "ds": "desa", "kec": "kecamatan",
    "kecamatan": "kecamatan", "kota": "kota", "kodya": "kota", "kab": "kabupaten", "kabupaten": "kabupaten",
}  # fmt: skip
# Words before a name that make it a street or a direction: Jl. Raya Bangil is not in Bangil.
_NOT_THERE = {"jl", "jln", "jalan", "raya", "gang", "gg", "arah", "menuju", "jurusan", "ke", "dari"}
_ELSEWHERE = "elsewhere"
_MOST_WORDS = 3
_WORD = re.compile(r"[a-z0-9]+")
# Blanks for all that is in no word: to cut there costs less than to look for words.
_OF_WORDS = bytes([code if _WORD.match(chr(code)) else ord(" ") for code in range(256)])
_APOSTROPHES = dict.fromkeys(map(ord, "'’ʼ`"))


class Named(NamedTuple):
    """What an address says. `jurisdiction` is unknown where its names point to both sides of the border."""

    jurisdiction: Jurisdiction
    region_code: str | None


class Gazetteer:
    """Names of the city's and the surrounding places, made ready once."""

    def __init__(self, pack: Pack) -> None:
        rules = pack.deployment.place
        self._city = rules.city
        self._levels: dict[str, str] = {code: region.level for code, region in pack.regions.items()}
        self._names: dict[str, set[str]] = {}
        for region in pack.regions.values():
            words = _words(region.name)
            if words[0] == region.level:  # Kota Pasuruan, Kabupaten Pasuruan: told apart by the word before them
                words = words[1:]
            self._names.setdefault("".join(words), set()).add(region.code)
        around = [body.region for body in pack.deployment.surrounding]
        for name in rules.shared_names:
            self._names.setdefault("".join(_words(name)), set()).update(around)
        for name in rules.elsewhere:
            self._names.setdefault("".join(_words(name)), set()).add(_ELSEWHERE)
        self._common = {tuple(_words(name)) for name in rules.common_words}
        # Every piece with which a name can begin: most words begin none.
        self._pieces = frozenset(name[:end] for name in self._names for end in range(1, len(name) + 1))
        self._beginnings = frozenset(self._first_words(pack))

    def named_in(self, text: str, words: frozenset[str]) -> Named | None:
        """As `find`, for a whole text whose words are known, where it may name a kelurahan of the city; most do not."""
        return None if self._beginnings.isdisjoint(words) else self.find(text)

    def find(self, address: str) -> Named | None:
        """The place that an address names; None where it names none that the pack knows."""
        mentions = list(self._mentions(_words(address)))
        if not mentions:
            return None
        only = mentions[0] if len(mentions) == 1 else ()
        code = next(iter(only)) if len(only) == 1 else _agreed(mentions)
        if code == _ELSEWHERE:
            return Named("outside", None)
        if f"{code}.".startswith(f"{self._city}."):
            return Named("inside", code)
        if f"{self._city}.".startswith(f"{code}.") or not code:
            return Named("unknown", None)
        return Named("outside", code)

    def _first_words(self, pack: Pack) -> Iterator[str]:
        """Every word with which a kelurahan of the city can begin, joined or apart."""
        for region in pack.regions.values():
            words = _words(region.name)
            if region.level == "kelurahan" and tuple(words) not in self._common:
                yield words[0]
                yield "".join(words)

    def _mentions(self, words: list[str]) -> Iterator[frozenset[str]]:
        """For each name in the address the places that it can mean."""
        done, passed_by = 0, -1
        pieces = self._pieces
        for at in [at for at, word in enumerate(words) if word in pieces]:
            if at < done:
                continue
            before = words[at - 1] if at else ""
            for length in range(min(_MOST_WORDS, len(words) - at), 0, -1):
                codes = self._names.get("".join(words[at : at + length]))
                if codes is None:
                    continue
                if before in _NOT_THERE or passed_by == at:
                    passed_by = at + length
                elif meant := self._meant(codes, before, tuple(words[at : at + length])):
                    yield meant
                done = at + length
                break

    def _meant(self, codes: set[str], before: str, name: tuple[str, ...]) -> frozenset[str]:
        """Those of a level that the word before it names, where there are any; everyday words need such a word."""
        level = _LEVELS.get(before)
        if level is None:
            bare = {code for code in codes if self._levels.get(code) not in {"provinsi", "kota", "kabupaten"}}
            shared = bare and codes
            return frozenset() if name in self._common else frozenset(shared or codes & {_ELSEWHERE})
        of_level = frozenset(code for code in codes if self._levels.get(code) == level)
        return of_level or frozenset(codes)


def _words(text: str) -> list[str]:
    """Small words and figures; an apostrophe joins: Tapa'an is also written Tapaan."""
    if text.isascii():
        return text.lower().replace("'", "").replace("`", "").encode().translate(_OF_WORDS).decode().split()
    return _WORD.findall(unicodedata.normalize("NFKC", text).lower().translate(_APOSTROPHES))


def _agreed(mentions: list[frozenset[str]]) -> str:
    """The place on which most mentions agree; where several remain, the area around them all (empty: there is none)."""
    support = {
        code: sum(any(f"{code}.".startswith(f"{other}.") for other in mention) for mention in mentions)
        for code in frozenset().union(*mentions)
    }
    most = max(support.values())
    left = sorted(code for code, count in support.items() if count == most)
    first, last = left[0], left[-1]
    # Gadingrejo, Kec. Gadingrejo: the same name twice is the kelurahan in the kecamatan of its name.
    chain = all(f"{last}.".startswith(f"{code}.") for code in left)
    if chain and sum(first in mention for mention in mentions) > 1:
        return last
    shared: list[str] = []
    for parts in zip(*(code.split(".") for code in left), strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return ".".join(shared)

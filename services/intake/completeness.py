"""What a complete file still lacks: by the needs of its topic, from what was given and what the text says. Pure."""

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from services.intake.gazetteer import Gazetteer
from services.intake.place import Place
from shared.events import Reporter, ReportSubmitted
from shared.pack import Need, Pack, Topic

# A street by its name: jl halmahera; "jalan rusak" names none, as its words are those of topics.
_STREET = re.compile(r"\b(?:jl|jln|jalan|dalan|gang|gg|perum|perumahan|griya)\b\.?\s*([a-z]{4,})", re.IGNORECASE)
# A number behind the words of an attribute: nomor pelanggan: 00123.
_THEN_A_NUMBER = r"\W{0,3}(?:\w{1,12}\W{1,3}){0,2}?\d[\d.\-]{3,}"


class Given(NamedTuple):
    """What is known of a report: as submitted, with its place and reporter as far as they could be used."""

    submitted: ReportSubmitted
    place: Place
    reporter: Reporter | None
    occurred_on: date | None
    written: frozenset[str]  # words of the text, in small letters
    words: frozenset[str]  # and in their standard forms


class Completeness:
    """The needs of a pack, made ready once."""

    def __init__(self, pack: Pack, gazetteer: Gazetteer) -> None:
        self._needs = pack.needs
        self._gazetteer = gazetteer
        self._single = {code: frozenset(w for w in need.words if w.isalnum()) for code, need in pack.needs.items()}
        self._common = frozenset(
            word for topic in pack.topics.values() for key in topic.keywords for word in key.split()
        )
        self._common |= frozenset(word for row in pack.slang for word in f"{row.slang} {row.standard}".lower().split())
        self._phrases = {code: _pattern(need) for code, need in pack.needs.items()}

    def missing(self, given: Given, topic: Topic | None) -> tuple[str, ...]:
        """Codes of what is lacking. A question lacks nothing: whoever answers it asks back."""
        if topic is None or given.submitted.report_class == "permintaan_informasi":
            return ()
        codes: list[str] = []
        for either in topic.needed:
            for code in either:
                if self._met(self._needs[code], given):
                    break
            else:
                codes += either
        return tuple(codes)

    def _met(self, need: Need, given: Given) -> bool:
        submitted = given.submitted
        if need.kind == "identity":
            return bool(given.reporter and given.reporter.nik)
        if need.kind == "place" and _is_placed(given):
            return True
        if need.kind == "date" and given.occurred_on:
            return True
        if need.kind == "attribute" and _holds(submitted, (need.attribute or "").split(";")):
            return True
        return self._said(need, given)

    def _said(self, need: Need, given: Given) -> bool:
        """Whether the text says it."""
        if need.kind != "attribute":
            words = self._single[need.code]
            if not (words.isdisjoint(given.written) and words.isdisjoint(given.words)):
                return True
        text = f"{given.submitted.title or ''}\n{given.submitted.text}"
        pattern = self._phrases[need.code]
        if pattern is not None and pattern.search(text):
            return True
        return need.kind == "place" and self._names_a_place(text)

    def _names_a_place(self, text: str) -> bool:
        if any(street[1].lower() not in self._common for street in _STREET.finditer(text)):
            return True
        named = self._gazetteer.find(text)
        return named is not None and (named.region_code is None or named.region_code.count(".") > 1)


def _is_placed(given: Given) -> bool:
    where = given.submitted.location
    if given.place.lat is not None or (where and where.address and where.address.strip()):
        return True
    return bool(given.place.region_code and given.place.region_code.count(".") > 1)


def _holds(submitted: ReportSubmitted, names: Iterable[str]) -> bool:
    attributes = submitted.attributes or {}
    return any(attributes.get(name, "").strip() for name in names)


def _pattern(need: Need) -> re.Pattern[str] | None:
    """The words of an attribute with a number behind them; else the phrases, as the single words are looked up."""
    phrases = [words for words in need.words if need.kind == "attribute" or not words.isalnum()]
    if not phrases:
        return None
    ending = _THEN_A_NUMBER if need.kind == "attribute" else r"\b"
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, phrases))}){ending}", re.IGNORECASE)

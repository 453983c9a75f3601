"""Taking identity out of what people write: numbers, addresses and the names that the reporter gave. Pure.

Better a word too many masked than a person named: UU 27/2022 (PDP), articles 35-39. Every rule looks at a text once,
from left to right, whatever it holds.
"""

import re
from collections.abc import Callable
from typing import Final

from services.intake.names import hide_names, name_parts
from services.intake.numerals import BETWEEN, IDENTITY, PHONE, hide_numbers
from services.intake.outline import AT, BRACKET, DIGIT, LONE_LETTERS, outline
from shared.events import Reporter

EMAIL: Final = "[email]"

# The sign itself, or as it is written by those who hide from robots. A local part is taken whole (possessively), so
# that no text is tried again from each of its letters.
_AT: Final = r"(?:@|\uff20|[\(\[{]\s?(?:at|et)\s?[\)\]}])"
_DOT: Final = r"(?:\s?\.\s?|\s?[\(\[{](?:dot|titik)[\)\]}]\s?)"
_EMAIL: Final = re.compile(
    rf"(?<![\w.+-])[\w.+-]++\s?{_AT}\s?[\w-]{{1,63}}(?:{_DOT}[\w-]{{2,63}}){{1,4}}", re.IGNORECASE
)
_SPOKEN_EMAIL: Final = re.compile(
    r"(?<![\w.+-])[\w.+-]++\s(?:at|et)\s[\w-]{1,63}\s(?:dot|titik)\s\w{2,10}", re.IGNORECASE
)
# What a text with an address holds; most hold none.
_SIGN: Final = re.compile(r"[@\uff20(\[{](?:(?<=[@\uff20])|\s?[AEae][Tt])")
_SPOKEN_SIGNS: Final = (" dot ", " titik ")
_DIGITS: Final = re.compile(r"\d")
_LEAST_DIGITS: Final = 6
_BROKEN_UP: Final = re.compile(rf"\d(?:{BETWEEN}\d)*")

Mask = Callable[[str], str]
_NOBODY: Final = Reporter()


def masker(reporter: Reporter | None) -> Mask:
    """The function that masks a text of this reporter."""
    given = reporter or _NOBODY
    email = (given.email or "").strip()
    name = name_parts(given.name) if given.name else ()

    def mask(text: str) -> str:
        seen = outline(text)
        text = _hide_addresses(text, seen, email)
        if seen.count(DIGIT) >= _LEAST_DIGITS:
            text = hide_numbers(_hide_given(text, given))
        return hide_names(text, name, spelled_out=LONE_LETTERS in seen) if name else text

    return mask


def _hide_addresses(text: str, seen: bytes, own: str) -> str:
    """The text without e-mail addresses and the one that this reporter gave, which may be none by any rule."""
    if (AT in seen or BRACKET in seen) and _SIGN.search(text):
        text = _EMAIL.sub(EMAIL, text)
    small = text.lower()
    if _SPOKEN_SIGNS[0] in small or _SPOKEN_SIGNS[1] in small:
        text = _SPOKEN_EMAIL.sub(EMAIL, text)
        small = text.lower()
    if len(own) > 3 and own.lower() in small:
        text = re.sub(re.escape(own), EMAIL, text, flags=re.IGNORECASE)
    return text


def _hide_given(text: str, reporter: Reporter) -> str:
    """The numbers that this reporter gave, also where they are none that a rule would know."""
    for value, label in ((reporter.nik, IDENTITY), (reporter.phone, PHONE)):
        digits = "".join(_DIGITS.findall(value)) if value else ""
        if len(digits) >= _LEAST_DIGITS:
            text = _hide_number(text, digits, label)
    return text


def _hide_number(text: str, digits: str, label: str) -> str:
    """The text without a number, however it is broken up; a pattern for each number would cost its making, and stay."""
    places = [found.start() for found in _DIGITS.finditer(text)]
    every = "".join([text[place] for place in places])
    kept: list[str] = []
    written = 0
    at = every.find(digits)
    while at >= 0:
        beyond = at + len(digits)
        start, end = places[at], places[beyond - 1] + 1
        longer = (at > 0 and places[at - 1] == start - 1) or (beyond < len(places) and places[beyond] == end)
        if longer or _BROKEN_UP.fullmatch(text, start, end) is None:
            at = every.find(digits, at + 1)
            continue
        if text[start - 1 : start] == "+" and (at == 0 or places[at - 1] != start - 2):
            start -= 1
        kept += [text[written:start], label]
        written = end
        at = every.find(digits, beyond)
    return "".join([*kept, text[written:]])

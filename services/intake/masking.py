"""Taking identity out of a report: what `shared.masking` knows, and what this reporter gave, the name as well. Pure.

Better a word too many masked than a person named: UU 27/2022 (PDP), articles 35-39. Every rule looks at a text once,
from left to right, whatever it holds.
"""

import re
from collections.abc import Callable
from typing import Final

from services.intake.names import hide_names, name_parts
from services.intake.outline import AT, BRACKET, DIGIT, LONE_LETTERS, outline
from shared.events import Reporter
from shared.masking import BETWEEN, EMAIL, IDENTITY, PHONE, as_ascii, hide_emails, hide_numbers

_DIGITS: Final = re.compile(r"\d")
_LEAST_DIGITS: Final = 6
_BROKEN_UP: Final = re.compile(rf"\d(?:{BETWEEN}\d)*")

Mask = Callable[[str], str]
_NOBODY: Final = Reporter()


def masker(reporter: Reporter | None) -> Mask:
    """The function that masks a text of this reporter."""
    given = reporter or _NOBODY
    email = as_ascii(given.email or "").strip()
    name = name_parts(given.name) if given.name else ()

    def mask(text: str) -> str:
        plain = text if text.isascii() else as_ascii(text)
        seen = outline(plain)
        hidden = _hide_addresses(plain, seen, email)
        if seen.count(DIGIT) >= _LEAST_DIGITS:
            hidden = hide_numbers(_hide_given(hidden, given))
        if hidden == plain:
            hidden = text
        return hide_names(hidden, name, spelled_out=LONE_LETTERS in seen) if name else hidden

    return mask


def _hide_addresses(text: str, seen: bytes, own: str) -> str:
    """The text without e-mail addresses and the one that this reporter gave, which may be none by any rule."""
    text = hide_emails(text, signs=AT in seen or BRACKET in seen)
    if len(own) > 3 and (AT in seen or "@" not in own) and own.lower() in text.lower():
        text = re.sub(re.escape(own), EMAIL, text, flags=re.IGNORECASE)
    return text


def _hide_given(text: str, reporter: Reporter) -> str:
    """The numbers that this reporter gave, also where they are none that a rule would know."""
    for value, label in ((reporter.nik, IDENTITY), (reporter.phone, PHONE)):
        digits = "".join(_DIGITS.findall(as_ascii(value))) if value else ""
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

"""Taking identity out of what people write: numbers, addresses and the names that the reporter gave. Pure.

Better a word too many masked than a person named: UU 27/2022 (PDP), articles 35-39.
"""

import re
from collections.abc import Callable
from functools import reduce
from typing import Final

from shared.events import Reporter

# People break numbers up as they please; one sign between two digits, two at the most.
_GAP = r"[ .\-/()]{0,2}"

_RULES: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"[\w.+-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]{1,63}(?:\s?\.\s?[\w-]{2,63}){1,4}"), "[email]"),
    # NIK and family-card numbers have 16 digits (process of Dukcapil); 15 and 17 are the same, mistyped.
    (re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{14,16}}(?!\d)"), "[nomor identitas]"),
    # Mobile: 08.. or +62 8.., nine to thirteen digits in all.
    (re.compile(rf"(?<![\d])(?:\+?62|0){_GAP}8(?:{_GAP}\d){{7,11}}(?!\d)"), "[telepon]"),
    # Landline with its area code, such as 0343-4xxxxx.
    (re.compile(r"(?<!\d)(?:\(0\d{2,3}\)|0\d{2,3})[ -]{0,2}\d{3,4}[ -]?\d{2,4}(?!\d)"), "[telepon]"),
)
_NAME: Final = "[nama]"
_INTRODUCED = r"(?i:saya|nama|namaku|an\.?|a\.n\.?|pelapor|pak|bapak|bu|ibu|mas|mbak|cak|ning|gus|h\.|hj\.)"

Mask = Callable[[str], str]


def masker(reporter: Reporter | None) -> Mask:
    """The function that masks a text of this reporter."""
    rules = (*_reporter_rules(reporter), *_RULES)
    return lambda text: reduce(lambda masked, rule: rule[0].sub(rule[1], masked), rules, text)


def _reporter_rules(reporter: Reporter | None) -> list[tuple[re.Pattern[str], str]]:
    """What this reporter gave about himself, however he spaces it."""
    if reporter is None:
        return []
    rules = [
        (_spaced(digits), label)
        for value, label in ((reporter.nik, "[nomor identitas]"), (reporter.phone, "[telepon]"))
        if len(digits := re.sub(r"\D", "", value or "")) >= 6
    ]
    if reporter.email:
        rules.append((re.compile(re.escape(reporter.email), re.IGNORECASE), "[email]"))
    return rules + _name_rules(reporter.name or "")


def _spaced(digits: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\d){_GAP.join(digits)}(?!\d)")


def _name_rules(name: str) -> list[tuple[re.Pattern[str], str]]:
    """The whole name in any case and spacing; a part of it where it is written as a name or introduced as one.

    A part alone in lower case is left: Bagus, Indah and Jaya are words, too.
    """
    parts = [part for part in re.findall(r"[^\W\d_]+", name) if len(part) > 1]
    if not parts:
        return []
    whole = r"[\s.\-_]*".join(r"[\s.\-_]?".join(map(re.escape, part)) for part in parts)
    rules = [(re.compile(rf"(?<!\w){whole}(?!\w)", re.IGNORECASE), _NAME)] if len("".join(parts)) > 3 else []
    for part in (part for part in parts if len(part) > 2):
        rules.append((re.compile(rf"(?<!\w)({_INTRODUCED}\s+)(?i:{re.escape(part)})(?!\w)"), rf"\1{_NAME}"))
        rules.append((re.compile(rf"(?<![\w.]){re.escape(part.capitalize())}(?!\w)"), _NAME))
    return rules

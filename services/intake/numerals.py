"""Numbers of people in a text: identity and family-card numbers, telephones, however they are broken up. Pure.

A stretch of digits is cut into its groups; from each group on, the longest run of groups that makes a number of a
person is one. Money, dates and hours are passed over first.
"""

import re
from typing import Final

IDENTITY: Final = "[nomor identitas]"
PHONE: Final = "[telepon]"

# What may stand between two digits of one number: people break numbers up as they please.
BETWEEN: Final = r"[ \n.\-_/()\u00a0\u2010-\u2013]{0,3}"
_STRETCH: Final = re.compile(rf"(?<!\d)[+(]{{0,2}}\d(?:{BETWEEN}\d){{6,}}", re.ASCII)
# The same without what may stand before it: a pattern that begins with a digit is looked for at digits only.
_SEVEN_DIGITS: Final = re.compile(rf"\d(?:{BETWEEN}\d){{6}}", re.ASCII)
_GROUP: Final = re.compile(r"\d+", re.ASCII)
_MONEY_BEFORE: Final = re.compile(r"(?:rp|idr|usd|\$)[\s.]{0,2}\Z", re.IGNORECASE)
_MONEY: Final = re.compile(r"\d{1,3}(?:\.\d{3})+\Z")
_DATE: Final = re.compile(
    r"(?:(?:0?[1-9]|[12]\d|3[01])([-/. ])(?:0?[1-9]|1[0-2])\1(?:19|20)\d\d"
    r"|(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?!\d)"
)
# A plot of land by its tax number (NOP): 35.75.020.004.009-0217.0
_PLOT: Final = re.compile(r"\d{2}\.\d{2}\.\d{3}\.\d{3}\.\d{3}[.-]\d{4}\.\d(?!\d)")
_HOURS: Final = re.compile(r"(?:[01]?\d|2[0-4])([.])[0-5]\d(?:\s?[-\u2013/]\s?(?:[01]?\d|2[0-4])\1[0-5]\d)?(?![\d.])")
# Mobile: 08.. or 62 8.., nine to fourteen digits in all (one too many is the same, mistyped).
_MOBILE: Final = re.compile(r"(?:62|0062|0|620)8[1-9]\d{6,11}")
_BARE_MOBILE: Final = re.compile(r"8[1-9]\d{7,10}")
# Landline with its area code, such as 0343-4xxxxx, or 62 343.
_LANDLINE: Final = re.compile(r"(?:0|62)(?:2[1-9]|[3-79]\d{1,2})\d{5,8}")
_FOREIGN: Final = re.compile(r"[1-9]\d{8,14}")
_CALLED: Final = re.compile(
    r"(?:\b(?:wa|hp|no|nomor|nomer|nmr|telp|tlp|tlpn|telpon|telepon|telfon|call|hub|hubungi|kontak|ponsel|sms|phone|whatsapp)"
    r"\b[\s.:=]{0,3}(?:saya|kami|ku)?[\s.:=]{0,2}|wa\.me/)\Z",
    re.IGNORECASE,
)
_BEFORE: Final = 24


def hide_numbers(text: str) -> str:
    """The text with its people's numbers replaced by what they were."""
    return _STRETCH.sub(_hidden, text) if _SEVEN_DIGITS.search(text) else text


def _hidden(found: re.Match[str]) -> str:
    stretch, whole = found[0], found.string
    before = whole[max(0, found.start() - _BEFORE) : found.start()]
    if _MONEY_BEFORE.search(before) and _MONEY.match(stretch):
        return stretch
    groups = [(group.start(), group.end()) for group in _GROUP.finditer(stretch)]
    kept: list[str] = []
    at, written = 0, 0
    while at < len(groups):
        start = groups[at][0]
        passed = _DATE.match(stretch, start) or _HOURS.match(stretch, start) or _PLOT.match(stretch, start)
        if passed is not None:
            while at < len(groups) and groups[at][0] < passed.end():
                at += 1
            continue
        last, label = _number(stretch, groups, at, before)
        if label:
            # A plus or a bracket right before belongs to the number.
            while start > written and stretch[start - 1] in "+(":
                start -= 1
            kept += [stretch[written:start], label]
            written = groups[last][1]
        at = last + 1
    return "".join([*kept, stretch[written:]])


def _number(stretch: str, groups: list[tuple[int, int]], first: int, before: str) -> tuple[int, str]:
    """The last group of the number that begins with the group `first`, and what it is ("": no number)."""
    digits, found = "", (first, "")
    start = groups[first][0]
    plus = start > 0 and stretch[start - 1] == "+"
    called = first == 0 and stretch[0] == "8" and _CALLED.search(before) is not None
    for last in range(first, len(groups)):
        digits += stretch[groups[last][0] : groups[last][1]]
        if len(digits) > 17:
            break
        if len(digits) >= 15:
            found = (last, IDENTITY)
        elif (
            _MOBILE.fullmatch(digits)
            or _LANDLINE.fullmatch(digits)
            or (plus and _FOREIGN.fullmatch(digits))
            or (called and _BARE_MOBILE.fullmatch(digits))
        ):
            found = (last, PHONE)
    return found

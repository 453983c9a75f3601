"""Numbers of people and e-mail addresses, taken out of what anybody writes. Pure.

Identity and family-card numbers, telephones, however they are broken up and in whatever script their digits are. A
stretch of digits is cut into its groups; from each group on, the longest run of groups that makes a number of a person
is one. Money, dates and hours are passed over first.
"""

import re
import unicodedata
from typing import Final

IDENTITY: Final = "[nomor identitas]"
PHONE: Final = "[telepon]"
EMAIL: Final = "[email]"

# The sign itself, or as it is written by those who hide from robots. A local part is taken whole (possessively), so
# that no text is tried again from each of its letters.
_AT: Final = r"(?:@|[\(\[{]\s?(?:at|et)\s?[\)\]}])"
_DOT: Final = r"(?:\s?\.\s?|\s?[\(\[{](?:dot|titik)[\)\]}]\s?)"
_EMAIL: Final = re.compile(
    rf"(?<![\w.+-])[\w.+-]++\s?{_AT}\s?[\w-]{{1,63}}(?:{_DOT}[\w-]{{2,63}}){{1,4}}", re.IGNORECASE
)
_SPOKEN_EMAIL: Final = re.compile(
    r"(?<![\w.+-])[\w.+-]++\s(?:at|et)\s[\w-]{1,63}\s(?:dot|titik)\s\w{2,10}", re.IGNORECASE
)
# What a text with an address holds; most hold none.
_SIGN: Final = re.compile(r"[@(\[{](?:(?<=@)|\s?[AEae][Tt])")
_SPOKEN_SIGNS: Final = (" dot ", " titik ")

# Signs as wide as a Chinese one, which some keyboards and copied texts have, and their ASCII fellows.
FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_FOREIGN_DIGIT: Final = re.compile(r"\d(?<![0-9])")

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


def hide_identity(text: str) -> str:
    """The text without numbers of people and e-mail addresses. Names stay: who writes them, and whose, is not known."""
    plain = as_ascii(text)
    hidden = hide_numbers(hide_emails(plain))
    return text if hidden == plain else hidden


def as_ascii(text: str) -> str:
    """The text with its digits, and its signs of full width, in ASCII: sign by sign, as long as before."""
    if text.isascii():
        return text
    return _FOREIGN_DIGIT.sub(_ascii_digit, text.translate(FULL_WIDTH))


def _ascii_digit(found: re.Match[str]) -> str:
    return str(unicodedata.decimal(found[0]))


def hide_emails(text: str, *, signs: bool = True) -> str:
    """The text without e-mail addresses; `signs` is whether an at sign or a bracket may stand in it."""
    if signs and _SIGN.search(text):
        text = _EMAIL.sub(EMAIL, text)
    small = text.lower()
    if _SPOKEN_SIGNS[0] in small or _SPOKEN_SIGNS[1] in small:
        text = _SPOKEN_EMAIL.sub(EMAIL, text)
    return text


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

"""Text as it may be kept and shown: signs as they were meant, Unicode NFC, without what is not seen. Pure.

Taken out are control characters (PostgreSQL takes no NUL), marks that turn the direction of writing (Unicode technical
report 36, section 3: a text could show otherwise than it reads), and what has no width, except where it joins or shapes
the signs of an emoji or of a script that needs it.
"""

import re
import unicodedata
from typing import Final

# All controls but tab and line feed; a carriage return goes, as lines end with a line feed.
_CONTROLS: Final = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_DIRECTIONS: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_NO_WIDTH: Final = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u2060-\u2065\u206a-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffb"
)
# Tags and variation selectors beyond the first sixteen hide whole sentences; flags of regions are not worth it.
_TAGS: Final = "\U000e0000-\U000e0fff"
_HIDDEN: Final = re.compile(f"[{_CONTROLS}{_DIRECTIONS}{_NO_WIDTH}{_TAGS}\ud800-\udfff]")
_ASCII_HIDDEN: Final = re.compile(f"[{_CONTROLS}]")
_PASSES: Final = 4
# A joiner or a variation selector with a sign on its left that it can belong to: an emoji, or a letter beyond Latin.
_JOINED: Final = re.compile(
    "(?<![\u00a9\u00ae\u0300-\u036f\u0600-\u1fff\u200d\u203c-\u3299\ufe0f\U0001f000-\U0001faff#*0-9])[\u200c\u200d\ufe00-\ufe0f]+"
)
# UTF-8 read as Windows-1252: every byte shows as a sign of its own. A lead byte and as many as may follow it.
_SIGNS = {sign: byte for byte in range(0x80, 0xA0) if (sign := bytes([byte]).decode("cp1252", "ignore"))}
_FOLLOWING = f"[\x80-\xbf{''.join(_SIGNS)}]"
_MISREAD = re.compile(f"[\xc2-\xdf]{_FOLLOWING}|[\xe0-\xef]{_FOLLOWING}{{1,2}}|[\xf0-\xf4]{_FOLLOWING}{{1,3}}")


def readable(text: str) -> str:
    """The text as it was meant and without what nobody sees; what was cleaned before stays as it is."""
    if text.isascii():
        return text if text.isprintable() else _ASCII_HIDDEN.sub("", text)
    # What was taken out may have stood between two halves of a sign: looked at again, but not for ever.
    for _ in range(_PASSES):
        before = text
        text = unicodedata.normalize("NFC", _JOINED.sub("", _HIDDEN.sub("", decoded(text))))
        if text == before:
            break
    return text


def decoded(text: str) -> str:
    """Text with the signs that were encoded twice as they were meant."""
    return text if text.isascii() else _MISREAD.sub(_decode, text)


def _decode(misread: re.Match[str]) -> str:
    sign = misread[0]
    raw = bytes(_SIGNS.get(letter, ord(letter)) for letter in sign)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        # The rest of the sign was cut off, or these are letters that only look like one: é followed by a quote.
        return " " if raw[0] >= 0xF0 else sign

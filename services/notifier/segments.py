"""How many parts an SMS takes: 3GPP TS 23.038 (GSM 7-bit default alphabet and extension) and TS 23.040. Pure."""

from typing import Final

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("\f^{}\\[~]|€")  # each takes two septets: the escape and itself


def encoding(text: str) -> str:
    """`gsm-7` where every sign is in that alphabet, else `ucs-2`."""
    return "gsm-7" if all(sign in _BASIC or sign in _EXTENDED for sign in text) else "ucs-2"


def segments(text: str) -> int:
    """The parts an SMS with `text` is sent in; 0 for an empty one.

    One part has 160 septets or 70 UTF-16 units; of several, each has 153 or 67, and a sign of two units is not torn.
    """
    if encoding(text) == "gsm-7":
        return _parts([2 if sign in _EXTENDED else 1 for sign in text], 160, 153)
    return _parts([2 if ord(sign) > 0xFFFF else 1 for sign in text], 70, 67)


def _parts(widths: list[int], alone: int, each: int) -> int:
    if sum(widths) <= alone:
        return min(1, len(widths))
    parts, room = 1, each
    for width in widths:
        if width > room:
            parts, room = parts + 1, each
        room -= width
    return parts

"""The outline of a text: which kind of sign stands where. Looked at once, it clears nearly every text. Pure."""

from typing import Final

DIGIT: Final = b"0"
AT: Final = b"@"
BRACKET: Final = b"("
# Two letters, each with a gap before it, as in s.i.t.i
LONE_LETTERS: Final = b" a a"

# What stands between letters that are spelled one by one.
_GAPS: Final = ".-_*"
_EVERYTHING: Final = AT + BRACKET + LONE_LETTERS + DIGIT * 20


def outline(text: str) -> bytes:
    """The text with `0` for digits, `a` for letters, a blank for gaps and `(` for brackets that open.

    Of a text beyond ASCII one that holds everything: it has to be looked at sign by sign.
    """
    return text.encode().translate(_KINDS) if text.isascii() else _EVERYTHING


def _kind(sign: str) -> bytes:
    if sign.isdigit():
        return DIGIT
    if sign.isalpha():
        return b"a"
    if sign.isspace() or sign in _GAPS:
        return b" "
    return BRACKET if sign in "([{" else AT if sign == "@" else b"!"


_KINDS: Final = b"".join([_kind(chr(code)) for code in range(128)]).ljust(256, b"!")

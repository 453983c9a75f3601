"""Texts without what nobody sees."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.readable import decoded, readable

TEXTS = [
    ("mati lampu", "mati lampu"),
    ("baris satu\nbaris dua\tkolom", "baris satu\nbaris dua\tkolom"),
    ("a\r\nb", "a\nb"),
    ("a\x00b\x1b[31mc\x7f\x85", "ab[31mc"),
    ("la\u202empu\u2066 \u2069mati\u200f", "lampu mati"),
    ("ma\u200bti\ufeff la\u2060mpu\u00ad", "mati lampu"),
    ("e\u0301", "\u00e9"),
    ("\ud83d potong", " potong"),
    ("sembunyi\U000e0041\U000e0042", "sembunyi"),
    ("terima kasih ðŸ™\x8f â€œyaâ€\x9d", "terima kasih 🙏 “ya”"),
    ("kosong\u2800\u3164", "kosong"),
    ("a\u200db", "ab"),
    ("x\ufe0f", "x"),
    # What joins or shapes the signs of an emoji or of a script is part of them.
    ("👨\u200d👩\u200d👧 🙏🏽", "👨\u200d👩\u200d👧 🙏🏽"),
    ("❤\ufe0f 1\ufe0f\u20e3", "❤\ufe0f 1\ufe0f\u20e3"),
    ("می\u200cخواهم", "می\u200cخواهم"),
]


@pytest.mark.parametrize(("text", "seen"), TEXTS)
def test_what_cannot_be_seen_is_taken_out(text: str, seen: str) -> None:
    assert readable(text) == seen


@given(st.text())
def test_a_readable_text_is_nfc_can_be_stored_and_stays_as_it_is(text: str) -> None:
    once = readable(text)
    assert unicodedata.is_normalized("NFC", once)
    assert "\0" not in once
    assert once.encode().decode() == once
    assert readable(once) == once


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"], exclude_characters="\u3164\u115f\u1160\uffa0\u2800")))
def test_letters_numbers_and_punctuation_stay(text: str) -> None:
    """But for letters that together are another sign, encoded twice."""
    assume(decoded(text) == text)
    assert readable(text) == unicodedata.normalize("NFC", text)

"""Parts of a text message, at the borders that 3GPP TS 23.038 and TS 23.040 set."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.segments import encoding, segments


@pytest.mark.parametrize(
    ("text", "kind", "parts"),
    [
        ("", "gsm-7", 0),
        ("a" * 160, "gsm-7", 1),
        ("a" * 161, "gsm-7", 2),
        ("a" * 306, "gsm-7", 2),
        ("a" * 307, "gsm-7", 3),
        ("è" * 160, "gsm-7", 1),  # of the default alphabet, though no ASCII
        ("€" * 80, "gsm-7", 1),  # of the extension: two septets each
        ("€" * 81, "gsm-7", 2),
        ("a" * 152 + "€" + "a" * 152, "gsm-7", 3),  # the pair is not torn: 152, then 1 + 151 ... and what is over
        ("â" * 70, "ucs-2", 1),  # Madurese, with its signs
        ("â" * 71, "ucs-2", 2),
        ("â" * 134, "ucs-2", 2),
        ("â" * 135, "ucs-2", 3),
        ("😀" * 35, "ucs-2", 1),
        ("😀" * 36, "ucs-2", 2),
        ("a" * 66 + "😀" + "a" * 66, "ucs-2", 3),
        ("`" * 70, "ucs-2", 1),  # the grave accent is in no GSM table
    ],
)
def test_parts_at_the_borders(text: str, kind: str, parts: int) -> None:
    assert (encoding(text), segments(text)) == (kind, parts)


@given(st.text(max_size=400), st.text(max_size=40))
def test_more_text_never_takes_fewer_parts(text: str, more: str) -> None:
    assert segments(text) <= segments(text + more)

"""Lines of a plain mail: broken as Jinja breaks them, whichever way that is done."""

from hypothesis import given
from hypothesis import strategies as st
from jinja2.filters import do_wordwrap

from services.notifier.texts import environment, wrap

MADE = environment()
ODD = st.sampled_from(("kode-OTP", "", "--"))
WORDS = st.one_of(st.text(max_size=9), st.text("aé.—", min_size=1, max_size=90), ODD)


@given(st.lists(WORDS, max_size=40), st.integers(10, 80))
def test_plain_lines_are_broken_where_jinja_breaks_them(words: list[str], width: int) -> None:
    text = " ".join(words)
    assert wrap(MADE, text, width, break_long_words=False) == do_wordwrap(MADE, text, width, break_long_words=False)

"""A dead letter keeps the message as it came, and gives it back so."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from shared.dead_letters import REPLAY_OF, as_it_came, dead_letter, letter_in, letter_of, replay_of
from shared.envelope import Headers


@dataclass
class Message:
    key: bytes | None
    value: bytes | None
    headers: Headers = field(default_factory=list)
    topic: str = "reports.submitted"
    partition: int = 3
    offset: int = 42
    timestamp: int = 1_790_000_000_123


headers = st.lists(st.tuples(st.text(max_size=20), st.binary(max_size=20)), max_size=4)


@given(st.none() | st.binary(max_size=40), st.none() | st.binary(max_size=80), headers)
def test_what_comes_back_is_what_came_with_one_mark(
    key: bytes | None, value: bytes | None, given_headers: list[tuple[str, bytes]]
) -> None:
    letter = letter_in(kept := dead_letter("intake", Message(key, value, given_headers), "unknown-type"))
    assert letter is not None
    again = as_it_came(letter, kept.key, kept.value, kept.headers)
    assert (again.topic, again.key, again.value) == ("reports.submitted", key or b"", value)
    assert [pair for pair in again.headers if pair[0] != REPLAY_OF] == [
        pair for pair in given_headers if not pair[0].startswith("dead-letter-") and pair[0] != REPLAY_OF
    ]
    assert replay_of(Message(again.key, again.value, again.headers)) == letter.letter_id


def test_the_headers_of_a_stranger_do_not_stand_for_ours() -> None:
    forged = [("dead-letter-reason", b"all is well"), ("dead-letter-topic", b"elsewhere")]
    letter = letter_in(dead_letter("router", Message(b"k", b"{}", forged), "malformed"))
    assert letter is not None
    assert (letter.reason, letter.topic) == ("malformed", "reports.submitted")


def test_a_refused_command_says_so() -> None:
    assert [letter.refused for refused in (True, False)
            if (letter := letter_in(dead_letter("router", Message(b"k", b"{}"), "not-allowed", refused=refused)))
            ] == [True, False]  # fmt: skip


def test_a_message_without_our_headers_is_no_letter() -> None:
    assert letter_of("intake.dead-letters", [("dead-letter-id", b"x")], b"") is None
    assert letter_of("reports.status", dead_letter("intake", Message(b"k", b""), "empty").headers, b"") is None


def test_the_same_message_is_kept_under_the_same_id() -> None:
    one, two = (letter_in(dead_letter("intake", Message(b"k", b"v"), reason)) for reason in ("a", "b"))
    assert one is not None
    assert two is not None
    assert one.letter_id == two.letter_id

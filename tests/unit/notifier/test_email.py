"""The mail as a relay gets it."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.email import compose
from services.notifier.messages import Words
from tests.unit.notifier.letters import letter, message, messages, news

FROM = "laporan@kota.example.org"


def mail(words: Words | None = None, **changes: object) -> EmailMessage:
    made = compose(message(**changes), words or messages().write(letter()), FROM, "warga@example.org")
    return message_from_bytes(made, policy=policy.default)


def test_the_mails_of_a_report_are_one_thread_and_each_has_its_own_id() -> None:
    first, second, other = (
        mail(notification_id=UUID(int=number), news=news(report_id=UUID(int=report)))
        for number, report in ((7, 1), (8, 1), (9, 2))
    )
    assert first["References"] == first["In-Reply-To"] == second["In-Reply-To"] != other["In-Reply-To"]
    assert len({one["Message-ID"] for one in (first, second, other)}) == 3


def test_a_mail_that_is_made_again_has_the_same_bytes() -> None:
    words = messages().write(letter())
    one, other = (compose(message(), words, FROM, "warga@example.org") for _ in range(2))
    assert one == other


def test_it_holds_the_same_words_plain_and_in_html() -> None:
    found = mail()
    assert found.get_content_type() == "multipart/alternative"
    plain, html = found.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    for part in (plain, html):
        assert "Senin, 23 November 2026" in part.get_content()


@given(st.text(min_size=1, max_size=300))
def test_any_subject_arrives_as_it_was(subject: str) -> None:
    plain = " ".join(subject.encode(errors="ignore").decode().split())
    found = mail(Words(plain, "Text\n"))
    assert found["Subject"] == plain or not plain.isprintable()
    assert found["Message-ID"] == "<00000000-0000-0000-0000-000000000007@kota.example.org>"
    assert found.get_content() == "Text\n"


def test_it_asks_for_no_answers_of_machines() -> None:
    assert mail()["Auto-Submitted"] == "auto-generated"
    assert mail()["List-Unsubscribe"] is None
    assert mail()["Content-Language"] == "id"


def test_it_can_say_where_to_stop_it() -> None:
    made = compose(message(), messages().write(letter()), FROM, "a@example.org", "mailto:stop@example.org?subject=X")
    assert message_from_bytes(made)["List-Unsubscribe"] == "<mailto:stop@example.org?subject=X>"


@pytest.mark.parametrize(
    "address",
    ["a@example.org\nBcc: b@example.org", "a@example.org\r\n\r\nText", "a@b@c d", "<a@b>", "é@example.org", ""],
)
def test_an_address_cannot_bring_a_header_of_its_own(address: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        compose(message(), Words("S", "T"), FROM, address)


def test_no_line_is_longer_than_a_relay_takes() -> None:
    raw = compose(message(), messages().write(letter("answered", note="x" * 9_999)), FROM, "a@example.org")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998

"""Mails that came back, as three mail servers write it; all addresses are invented."""

import hashlib
import hmac
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.receipts.format import Posted, Receipt
from services.notifier.receipts.mail import MailReceipts

KEY = "a-secret-of-16-signs"
READER = MailReceipts(KEY, "laporan@kota.example.org")
BOUNCES = Path(__file__).parent / "bounces"
ID = UUID(int=7)
OURS = f"<{ID}@kota.example.org>"


def posted(body: bytes, key: str = KEY) -> Posted:
    signed = "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    return Posted("/receipts/mail", {}, {"x-tanggap-signature-256": signed}, body)


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        ("postfix-unknown-user", "permanent-failure", "dsn-5-1-1"),
        ("exim-mailbox-gone", "permanent-failure", "dsn-5-0-0"),
        ("exchange-over-quota-for-days", "temporary-failure", "dsn-4-4-7"),
    ],
)
def test_a_bounce_says_what_became_of_our_mail(name: str, status: str, reason: str) -> None:
    (receipt,) = READER.read(posted((BOUNCES / f"{name}.eml").read_bytes()))
    assert receipt == Receipt("smtp", OURS, ID, status, reason)


@pytest.mark.parametrize("name", ["out-of-office", "postfix-delayed"])
def test_an_answer_and_a_delay_are_no_end(name: str) -> None:
    assert READER.read(posted((BOUNCES / f"{name}.eml").read_bytes())) == ()


def test_a_bounce_of_somebody_elses_mail_is_none_of_ours() -> None:
    foreign = (BOUNCES / "postfix-unknown-user.eml").read_bytes().replace(b"kota.example.org>", b"other.example.org>")
    assert READER.read(posted(foreign)) == ()


def test_only_who_knows_the_secret_is_believed() -> None:
    assert READER.is_signed(posted(b"mail"))
    assert not READER.is_signed(posted(b"mail", "another-secret-of-16"))
    assert not READER.is_signed(Posted("", {}, {}, b"mail"))


@given(st.binary(max_size=300))
def test_whatever_is_handed_over_nothing_breaks(raw: bytes) -> None:
    dsn = b'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n'
    assert READER.read(posted(raw)) == ()
    assert READER.read(posted(dsn + raw)) == ()

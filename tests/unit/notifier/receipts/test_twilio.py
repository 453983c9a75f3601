"""Twilio's status callbacks."""

from dataclasses import replace
from urllib.parse import urlencode
from uuid import UUID

import pytest

from services.notifier.gateways.format import read_account
from services.notifier.receipts.format import Posted, Receipt, Unreadable
from services.notifier.receipts.twilio import TwilioReceipts, signature

URL = "https://lapor.example.org"
TARGET = f"/receipts/first?n={UUID(int=7)}"
KEY = "12345"
READER = TwilioReceipts(read_account("twilio+https://AC1:12345@api.example.org?name=first"), URL)


def posted(target: str = TARGET, key: str = KEY, **fields: str) -> Posted:
    form = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": "+6281200001234", **fields}
    signed = signature(key, URL + target, list(form.items()))
    query = {"n": target.partition("n=")[2]}
    return Posted(target, query, {"x-twilio-signature": signed}, urlencode(form).encode())


def test_the_signature_is_that_of_twilios_own_example() -> None:
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert signature("12345", url, list(fields.items())) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_only_who_knows_the_token_is_believed() -> None:
    assert READER.is_signed(posted())
    assert READER.is_signed(posted(ErrorMessage=""))
    assert not READER.is_signed(posted(key="12346"))
    right = posted()
    for wrong in (
        Posted("/receipts/other", right.query, right.headers, right.body),
        Posted(right.target, right.query, {}, right.body),
        Posted(right.target, right.query, {"x-twilio-signature": "é"}, right.body),
        Posted(right.target, right.query, right.headers, right.body + b"&ErrorCode=1"),
        Posted(right.target, right.query, right.headers, b"\xff"),
    ):
        assert not READER.is_signed(wrong)


def test_without_a_public_address_the_one_that_was_called_is_signed() -> None:
    called, right = TwilioReceipts(read_account("twilio+https://AC1:12345@api.example.org"), None), posted()
    assert called.is_signed(replace(right, origin=URL))
    assert not called.is_signed(replace(right, origin="https://other.example.org"))


@pytest.mark.parametrize(
    ("said", "code", "status", "reason"),
    [
        ("sent", "", "sent", None),
        ("delivered", "", "delivered", None),
        ("read", "", "delivered", None),
        ("undelivered", "30003", "temporary-failure", "twilio-30003"),
        ("undelivered", "30005", "permanent-failure", "unreachable"),
        ("undelivered", "30007", "technical-failure", "filtered"),
        ("failed", "21610", "permanent-failure", "stopped"),
        ("failed", "21211", "permanent-failure", "bad-address"),
        ("failed", "39999", "temporary-failure", "twilio-39999"),
        ("failed", "<b>", "temporary-failure", "undelivered"),
        ("failed", "9" * 5000, "temporary-failure", "undelivered"),
    ],
)
def test_each_status_has_its_meaning(said: str, code: str, status: str, reason: str | None) -> None:
    (receipt,) = READER.read(posted(MessageStatus=said, ErrorCode=code))
    assert receipt == Receipt("first", "SM1", UUID(int=7), status, reason)


@pytest.mark.parametrize("said", ["queued", "sending", "accepted"])
def test_what_is_on_its_way_is_no_news(said: str) -> None:
    assert READER.read(posted(MessageStatus=said)) == ()


@pytest.mark.parametrize(
    "fields", [{"MessageStatus": "flown"}, {"MessageSid": ""}, {"MessageSid": "S" * 300}, {"MessageSid": "SM\0"}]
)
def test_rubbish_is_unreadable(fields: dict[str, str]) -> None:
    with pytest.raises(Unreadable):
        READER.read(posted(**fields))


def test_a_callback_without_our_id_is_known_by_the_providers() -> None:
    (receipt,) = READER.read(posted(target="/receipts/first?n=x"))
    assert receipt.notification_id is None

"""Meta's webhook of the WhatsApp Cloud API."""

import hashlib
import hmac
import json
from typing import Any
from uuid import UUID

import pytest

from services.notifier.gateways.format import read_account
from services.notifier.receipts.format import Posted, Receipt, Unreadable
from services.notifier.receipts.whatsapp_cloud import WhatsAppReceipts

KEY = "app-secret"
READER = WhatsAppReceipts(
    read_account("whatsapp-cloud+https://1:token@graph.example.org/v21.0?secret=app-secret&verify=agreed")
)
ID = str(UUID(int=7))


def webhook(*statuses: object, **others: Any) -> bytes:
    value = {"messaging_product": "whatsapp", "statuses": list(statuses), **others}
    whole = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "0", "changes": [{"field": "messages", "value": value}]}],
    }
    return json.dumps(whole).encode()


def posted(body: bytes, key: str = KEY) -> Posted:
    signed = "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    return Posted("/receipts/whatsapp-cloud", {}, {"x-hub-signature-256": signed}, body)


def status(said: str, **changes: Any) -> dict[str, Any]:
    whole = {"id": "wamid.1", "status": said, "timestamp": "1764000000", "recipient_id": "6281200001234"}
    return {**whole, "biz_opaque_callback_data": ID, **changes}


def test_only_who_knows_the_apps_secret_is_believed() -> None:
    body = webhook(status("sent"))
    assert READER.is_signed(posted(body))
    assert not READER.is_signed(posted(body, "other"))
    assert not READER.is_signed(Posted("", {}, {}, body))
    assert not READER.is_signed(Posted("", {}, posted(body).headers, body + b" "))


@pytest.mark.parametrize(
    ("said", "errors", "becomes", "reason"),
    [
        ("sent", [], "sent", None),
        ("delivered", [], "delivered", None),
        ("read", [], "delivered", None),
        ("failed", [{"code": 131026}], "permanent-failure", "unreachable"),
        ("failed", [{"code": 131047}], "technical-failure", "needs-template"),
        ("failed", [{"code": 131049}], "temporary-failure", "whatsapp-131049"),
        ("failed", [{"code": 7}], "temporary-failure", "whatsapp-7"),
        ("failed", "rubbish", "temporary-failure", "undelivered"),
    ],
)
def test_each_status_has_its_meaning(said: str, errors: object, becomes: str, reason: str | None) -> None:
    (receipt,) = READER.read(posted(webhook(status(said, errors=errors))))
    assert receipt == Receipt("whatsapp-cloud", "wamid.1", UUID(int=7), becomes, reason)


def test_several_statuses_come_at_once_and_what_people_write_is_none() -> None:
    found = READER.read(posted(webhook(status("sent"), status("read"), messages=[{"text": {"body": "Halo"}}])))
    assert [one.status for one in found] == ["sent", "delivered"]


@pytest.mark.parametrize(
    "statuses",
    [
        ["x"],
        [{}],
        [status("flown")],
        [status("sent", id=5)],
        [status("sent", id="w" * 300)],
        [status("sent", id="w\0")],
    ],
)
def test_what_is_no_status_is_left_out(statuses: list[Any]) -> None:
    assert READER.read(posted(webhook(*statuses))) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"object":"page","entry":[]}'])
def test_what_is_not_of_whatsapp_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        READER.read(posted(body))


def test_the_address_is_confirmed_to_who_knows_the_word() -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": "agreed", "hub.challenge": "1158201444"}
    assert READER.challenge(asked) == "1158201444"
    assert READER.challenge({**asked, "hub.verify_token": "guessed"}) is None
    assert READER.challenge({**asked, "hub.mode": "unsubscribe"}) is None
    assert WhatsAppReceipts(read_account("whatsapp-cloud+https://1:t@x?secret=s")).challenge(asked) is None

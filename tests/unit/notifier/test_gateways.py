"""The formats of two providers: what is asked of them, and what their answers mean."""

from collections.abc import Callable
from typing import Any

import pytest

from services.notifier.gateways.format import Account, Format, Held, Outgoing, read_account, read_answer
from services.notifier.gateways.sending import read_gateways
from services.notifier.gateways.twilio import Twilio
from services.notifier.gateways.whatsapp_cloud import WhatsAppCloud
from services.notifier.providers import read_accounts, read_webhook_secrets
from shared.settings import NotifierSettings, load

SMS = Outgoing("sms", "+6281200001234", "Laporan 0000 diteruskan.\nTerima kasih.", "n-1", "jv")
TWILIO = read_account("twilio+https://AC1:secret@api.example.org?from=%2B622150000000&name=first")
CLOUD = read_account("whatsapp-cloud+https://123:token@graph.example.org/v21.0")


def test_an_account_is_read_from_one_line() -> None:
    assert read_account("twilio+http://u%40x:p%3Aw@127.0.0.1:8080/base/?from=1&key=1") == Account(
        "twilio", "http://127.0.0.1:8080/base", "u@x", "p:w", {"from": "1", "key": "1"}
    )
    assert (TWILIO.name, CLOUD.name) == ("first", "whatsapp-cloud")


@pytest.mark.parametrize("text", ["https://u:p@host", "twilio+ftp://u:p@host", "twilio+https://host", "twilio", ""])
def test_what_is_no_account_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must read"):
        read_account(text)


def test_twilio_is_sent_a_form() -> None:
    request = Twilio().send(TWILIO, SMS)
    assert (request.method, request.url) == (
        "POST",
        "https://api.example.org/2010-04-01/Accounts/AC1/Messages.json",
    )
    assert (request.user, request.password) == ("AC1", "secret")
    assert request.form == {"To": "+6281200001234", "From": "+622150000000", "Body": SMS.text}


def test_twilio_knows_a_message_by_its_words_and_forgets_those_that_failed() -> None:
    answer = {"messages": [{"body": SMS.text, "status": "failed", "sid": "SM1"}, {"body": "other", "sid": "SM2"}]}
    assert Twilio().asked(SMS, answer) is None
    answer["messages"].append({"body": SMS.text, "status": "queued", "sid": "SM3"})
    found = Twilio().asked(SMS, answer)
    assert found is not None
    assert (found.status, found.provider_message_id) == ("sent", "SM3")
    assert Twilio().asked(SMS, {"messages": "rubbish"}) is None


def test_whatsapp_is_sent_a_text_or_the_approved_template() -> None:
    request = WhatsAppCloud().send(CLOUD, SMS)
    assert request.url == "https://graph.example.org/v21.0/123/messages"
    assert (request.user, request.password) == (None, "token")
    assert request.body is not None
    assert request.body["to"] == "6281200001234"
    assert request.body["biz_opaque_callback_data"] == "n-1"
    assert request.body["text"]["body"] == SMS.text
    account = read_account("whatsapp-cloud+https://123:token@graph.example.org/v21.0?template=kabar")
    body = WhatsAppCloud().send(account, SMS).body
    assert body is not None
    assert body["template"]["language"] == {"code": "id"}
    assert body["template"]["components"][0]["parameters"][0]["text"] == "Laporan 0000 diteruskan. Terima kasih."


TWILIO_ANSWERS = [
    (201, {"sid": "SM9"}, "sent", None),
    (201, {}, "unknown", "rubbish"),
    (400, {"code": 21211}, "permanent-failure", "bad-address"),
    (400, {"code": 21610}, "permanent-failure", "stopped"),
    (400, {"code": 21408}, "permanent-failure", "unreachable"),
    (400, {"code": 99999}, "technical-failure", "http-400"),
    (404, {}, "technical-failure", "http-404"),
    (500, {}, "unknown", "http-500"),
    (504, {}, "unknown", "http-504"),
    (401, {"code": 20003}, "held", "not-allowed"),
    (429, {"code": 20429}, "held", "provider-busy"),
    (503, {}, "held", "provider-busy"),
]
CLOUD_ANSWERS = [
    (200, {"messages": [{"id": "wamid.1"}]}, "sent", None),
    (200, {"messages": []}, "unknown", "rubbish"),
    (200, {"messages": ["x"]}, "unknown", "rubbish"),
    (400, {"error": {"code": 131026}}, "permanent-failure", "unreachable"),
    (400, {"error": {"code": 131050}}, "permanent-failure", "stopped"),
    (400, {"error": {"code": 131047}}, "technical-failure", "needs-template"),
    (400, {"error": {"code": 131056}}, "temporary-failure", "whatsapp-131056"),
    (400, {"error": {"code": 190}}, "held", "whatsapp-190"),
    (400, {"error": {"code": 130429}}, "held", "whatsapp-130429"),
    (500, {"error": "rubbish"}, "unknown", "http-500"),
]


@pytest.mark.parametrize(
    ("spoken", "status", "answer", "becomes", "why"),
    [(Twilio(), *case) for case in TWILIO_ANSWERS] + [(WhatsAppCloud(), *case) for case in CLOUD_ANSWERS],
)
def test_each_answer_has_its_meaning(
    spoken: Format, status: int, answer: dict[str, Any], becomes: str, why: str | None
) -> None:
    if becomes == "held":
        with pytest.raises(Held, match=str(why)):
            spoken.sent(status, answer)
        return
    result = spoken.sent(status, answer)
    assert (result.status, result.reason) == (becomes, why)


@pytest.mark.parametrize("raw", [b"", b"<html>", b"[1]", b"\xff\xfe", b"null"])
def test_an_answer_that_is_no_object_says_nothing(raw: bytes) -> None:
    assert read_answer(raw) == {}


@pytest.mark.parametrize(
    ("setting", "good"),
    [
        ("twilio+https://AC1:secret-word@api.example.org?from=1708", True),
        ("twilio+http://a:b@127.0.0.1:1 whatsapp-cloud+https://1:t@graph.example.org/v21.0?template=kabar", True),
        ("", True),
        ("carrier-pigeon+https://a:secret-word@example.org", False),
        ("twilio+https://secret-word@example.org", False),
        ("https://a:secret-word@example.org", False),
    ],
)
def test_a_setting_is_judged_at_the_start_and_its_secret_is_not_shown(
    setting: str, good: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    set_all(monkeypatch, SMS_GATEWAYS=setting)
    if good:
        gateways = load(NotifierSettings).sms_gateways
        assert gateways is not None
        assert len(read_gateways(gateways.get_secret_value())) == len(setting.split())
        return
    with pytest.raises(SystemExit):
        load(NotifierSettings)
    said = capsys.readouterr().err
    assert "TANGGAP_SMS_GATEWAYS" in said
    assert "secret-word" not in said


@pytest.mark.parametrize(
    ("read", "setting", "value"),
    [
        (
            read_accounts,
            "SMS_GATEWAYS",
            "twilio+https://a:secret-word@one.example.org twilio+https://b:secret-word@two.example.org",
        ),
        (read_accounts, "WHATSAPP_GATEWAYS", "whatsapp-cloud+https://1:secret-word@graph.example.org?weight=none"),
        (read_webhook_secrets, "WEBHOOK_SECRETS", "pupr=secret-word"),
    ],
)
def test_what_only_the_notifier_sees_is_wrong_is_one_line_too(
    read: Callable[[NotifierSettings], object],
    setting: str,
    value: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_all(monkeypatch, **{setting: value})
    settings = load(NotifierSettings)
    with pytest.raises(SystemExit) as ended:
        read(settings)
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert said.startswith(f"settings: TANGGAP_{setting}: ")
    assert "secret-word" not in said
    assert said.count("\n") == 1


def set_all(monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9092",
        "DATABASE_URL": "postgresql://n@127.0.0.1/tanggap",
        "PACK": "deploy/packs/kota-pasuruan",
        "VAULT_KEYS": "k:" + "A" * 43 + "=",
        "SMTP_URL": "smtp://127.0.0.1",
        **more,
    }
    for name, value in environment.items():
        monkeypatch.setenv(f"TANGGAP_{name}", value)

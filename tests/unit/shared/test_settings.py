"""Settings: what is missing or malformed is named, without its value."""

import base64
from pathlib import Path

import pytest

from services.intake.__main__ import Intake
from services.router.__main__ import Router
from shared.service import Service
from shared.settings import IntakeSettings, NotifierSettings, load

KEY = base64.b64encode(bytes(range(32))).decode()
GOOD = {
    "TANGGAP_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9092",
    "TANGGAP_DATABASE_URL": "postgresql://intake:secret-word@127.0.0.1:5432/tanggap",
    "TANGGAP_PACK": "deploy/packs/kota-pasuruan",
    "TANGGAP_VAULT_KEYS": f"new:{KEY},old:{KEY}",
    "TANGGAP_TRACKING_KEY": KEY,
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.mark.usefixtures("environment")
def test_a_complete_environment_is_understood() -> None:
    settings = load(IntakeSettings)
    assert list(settings.vault_keys) == ["new", "old"]
    assert settings.tracking_key.get_secret_value() == bytes(range(32))
    assert settings.http_port == 8001


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_missing_setting_stops_with_one_line_that_names_it(
    name: str, environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.delenv(name)
    with pytest.raises(SystemExit) as stop:
        load(IntakeSettings)
    assert stop.value.code == 2
    said = capsys.readouterr().err
    assert f"{name} is missing" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TANGGAP_DATABASE_URL", "mysql://intake:secret-word@127.0.0.1/tanggap"),
        ("TANGGAP_DATABASE_URL", "secret-word"),
        ("TANGGAP_TRACKING_KEY", "secret-word"),
        ("TANGGAP_TRACKING_KEY", base64.b64encode(b"secret-word").decode()),
        ("TANGGAP_VAULT_KEYS", KEY),
        ("TANGGAP_VAULT_KEYS", ""),
        ("TANGGAP_HTTP_PORT", "70000"),
        ("TANGGAP_LOG_LEVEL", "loud"),
        ("TANGGAP_KAFKA_BOOTSTRAP_SERVERS", ""),
        ("TANGGAP_KAFKA_BOOTSTRAP_SERVERS", "localhost:secret-word"),
        ("TANGGAP_KAFKA_BOOTSTRAP_SERVERS", "a:9092, b:9092"),
    ],
)
def test_a_malformed_setting_is_named_and_its_value_is_not_shown(
    name: str, value: str, environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv(name, value)
    with pytest.raises(SystemExit):
        load(IntakeSettings)
    said = capsys.readouterr().err
    assert name in said
    assert "secret-word" not in said
    assert KEY not in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("servers", ["kafka", "kafka:9092", "a.example.org:9092,b:9093", "[::1]:9092"])
def test_brokers_are_named_as_every_client_names_them(servers: str, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("TANGGAP_KAFKA_BOOTSTRAP_SERVERS", servers)
    assert load(IntakeSettings).kafka_bootstrap_servers == servers


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TANGGAP_MAIL_UNSUBSCRIBE", "https://kota.example.org/{id}"),
        ("TANGGAP_INTAKE_URL", "nonsense"),
        ("TANGGAP_SMTP_URL", "http://relay"),
    ],
)
def test_what_stands_in_mails_is_looked_at_before_the_first_goes_out(
    name: str, value: str, environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("TANGGAP_SMTP_URL", "smtp://127.0.0.1:25")
    environment.setenv(name, value)
    with pytest.raises(SystemExit):
        load(NotifierSettings)
    assert name in capsys.readouterr().err


@pytest.mark.parametrize("service", [Intake, Router], ids=["intake", "router"])
def test_a_pack_that_cannot_be_used_is_named(
    service: type[Service], environment: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("TANGGAP_PACK", str(tmp_path))
    with pytest.raises(SystemExit) as stop:
        service("test", load(IntakeSettings))
    assert stop.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("settings: TANGGAP_PACK: ")
    assert said.count("\n") == 1


def test_every_problem_is_named_at_once(environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    environment.delenv("TANGGAP_PACK")
    environment.setenv("TANGGAP_HTTP_PORT", "no")
    with pytest.raises(SystemExit):
        load(IntakeSettings)
    said = capsys.readouterr().err
    assert "TANGGAP_PACK is missing" in said
    assert "TANGGAP_HTTP_PORT" in said


def test_a_secret_may_come_from_a_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.delenv("TANGGAP_TRACKING_KEY")
    (tmp_path / "key").write_text(KEY + "\n")
    environment.setenv("TANGGAP_TRACKING_KEY_FILE", str(tmp_path / "key"))
    assert load(IntakeSettings).tracking_key.get_secret_value() == bytes(range(32))


@pytest.mark.parametrize("written", [None, bytes(range(128, 160))], ids=["no file", "no text"])
def test_a_secret_file_that_cannot_be_read_is_named(
    written: bytes | None, environment: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if written:
        (tmp_path / "key").write_bytes(written)
    environment.setenv("TANGGAP_TRACKING_KEY_FILE", str(tmp_path / "key"))
    with pytest.raises(SystemExit) as stop:
        load(IntakeSettings)
    assert stop.value.code == 2
    assert "TANGGAP_TRACKING_KEY_FILE" in capsys.readouterr().err


def test_the_notifier_needs_a_mail_relay(environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    environment.delenv("TANGGAP_TRACKING_KEY")
    with pytest.raises(SystemExit):
        load(NotifierSettings)
    assert "TANGGAP_SMTP_URL is missing" in capsys.readouterr().err

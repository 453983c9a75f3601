"""No secret is written down; those that make-secrets writes are the ones that the services ask for and accept."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic_settings import BaseSettings

from shared.settings import PREFIX, IntakeSettings, NotifierSettings, OperatorSettings, RouterSettings

ROOT = Path(__file__).parents[3]
SETTINGS: dict[str, type[BaseSettings]] = {
    "intake": IntakeSettings,
    "router": RouterSettings,
    "notifier": NotifierSettings,
    "prepare": OperatorSettings,
}


class _Loader(yaml.SafeLoader):
    """Compose's own tag in an override file: the value is taken away."""


_Loader.add_constructor("!reset", lambda _loader, _node: None)


def read(path: str) -> dict[str, Any]:
    return dict(yaml.load((ROOT / path).read_text(), Loader=_Loader))  # noqa: S506 - a SafeLoader with one more tag


COMPOSE = read("docker-compose.yml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def told(name: str) -> dict[str, str | None]:
    """The service's own settings, as the file spells them."""
    return {key: value for key, value in SERVICES[name]["environment"].items() if key.startswith(PREFIX)}


def field_of(variable: str) -> str:
    return variable.removeprefix(PREFIX).removesuffix("_FILE").lower()


def without_environment(value: str) -> str:
    """`${NAME:-default}` where NAME is not set."""
    return re.sub(r"\$\{\w+:?-([^}]*)\}", r"\1", value)


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    make(tmp_path)
    return tmp_path


def make(folder: Path) -> str:
    command = ["sh", str(ROOT / "deploy/compose/make-secrets"), str(folder)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("name", SETTINGS)
def test_the_settings_accept_what_they_are_told(name: str, secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in told(name).items():
        if value is not None:
            monkeypatch.setenv(variable, without_environment(value).replace("/run/secrets", str(secrets)))

    settings = SETTINGS[name]()

    unread = {field_of(variable) for variable in told(name) if variable.endswith("_FILE")}
    assert {field for field in unread if getattr(settings, field) is None} == set()


@pytest.mark.parametrize("path", ["docker-compose.yml", "deploy/compose/relay.yml", "deploy/compose/.env.example"])
def test_no_secret_is_written_down(path: str) -> None:
    lines = [line for line in (ROOT / path).read_text().splitlines() if not line.lstrip().startswith("#")]
    secretive = re.compile(r"^\s*(\w*(?:PASSWORD|SECRET|TOKEN|KEYS?|DATABASE_URL)\w*)\s*[:=]\s*(\S+)")
    found = [match.groups() for line in lines if (match := secretive.match(line))]

    assert [name for name, value in found if not value.startswith("/run/secrets/")] == []
    assert not re.search(r"://[^/\s:]+:[^/\s]+@", "\n".join(lines))


def test_every_secret_that_is_used_is_declared_and_written(secrets: Path) -> None:
    used = {name for service in SERVICES.values() for name in service.get("secrets", [])}
    declared = {name: Path(source["file"]) for name, source in COMPOSE["secrets"].items()}

    assert used == set(declared)
    assert {path.name for path in declared.values()} == {path.name for path in secrets.iterdir()}
    assert {path.parent for path in declared.values()} == {Path("deploy/compose/secrets")}
    assert "secrets/" in (ROOT / "deploy/compose/.gitignore").read_text().splitlines()


@pytest.mark.parametrize("name", SERVICES)
def test_a_secret_is_read_by_whom_it_was_given_to(name: str) -> None:
    mentioned = re.findall(r"/run/secrets/(\w+)", str(SERVICES[name].get("environment", "")))

    assert sorted(mentioned) == sorted(SERVICES[name].get("secrets", []))


def test_secrets_are_made_once_and_kept_from_others(secrets: Path) -> None:
    first = {path.name: path.read_text() for path in secrets.iterdir()}

    assert "written" not in make(secrets)
    assert {path.name: path.read_text() for path in secrets.iterdir()} == first
    assert len(set(first.values())) == len(first)
    assert first["postgres_password"].strip() in first["admin_database_url"]
    assert secrets.stat().st_mode & 0o077 == 0


def test_a_real_relay_takes_the_place_of_the_catcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notifier = read("deploy/compose/relay.yml")["services"]["notifier"]
    (tmp_path / "smtp_url").write_text("smtp://tanggap:invented@relay.example:587\n")

    assert notifier["environment"]["TANGGAP_SMTP_URL"] is None
    assert {field_of(variable) for variable in notifier["environment"]} <= set(NotifierSettings.model_fields)
    monkeypatch.setenv("TANGGAP_SMTP_URL_FILE", str(tmp_path / notifier["secrets"][0]))
    for field, value in {"KAFKA_BOOTSTRAP_SERVERS": "k:1", "DATABASE_URL": "postgresql://n@d/t", "PACK": "p"}.items():
        monkeypatch.setenv(PREFIX + field, value)
    monkeypatch.setenv("TANGGAP_VAULT_KEYS", "k1:" + "A" * 43 + "=")
    assert str(NotifierSettings().smtp_url) == "smtp://tanggap:invented@relay.example:587"

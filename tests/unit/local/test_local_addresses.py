import stat
import subprocess
from pathlib import Path

import pytest

from deploy.local.addresses import Addresses, read_env_file, write_env_file
from deploy.local.keys import keep_keys, make_keys

KEYS = make_keys()
ADDRESSES = Addresses(
    kafka="127.0.0.1:9092",
    database_url="postgresql://postgres:root-secret@127.0.0.1:5432/tanggap",
    role_urls={
        name: f"postgresql://{name}:{name}-secret@127.0.0.1:5432/tanggap" for name in ("intake", "router", "notifier")
    },
    service_urls={
        "intake": "http://127.0.0.1:8001",
        "router": "http://127.0.0.1:8002",
        "notifier": "http://127.0.0.1:8003",
    },
    smtp_url="smtp://127.0.0.1:1025",
    mail_url="http://127.0.0.1:8025",
    pack=Path("/a folder/with 'signs'/pack"),
    offices=Path("/a folder/offices.csv"),
    keys=KEYS,
)


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    file = tmp_path / "stack.env"
    write_env_file(file, ADDRESSES.for_operators())
    assert read_env_file(file) == ADDRESSES.for_operators()


def test_a_shell_reads_the_same(tmp_path: Path) -> None:
    file = tmp_path / "stack.env"
    write_env_file(file, ADDRESSES.for_operators())
    script = '. "$1"; printf "%s|%s" "$TANGGAP_PACK" "$TANGGAP_VAULT_KEYS"'
    shell = subprocess.run(["sh", "-c", script, "sh", file], capture_output=True, text=True, check=True)
    assert shell.stdout == f"{ADDRESSES.pack}|{KEYS.vault_keys}"


def test_only_the_owner_reads_files_with_secrets(tmp_path: Path) -> None:
    write_env_file(tmp_path / "stack.env", ADDRESSES.for_operators())
    keep_keys(tmp_path / "keys.json")
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_keys_are_made_once_and_kept(tmp_path: Path) -> None:
    first = keep_keys(tmp_path / "keys.json")
    assert keep_keys(tmp_path / "keys.json") == first
    assert make_keys() != first


@pytest.mark.parametrize("service", ["intake", "router", "notifier"])
def test_a_service_gets_its_own_database_role_and_no_other_password(service: str) -> None:
    settings = ADDRESSES.for_service(service, 8001, "127.0.0.1")
    assert settings["TANGGAP_DATABASE_URL"] == ADDRESSES.role_urls[service]
    secrets = {"root-secret", "intake-secret", "router-secret", "notifier-secret"} - {f"{service}-secret"}
    assert not [value for value in settings.values() for secret in secrets if secret in value]


@pytest.mark.parametrize(
    ("service", "given"),
    [
        ("intake", {"TANGGAP_VAULT_KEYS", "TANGGAP_TRACKING_KEY"}),
        ("router", set()),
        ("notifier", {"TANGGAP_VAULT_KEYS", "TANGGAP_CONTACT_KEY"}),
    ],
)
def test_keys_go_only_to_the_services_that_need_them(service: str, given: set[str]) -> None:
    keys = {"TANGGAP_VAULT_KEYS", "TANGGAP_TRACKING_KEY", "TANGGAP_CONTACT_KEY"}
    assert keys & ADDRESSES.for_service(service, 8001, "127.0.0.1").keys() == given

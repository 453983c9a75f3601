"""Where everything is, as environment variables: for the services, for commands, for `.tanggap/stack.env`."""

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.keys import Keys, write_secret
from deploy.local.part import plain_environment

SERVICES = ("intake", "router", "notifier")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Every address and secret of a running stack."""

    kafka: str
    database_url: str
    role_urls: Mapping[str, str]
    service_urls: Mapping[str, str]
    smtp_url: str
    mail_url: str
    pack: Path
    offices: Path
    keys: Keys

    def for_operators(self) -> dict[str, str]:
        """What `tanggap` commands and checks need: everything, the superuser's database URL included."""
        own = {f"TANGGAP_{name.upper()}_DATABASE_URL": url for name, url in self.role_urls.items()}
        return {
            **self._public(),
            "TANGGAP_DATABASE_URL": self.database_url,
            **own,
            "TANGGAP_SMTP_URL": self.smtp_url,
            "TANGGAP_MAIL_URL": self.mail_url,
            "TANGGAP_VAULT_KEYS": self.keys.vault_keys,
            "TANGGAP_TRACKING_KEY": self.keys.tracking_key,
        }

    def for_service(self, name: str, port: int, host: str) -> dict[str, str]:
        """What one service needs and nothing of the others' secrets."""
        own = {
            "intake": {
                "TANGGAP_VAULT_KEYS": self.keys.vault_keys,
                "TANGGAP_TRACKING_KEY": self.keys.tracking_key,
            },
            "notifier": {
                "TANGGAP_VAULT_KEYS": self.keys.vault_keys,
                "TANGGAP_SMTP_URL": self.smtp_url,
                "TANGGAP_OFFICES": str(self.offices),
                "TANGGAP_CONTACT_KEY": self.keys.contact_key,
            },
        }
        return {
            **self._public(),
            "TANGGAP_DATABASE_URL": self.role_urls[name],
            "TANGGAP_HTTP_HOST": host,
            "TANGGAP_HTTP_PORT": str(port),
            **own.get(name, {}),
        }

    def _public(self) -> dict[str, str]:
        return {
            "TANGGAP_KAFKA_BOOTSTRAP_SERVERS": self.kafka,
            "TANGGAP_PACK": str(self.pack),
            "TANGGAP_LOG_LEVEL": os.environ.get("TANGGAP_LOG_LEVEL", "INFO"),
            **{f"TANGGAP_{name.upper()}_URL": url for name, url in self.service_urls.items()},
        }


def with_surroundings(settings: Mapping[str, str]) -> dict[str, str]:
    """Settings and what a program needs besides (PATH, HOME, certificates); no setting of another stack."""
    return {**plain_environment(), "PYTHONUNBUFFERED": "1", **settings}


def write_env_file(file: Path, settings: Mapping[str, str]) -> None:
    """`KEY=VALUE` lines that a shell can source; only the owner may read them.

    A value is quoted for the shell only where it holds a sign that the shell would read, such as a space in a path.
    """
    write_secret(file, "".join(f"{name}={shlex.quote(value)}\n" for name, value in settings.items()))


def read_env_file(file: Path) -> dict[str, str]:
    """The settings that `write_env_file` wrote."""
    words = shlex.split(file.read_text(encoding="utf-8"), comments=True)
    return {name: value for name, _, value in (word.partition("=") for word in words)}

"""What a service is told by its environment; contract section 9."""

import base64
import binascii
import os
import re
import sys
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

from pydantic import BeforeValidator, Field, SecretBytes, SecretStr, UrlConstraints, ValidationError
from pydantic_core import Url
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

S = TypeVar("S", bound=BaseSettings)

PREFIX = "TANGGAP_"
STACK_ENV = Path(__file__).resolve().parent.parent / ".tanggap" / "stack.env"

PostgresUrl = Annotated[Url, UrlConstraints(allowed_schemes=["postgresql", "postgres"], host_required=True)]
SmtpUrl = Annotated[Url, UrlConstraints(allowed_schemes=["smtp", "smtps"], host_required=True)]


def _key_bytes(value: object) -> object:
    """32 random bytes, written in base64; anything shorter could be guessed."""
    if not isinstance(value, str):
        return value
    try:
        key = base64.b64decode(value, validate=True)
    except binascii.Error:
        raise ValueError("is not base64") from None
    if len(key) != 32:
        raise ValueError(f"holds {len(key)} bytes, not 32")
    return key


def _key_ring(value: object) -> object:
    """`id:base64,id:base64`; the first key seals, all of them open."""
    if not isinstance(value, str):
        return value
    ring: dict[str, SecretBytes] = {}
    for entry in value.split(","):
        name, _, key = entry.strip().partition(":")
        decoded = _key_bytes(key)
        if not name or not isinstance(decoded, bytes):
            raise ValueError("must read id:base64[,id:base64]")
        ring[name] = SecretBytes(decoded)
    return ring


_GATEWAY = re.compile(r"(twilio|whatsapp-cloud)\+https?://[^\s:@/]+:[^\s:@/]+@[^\s@/?]+(/[^\s?]*)?(\?\S*)?")


def _gateways(value: object) -> object:
    """`format+https://user:password@host[/path][?name=value]`, several separated by blanks; the first is preferred."""
    if isinstance(value, str) and not all(_GATEWAY.fullmatch(entry) for entry in value.split()):
        raise ValueError("must read format+https://user:password@host, format twilio or whatsapp-cloud")
    return value


def _none_if_empty(value: object) -> object:
    """An empty setting is none at all: how a trial switches off what its stack switches on."""
    return None if value == "" else value


_BROKER = r"(\[[0-9A-Fa-f:.]+\]|[^\s,:/\[\]]+)(:[0-9]{1,5})?"
_ADDRESS = r"^https?://[^\s/?{}]+(/[^\s?{}]*)?$"
Gateways = Annotated[SecretStr, BeforeValidator(_gateways)]
Key = Annotated[SecretBytes, BeforeValidator(_key_bytes)]
KeyRing = Annotated[dict[str, SecretBytes], NoDecode, BeforeValidator(_key_ring), Field(min_length=1)]


class _SecretFiles(PydanticBaseSettingsSource):
    """`TANGGAP_X_FILE=/run/secrets/x` stands for the setting X with the file's text as its value."""

    def get_field_value(self, field: object, field_name: str) -> tuple[object, str, bool]:
        name = f"{PREFIX}{field_name.upper()}_FILE"
        path = os.environ.get(name)
        try:
            return (Path(path).read_text("utf-8").strip() if path else None), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            stop(f"{name}: {path} cannot be read: {getattr(error, 'strerror', None) or 'not UTF-8'}")

    def __call__(self) -> dict[str, object]:
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


class _Environment(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment and secret files; commands may also read the local stack's file of addresses."""
        return init_settings, env_settings, _SecretFiles(settings_cls), dotenv_settings


class Settings(_Environment):
    """What every service needs."""

    kafka_bootstrap_servers: str = Field(
        pattern=f"^{_BROKER}(,{_BROKER})*$", description="host:port[,host:port] of the Kafka brokers"
    )
    database_url: PostgresUrl = Field(
        description="postgresql://role:password@host:port/database of this service's role"
    )
    pack: Path = Field(description="folder of the deployment's pack")
    http_host: str = Field("127.0.0.1", description="address the HTTP paths listen on")
    http_port: int = Field(ge=1, le=65535, description="port of the HTTP paths")
    log_level: str = Field("info", pattern="^(?i:debug|info|warning|error)$", description="lowest level that is logged")
    instance: str = Field(
        "1", pattern="^[a-z0-9-]{1,40}$", description="name of this replica: its static group member id"
    )
    batch_records: int = Field(250, ge=1, le=10_000, description="most messages handled in one transaction")
    database_pool: int = Field(8, ge=2, le=100, description="most database connections")


class IntakeSettings(Settings):
    """Intake also holds the keys of identity and of tracking codes."""

    http_port: int = Field(8001, ge=1, le=65535, description="port of the HTTP paths")
    vault_keys: KeyRing = Field(description="master keys of the identity vault: id:base64[,id:base64], newest first")
    tracking_key: Key = Field(description="secret from which tracking codes are derived: base64 of 32 bytes")


class RouterSettings(Settings):
    """The router needs nothing more."""

    http_port: int = Field(8002, ge=1, le=65535, description="port of the HTTP paths")


class NotifierSettings(Settings):
    """The notifier also sends mail and opens contacts at that moment."""

    http_port: int = Field(8003, ge=1, le=65535, description="port of the HTTP paths")
    vault_keys: KeyRing = Field(description="master keys of the identity vault")
    smtp_url: SmtpUrl = Field(description="smtp://[user:password@]host:port of the mail relay")
    smtp_connections: int = Field(8, ge=1, le=64, description="mails sent at the same time")
    sending_lease_seconds: float = Field(
        120, ge=4, le=3600, description="after so long in `sending` a message was left by a process that died"
    )
    sending_retry_seconds: float = Field(
        60, gt=0, le=3600, description="pause before a message is tried again, doubled each time up to an hour"
    )
    mail_from: str = Field("tanggap@localhost", pattern="^[^@\\s]+@[^@\\s]+$", description="sender of all mails")
    mail_unsubscribe: str | None = Field(
        None,
        pattern=r"^(mailto:|https://)([^<>\s{}]|\{code\})+$",
        description="address of List-Unsubscribe, with {code} for the report; none: no such header",
    )
    sms_gateways: Gateways | None = Field(None, description="gateways of text messages; none: nobody gets any")
    whatsapp_gateways: Gateways | None = Field(None, description="gateways of WhatsApp messages; none: nobody gets any")
    gateway_connections: int = Field(8, ge=1, le=64, description="messages of a kind sent at the same time by gateway")
    intake_url: str = Field(
        "http://127.0.0.1:8001", pattern=_ADDRESS, description="public address of intake, where reports are followed"
    )
    notifier_url: str | None = Field(
        None,
        pattern=_ADDRESS,
        description="public address of the notifier, for links to stop and for reports of deliveries; none: neither",
    )
    bounce_secret: SecretStr | None = Field(
        None, min_length=16, description="secret that signs bounced mails handed to /receipts/mail; none: no such path"
    )
    track_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s{}]*\{code\}[^\s{}]*$",
        description="public page of a report, with {code}, as messages name it; none: /track/{code}.json of intake",
    )
    contact_key: Key | None = Field(
        None, description="secret of the links to stop: base64 of 32 bytes; none: nobody can ask to be left alone"
    )
    offices: Annotated[Path | None, BeforeValidator(_none_if_empty)] = Field(
        None, description="file of the offices' contacts: agency,kind,address[,language]; none: no office is told"
    )
    webhook_secrets: SecretStr | None = Field(
        None, description="secrets of webhooks: agency=whsec_base64, several separated by blanks"
    )
    webhook_connections: int = Field(8, ge=1, le=64, description="webhooks called at the same time")
    webhook_trial: bool = Field(
        False, description="for a local trial only: webhooks may go to private addresses and without TLS"
    )


class OperatorSettings(_Environment):
    """What `tanggap` commands need to look into a running deployment; each only when it is used.

    Where the environment is silent, the local stack's own file of addresses speaks.
    """

    model_config = SettingsConfigDict(env_file=STACK_ENV)

    kafka_bootstrap_servers: str = "127.0.0.1:9092"
    database_url: SecretStr | None = None
    intake_database_url: SecretStr | None = None
    router_database_url: SecretStr | None = None
    notifier_database_url: SecretStr | None = None
    intake_url: str = "http://127.0.0.1:8001"
    mail_url: str = "http://127.0.0.1:8025"
    pack: Path = Path("deploy/packs/kota-pasuruan")


def explain(error: ValidationError) -> str:
    """One line that names every setting that is missing or malformed, without its value."""
    problems = []
    for item in error.errors(include_input=False, include_url=False):
        name = f"{PREFIX}{str(item['loc'][0]).upper()}"
        problems.append(f"{name} is missing" if item["type"] == "missing" else f"{name}: {item['msg']}")
    return "; ".join(problems)


def load(kind: type[S]) -> S:
    """Read the settings or stop the process with exit status 2 and one line that names what is wrong."""
    try:
        return kind()
    except ValidationError as error:
        stop(explain(error))


def stop(reason: str) -> NoReturn:
    """End the process with exit status 2 and one line that says what to mend."""
    print(f"settings: {reason}", file=sys.stderr)
    sys.exit(2)

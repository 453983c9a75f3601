"""The secrets of one stack: made once, kept with it, known to nobody else."""

import base64
import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Keys:
    """Passwords and keys, as text."""

    superuser_password: str
    intake_password: str
    router_password: str
    notifier_password: str
    vault_keys: str
    """`k1:` and 32 random bytes in Base64."""
    tracking_key: str
    """32 random bytes in Base64."""
    contact_key: str
    """32 random bytes in Base64."""


def make_keys() -> Keys:
    """New ones, from the system's source of randomness."""
    return Keys(
        superuser_password=secrets.token_hex(24),
        intake_password=secrets.token_hex(24),
        router_password=secrets.token_hex(24),
        notifier_password=secrets.token_hex(24),
        vault_keys=f"k1:{_key()}",
        tracking_key=_key(),
        contact_key=_key(),
    )


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def keep_keys(file: Path) -> Keys:
    """Those of the file, or new ones written to it; only its owner may read it."""
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    keys = Keys(**{**asdict(make_keys()), **kept})  # a stack of an older version lacks the newer ones
    if asdict(keys) != kept:
        write_secret(file, json.dumps(asdict(keys), indent=1) + "\n")
    return keys


def write_secret(file: Path, text: str) -> None:
    """Write a file that only its owner may read; it appears complete or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="utf-8")
    draft.replace(file)

"""Signatures of webhooks as Standard Webhooks 1.0.0 says: symmetric, `v1`. Pure.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from typing import Final

_PREFIX: Final = "whsec_"
_SHORTEST, _LONGEST = 24, 64  # bytes, as the specification asks


def read_secrets(setting: str) -> Mapping[str, Sequence[bytes]]:
    """`agency=whsec_...`, several separated by blanks; an agency named twice changes its secret: both sign.

    Raises:
        ValueError: naming the entry by its place, never by its value.
    """
    found: dict[str, list[bytes]] = {}
    for place, entry in enumerate(setting.split(), 1):
        agency, _, secret = entry.partition("=")
        try:
            key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except binascii.Error:
            key = b""
        if not agency or not secret.startswith(_PREFIX) or not _SHORTEST <= len(key) <= _LONGEST:
            raise ValueError(f"entry {place} must read agency=whsec_ and base64 of {_SHORTEST} to {_LONGEST} bytes")
        found.setdefault(agency, []).append(key)
    return found


def signed(message_id: str, timestamp: int, body: bytes, keys: Sequence[bytes]) -> Mapping[str, str]:
    """The headers that go with `body`: one signature for each key, so that a secret can be changed without a gap."""
    content = f"{message_id}.{timestamp}.".encode() + body
    signatures = (base64.b64encode(hmac.digest(key, content, "sha256")).decode("ascii") for key in keys)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }

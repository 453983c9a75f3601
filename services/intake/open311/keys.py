"""API keys of clients: who may write, in whose name. Pure.

A key is 256 random bits, so a plain SHA-256 of it is enough: a slow or salted hash protects words that people choose,
and nobody can try 2^256 keys. It is quick, and equal keys cannot be told from the table.
"""

import base64
import hashlib
from dataclasses import dataclass
from typing import Final

PREFIX: Final = "tg_"
BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Client:
    """Who holds a key: `channel` where it may file reports, `agency` where it may tell what became of them."""

    name: str
    channel: str | None
    agency: str | None
    per_minute: int


def written(random: bytes) -> str:
    """The key as its client gets it, once; `random` holds 32 random bytes."""
    if len(random) != BYTES:
        raise ValueError(f"a key is made of {BYTES} random bytes")
    return PREFIX + base64.urlsafe_b64encode(random).decode().rstrip("=")


def hashed(key: str) -> bytes:
    """What is kept of a key."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()

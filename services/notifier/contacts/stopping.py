"""Who asked not to be written to, without knowing who: keyed hashes of contacts, and links that carry one. Pure.

A link to stop holds the hash and a signature over it (HMAC-SHA-256, RFC 2104): it names nobody, works after an
erasure, and cannot be made up.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass

_SIGNED = 16


@dataclass(frozen=True, slots=True)
class Stops:
    """Makes and reads them; `url` is the public address of the notifier."""

    key: bytes
    url: str

    def contact(self, kind: str, address: str, channel: str = "") -> bytes:
        """What is kept of a contact that asked to be left alone; a handle counts within its channel."""
        written = address.strip().casefold() if kind == "email" else address.strip()
        return self._keyed("contact", f"{kind}\x1f{channel}\x1f{written}".encode())

    def link(self, contact: bytes) -> str:
        """The address at which that contact stops messages with one POST (RFC 8058)."""
        token = base64.urlsafe_b64encode(contact + self._keyed("stop", contact)[:_SIGNED]).decode("ascii")
        return f"{self.url.rstrip('/')}/stop/{token}"

    def read(self, token: str) -> bytes | None:
        """The contact that a link is for; None where the link is none of ours."""
        try:
            raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError, ValueError):
            return None
        contact, signed = raw[:-_SIGNED], raw[-_SIGNED:]
        good = len(contact) == hashlib.sha256().digest_size
        return contact if good and hmac.compare_digest(signed, self._keyed("stop", contact)[:_SIGNED]) else None

    def _keyed(self, purpose: str, what: bytes) -> bytes:
        return hmac.digest(self.key, purpose.encode() + b"\x00" + what, "sha256")

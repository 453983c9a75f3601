"""Who a report is: its id, its tracking code, and whether a message repeats it. Pure."""

import hashlib
from functools import lru_cache
from typing import Final
from uuid import UUID

from stdnum import luhn

from shared.envelope import id_of
from shared.events import ReportSubmitted

# Crockford's base 32: no I, L, O, U, so that a code can be read out over the telephone.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHARACTERS: Final = 13  # 65 bits
# Luhn mod 32 (ISO/IEC 7812-1, annex B, in base 32), as `stdnum.luhn` reads it back: every other digit counts double.
_DOUBLED: Final = tuple(sum(divmod(2 * digit, 32)) for digit in range(32))
# Two characters at a time, with what they add to the check: the first ten bits are the first pair, and so on.
_PAIRS: Final = tuple((ALPHABET[n & 31] + ALPHABET[n >> 5], _DOUBLED[n & 31] + (n >> 5)) for n in range(1024))
_BLOCK: Final = 64  # bytes that SHA-256 takes in at a time
_SHIFTS: Final = tuple(range(0, 60, 10))


def report_id(channel: str, external_id: str) -> UUID:
    """A report's id is a function of its idempotency key: the channel and its own id for the report."""
    return id_of("report", channel, external_id)


def tracking_code(key: bytes, report: UUID) -> str:
    """65 bits of HMAC-SHA256 under a secret key, and a Luhn mod 32 check character: `7K3M-Q9TX-2FHD-8A`."""
    number = int.from_bytes(keyed_hash(key, b"tracking-code" + report.bytes)[:9], "big")
    a, b, c, d, e, f = [_PAIRS[number >> shift & 1023] for shift in _SHIFTS]
    last = number >> 60 & 31
    check = -(a[1] + b[1] + c[1] + d[1] + e[1] + f[1] + _DOUBLED[last]) % 32
    return f"{a[0]}{b[0]}-{c[0]}{d[0]}-{e[0]}{f[0]}-{ALPHABET[last]}{ALPHABET[check]}"


def read_tracking_code(typed: str) -> str | None:
    """The code a person meant: case, spaces and dashes do not matter, O is 0, I and L are 1. None if it is none."""
    code = "".join(typed.upper().split()).replace("-", "").translate(str.maketrans("OIL", "011"))
    if len(code) != _CHARACTERS + 1 or not set(code) <= set(ALPHABET) or not luhn.is_valid(code, ALPHABET):
        return None
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def fingerprint(key: bytes, report: ReportSubmitted) -> bytes:
    """Tells a repeat from a conflict. Keyed, because a plain hash of an identity could be guessed after its erasure.

    When it was submitted is no part of what it says: a channel that sends a report again may stamp it anew.
    """
    attributes = report.attributes
    if attributes and len(attributes) > 1:
        report = report.model_copy(update={"attributes": dict(sorted(attributes.items()))})
    content = report.__pydantic_serializer__.to_json(report, exclude_none=True, exclude={"submitted_at"})
    return keyed_hash(key, b"fingerprint" + content)


def keyed_hash(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104); `hmac.digest` takes in the key anew each time, which is half of its work."""
    with_key, around = _keyed(key)
    inner, outer = with_key.copy(), around.copy()
    inner.update(message)
    outer.update(inner.digest())
    return outer.digest()


@lru_cache(maxsize=4)  # a service has one key
def _keyed(key: bytes) -> "tuple[hashlib._Hash, hashlib._Hash]":
    """The states of both hashes after the key."""
    block = (hashlib.sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    inner, outer = (bytes([byte ^ pad for byte in block]) for pad in (0x36, 0x5C))
    return hashlib.sha256(inner), hashlib.sha256(outer)

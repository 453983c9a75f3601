"""Who a report is: its id, its tracking code, and whether a message repeats it. Pure."""

import hmac
from typing import Final
from uuid import UUID

from stdnum import luhn

from shared.envelope import id_of
from shared.events import ReportSubmitted

# Crockford's base 32: no I, L, O, U, so that a code can be read out over the telephone.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHARACTERS: Final = 13  # 65 bits
_SHIFTS: Final = tuple(range(0, 5 * _CHARACTERS, 5))
_DOUBLED: Final = tuple(sum(divmod(2 * digit, 32)) for digit in range(32))


def report_id(channel: str, external_id: str) -> UUID:
    """A report's id is a function of its idempotency key: the channel and its own id for the report."""
    return id_of("report", channel, external_id)


def tracking_code(key: bytes, report: UUID) -> str:
    """65 bits of HMAC-SHA256 under a secret key, and a Luhn mod 32 check character: `7K3M-Q9TX-2FHD-8A`."""
    number = int.from_bytes(hmac.digest(key, b"tracking-code" + report.bytes, "sha256")[:9], "big")
    digits = [number >> shift & 31 for shift in _SHIFTS]
    code = "".join([ALPHABET[digit] for digit in (*digits, _check_digit(digits))])
    return f"{code[:4]}-{code[4:8]}-{code[8:12]}-{code[12:]}"


def _check_digit(digits: list[int]) -> int:
    """Luhn mod 32 (ISO/IEC 7812-1, annex B, in base 32), as `stdnum.luhn` reads it back."""
    total = sum(digits[1::2]) + sum([_DOUBLED[digit] for digit in digits[0::2]])
    return -total % 32


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
    content = report.model_dump_json(exclude_none=True, exclude={"submitted_at"}).encode()
    return hmac.digest(key, b"fingerprint" + content, "sha256")

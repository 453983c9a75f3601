"""What a receipt is, and what a provider's way of sending them has to offer. Pure."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

# In the order of a message's life; a reading receipt says no more than that it was delivered.
STATUSES: Final = ("sent", "delivered", "temporary-failure", "permanent-failure", "technical-failure")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider says of a message it took; never to whom it went."""

    provider: str
    provider_message_id: str
    notification_id: UUID | None  # where the provider gives back what we sent along
    status: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """A request as it came: the path with its query as the provider wrote it, header names in lower case.

    `origin`: scheme and host as the request names them; behind a proxy it may be another than the provider called.
    """

    target: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    origin: str = ""


class Unreadable(Exception):
    """A body that is signed and yet is nothing that the provider is known to send."""


class Reader(Protocol):
    """How one provider sends receipts."""

    @property
    def most_bytes(self) -> int:
        """The longest body."""

    def is_signed(self, posted: Posted) -> bool:
        """Whether whoever sent it knows the secret; takes the same time for every wrong signature."""

    def challenge(self, query: Mapping[str, str]) -> str | None:
        """The answer to a GET by which the provider makes sure that the address is ours; None where it is not."""

    def read(self, posted: Posted) -> Sequence[Receipt]:
        """The receipts in a signed body; none where it speaks of something else. Raises Unreadable."""


def same(given: str, right: str) -> bool:
    """Whether two texts are the same, in a time that does not tell how much of them is."""
    return hmac.compare_digest(given.encode(), right.encode())


def is_name(text: str) -> bool:
    """Whether a provider would name a message so: visible signs, and not too many."""
    return 0 < len(text) <= 256 and text.isascii() and text.isprintable()


def identity(text: str | None) -> UUID | None:
    """A notification's id that came back; None where it is none."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None

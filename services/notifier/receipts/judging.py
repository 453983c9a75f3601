"""What a receipt changes about a message. Pure.

Receipts come late, twice and in any order. A message goes on from `sent` (or from not being known) to its end, and does
not leave it, but for one case: what was given up for want of a receipt may yet be delivered.
"""

from dataclasses import dataclass
from typing import Final

from services.notifier.delivery import Result
from services.notifier.receipts.format import Receipt

# What a receipt may still say something about; `created` and `temporary-failure` have been tried before.
_OPEN: Final = frozenset({"created", "sent", "unknown", "temporary-failure"})


@dataclass(frozen=True, slots=True)
class Standing:
    """How a message stands."""

    status: str
    attempt: int
    provider_message_id: str | None


def is_early(standing: Standing) -> bool:
    """Whether its sender has not yet written down what the provider answered: the receipt waits for that."""
    return standing.status == "sending" or (standing.status == "created" and standing.attempt == 0)


def judge(standing: Standing, receipt: Receipt) -> Result | None:
    """What the receipt makes of the message; None where it changes nothing."""
    if standing.attempt == 0 or standing.status not in _OPEN:
        return None
    if receipt.status == "delivered":
        return Result("delivered", None, receipt.provider_message_id)
    if receipt.status == "sent":
        took = standing.status in {"created", "unknown"}
        return Result("sent", "receipt", receipt.provider_message_id) if took else None
    other = standing.provider_message_id not in {None, receipt.provider_message_id}  # of an earlier attempt
    if other or standing.status not in {"sent", "unknown"}:
        return None
    return Result(receipt.status, receipt.reason, receipt.provider_message_id)

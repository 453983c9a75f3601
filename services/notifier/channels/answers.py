"""What a channel's bot says of a message, against what we know of it. Pure.

Bots repeat themselves, answer late and in any order; what is final stays as it is.
"""

from dataclasses import dataclass
from typing import Final

from shared.events import Notification

_FINAL: Final = frozenset({"delivered", "permanent-failure", "technical-failure", "suppressed"})
_OPEN: Final = frozenset({"sent", "temporary-failure", "unknown"})


@dataclass(frozen=True, slots=True)
class Standing:
    """A message as it stands here."""

    status: str
    attempt: int
    provider_message_id: str | None


def verdict(said: Notification, standing: Standing | None) -> str:
    """`accepted` where it changes something; `unknown`, `repeated` or `late` where it does not.

    That a message arrived is true whichever attempt it was; anything else counts for the attempt that runs.
    """
    if standing is None or said.kind != "channel":
        return "unknown"
    if said.status == standing.status and said.attempt <= standing.attempt and not _brings_id(said, standing):
        return "repeated"
    if standing.status not in _OPEN or said.attempt > standing.attempt:
        return "late" if standing.status in _FINAL else "unknown"
    if said.status == "delivered" or (said.status == "sent" and _brings_id(said, standing)):
        return "accepted"
    if said.status in {"created", "sending", "sent"}:
        return "repeated"
    return "accepted" if said.attempt == standing.attempt and standing.status != "temporary-failure" else "late"


def _brings_id(said: Notification, standing: Standing) -> bool:
    return said.status == "sent" and bool(said.provider_message_id) and standing.provider_message_id is None

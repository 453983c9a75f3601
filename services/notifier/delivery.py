"""What a delivery attempt means and what comes next. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FIRST_RETRY: Final = timedelta(minutes=1)
LONGEST_RETRY: Final = timedelta(hours=1)
MOST_ATTEMPTS: Final = 12


@dataclass(frozen=True, slots=True)
class Result:
    """What the provider said. `held_back` where it was not asked at all: that costs no attempt."""

    status: str
    reason: str | None = None
    provider_message_id: str | None = None
    held_back: bool = False


@dataclass(frozen=True, slots=True)
class Next:
    """The state a message enters after an attempt, and when it is due again, if ever."""

    status: str
    reason: str | None
    attempt: int
    due: datetime | None


def after(result: Result, attempt: int, now: datetime) -> Next:
    """What follows from `result` of the `attempt`-th try (counted from 1)."""
    if result.held_back:
        return Next("created", result.reason, attempt - 1, now + FIRST_RETRY / 12)
    if result.status != "temporary-failure":
        return Next(result.status, result.reason, attempt, None)
    if attempt >= MOST_ATTEMPTS:
        return Next("permanent-failure", "gave-up", attempt, None)
    pause = min(FIRST_RETRY * 2 ** (attempt - 1), LONGEST_RETRY)
    return Next("temporary-failure", result.reason, attempt, now + pause)

"""What a delivery attempt means and what comes next. Pure.

Three kinds of failure: theirs for now (`temporary-failure`: tried again), theirs for good (`permanent-failure`), and
ours (`technical-failure`: a person has to mend something). Not being asked at all is no attempt.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FIRST_RETRY: Final = timedelta(minutes=1)
LONGEST_RETRY: Final = timedelta(hours=1)
MOST_ATTEMPTS: Final = 12
HELD_BACK: Final = timedelta(seconds=1)
_JITTER: Final = 0.25  # a pause is shortened by up to this share, so that many do not come back at one instant


@dataclass(frozen=True, slots=True)
class Result:
    """What the provider said. Where it was not asked (`held_back`), it costs no attempt; due again after `held_for`."""

    status: str
    reason: str | None = None
    provider_message_id: str | None = None
    held_back: bool = False
    held_for: timedelta = HELD_BACK


@dataclass(frozen=True, slots=True)
class Next:
    """The state a message enters after an attempt, and when it is due again, if ever."""

    status: str
    reason: str | None
    attempt: int
    due: datetime | None


def after(
    result: Result,
    attempt: int,
    now: datetime,
    *,
    resend: bool = False,
    chance: float = 0.0,
    first: timedelta = FIRST_RETRY,
) -> Next:
    """What follows from `result` of the `attempt`-th try (counted from 1).

    `resend`: an attempt of which nobody knows the end is made again. `chance`, 0 to 1, spreads the retries; the `first`
    comes after so long, each further one after twice the time.
    """
    if result.held_back:
        return Next("created", result.reason, attempt - 1, now + result.held_for)
    again = result.status == "temporary-failure" or (resend and result.status == "unknown")
    if not again:
        return Next(result.status, result.reason, attempt, None)
    if attempt >= MOST_ATTEMPTS:
        return Next("permanent-failure" if result.status != "unknown" else "unknown", "gave-up", attempt, None)
    pause = min(first * 2 ** (attempt - 1), LONGEST_RETRY) * (1 - _JITTER * chance)
    return Next(result.status, result.reason, attempt, now + pause)

"""What a deadline is asked with: an amount of time in one of five units, pauses, and the refusal of a bad question."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from shared.calendar_fields import SUPPORTED_YEARS

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000  # microseconds, the unit of all arithmetic here: exact, and what the database keeps

Pause = tuple[datetime, datetime]

_AMOUNT = re.compile(r"([+-]?[0-9]{1,1000})(s|m|h|wd|cd)")


class DeadlineError(Exception):
    """A question that has no answer; `code` for machines, `message` for people. Never answered by the wall clock."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}")


class Unit(Enum):
    """`s`, `m` and `h` count open time only; `wd` counts working days, `cd` calendar days."""

    SECONDS = "s"
    MINUTES = "m"
    HOURS = "h"
    WORKING_DAYS = "wd"
    CALENDAR_DAYS = "cd"


_LENGTH = {Unit.SECONDS: SECOND, Unit.MINUTES: 60 * SECOND, Unit.HOURS: 3600 * SECOND}


@dataclass(frozen=True, slots=True)
class Amount:
    """So many of a unit."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count}{self.unit.value}"

    @property
    def steps(self) -> int:
        """The amount as its clock counts it: microseconds of open time, or days."""
        return self.count * _LENGTH.get(self.unit, 1)

    @property
    def seconds(self) -> int | None:
        """Seconds of open time; None for days, which have no fixed length."""
        return self.steps // SECOND if self.unit in _LENGTH else None


def parse_amount(text: str) -> Amount:
    """The amount that `90s`, `45m`, `4h`, `3wd` or `30cd` says; `ValueError` on anything else.

    Zero and less are understood here and refused by `due`: they are impossible questions, not unreadable ones.
    """
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no amount such as 90s, 45m, 4h, 3wd or 30cd")
    return Amount(int(match[1]), Unit(match[2]))


def to_microseconds(moment: datetime) -> int:
    """Microseconds since 1970 UTC; `DeadlineError` on a time without an offset or of a year no calendar speaks of."""
    if moment.utcoffset() is None:
        raise DeadlineError("naive-time", f"{moment.isoformat()} has no offset, so it is no instant")
    if moment.year not in SUPPORTED_YEARS:
        raise DeadlineError("out-of-range", f"{moment.isoformat()} lies outside the years that a calendar can cover")
    return (moment - EPOCH) // MICROSECOND


def to_datetime(instant: int) -> datetime:
    """The aware datetime (UTC) of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=instant)


def union(pauses: Iterable[Pause]) -> list[tuple[int, int]]:
    """The pauses as disjoint, sorted `[from, to)` in microseconds: an instant is paused or not, never twice."""
    merged: list[tuple[int, int]] = []
    for begin, end in sorted((to_microseconds(begin), to_microseconds(end)) for begin, end in pauses):
        if end < begin:
            raise DeadlineError(
                "bad-pause", f"a pause ends ({to_datetime(end)}) before it begins ({to_datetime(begin)})"
            )
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif begin < end:
            merged.append((begin, end))
    return merged

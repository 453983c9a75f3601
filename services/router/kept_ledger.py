"""The ledger of a deadline as it is kept: every day from start to due, with runs of like days in one row. Pure.

A row is `[first date, number of days, what]`. `what` is either why these days gave nothing (`closed-day`, `no-hours`,
`day-of-receipt`, `paused`, `after-hours`) or `[[from, to, counted seconds], ...]` in local time with its offset; a `to`
that lies on the next date has ` +1` behind it. The name of a closed day is in the calendar of the deadline's version.
A row a day, as it was kept before, is a hundred bytes a day: 7 KB for sixty days.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.router.deadlines import Deadline

_DAY = timedelta(days=1)
_NEXT = " +1"


@dataclass(frozen=True, slots=True)
class LedgerDay:
    """One date: the spells that were counted, each with its seconds; or, where there are none, the `reason`."""

    day: date
    spells: tuple[tuple[datetime, datetime, float], ...]
    reason: str | None


def written(deadline: Deadline) -> str:
    """The ledger as JSON."""
    rows: list[list[object]] = []
    expected: date | None = None
    for day, what in _days(deadline):
        if rows and day == expected and rows[-1][2] == what:
            rows[-1][1] = int(str(rows[-1][1])) + 1
        else:
            rows.append([day.isoformat(), 1, what])
        expected = day + _DAY
    return json.dumps(rows, separators=(",", ":"))


def read_ledger(rows: list[list[object]] | list[dict[str, object]]) -> tuple[LedgerDay, ...]:
    """Every day of a kept ledger, from its JSON; also one of before, which had a row for each counted spell."""
    return tuple(day for row in rows for day in (_old(row) if isinstance(row, dict) else _expanded(*row)))


def _days(deadline: Deadline) -> Iterator[tuple[date, object]]:
    """Each date with what it gave, in order."""
    gave: dict[date, list[list[object]]] = {}
    for entry in deadline.ledger:
        spell: list[object] = [_clock(entry.begins, entry.day), _clock(entry.ends, entry.day), entry.counted_seconds]
        gave.setdefault(entry.day, []).append(spell)
    nothing = {skipped.day: skipped.reason for skipped in deadline.skipped}
    for day in sorted(gave.keys() | nothing.keys()):
        yield day, gave.get(day) or nothing[day]


def _clock(moment: datetime, day: date) -> str:
    told = moment.timetz().isoformat("auto" if moment.second or moment.microsecond else "minutes")
    return told if moment.date() == day else told + _NEXT


def _expanded(first: object, number: object, what: object) -> Iterator[LedgerDay]:
    start = date.fromisoformat(str(first))
    for index in range(int(str(number))):
        day = start + index * _DAY
        if isinstance(what, list):
            yield LedgerDay(day, tuple((_at(day, one), _at(day, other), gave) for one, other, gave in what), None)
        else:
            yield LedgerDay(day, (), str(what))


def _at(day: date, told: str) -> datetime:
    on = day + _DAY if told.endswith(_NEXT) else day
    return datetime.combine(on, time.fromisoformat(told.removesuffix(_NEXT)))


def _old(row: dict[str, object]) -> Iterator[LedgerDay]:
    begins, ends = (datetime.fromisoformat(str(row[name])) for name in ("from", "to"))
    yield LedgerDay(date.fromisoformat(str(row["date"])), ((begins, ends, float(str(row["counted_seconds"]))),), None)

"""The clocks of a report as data: each starts, pauses, resumes, stops and restarts by an event that is kept. Pure.

A clock is what its events say (`fold`); what it showed on any day is what its events up to then say. Which clocks run
in which status is the pack's (`clocks.csv`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Final

from services.router.amounts import Amount, Pause, Unit, parse_amount
from services.router.deadlines import Deadline, due
from shared.calendar import Calendar
from shared.pack.life import ClockPlan
from shared.pack.model import SlaRule

UNITS: Final = {
    "working_days": Unit.WORKING_DAYS,
    "calendar_days": Unit.CALENDAR_DAYS,
    "hours": Unit.HOURS,
    "minutes": Unit.MINUTES,
}
Rules = tuple[SlaRule, ...]  # of one clock: the one that is due first counts
# Events that give a clock a due date; the others leave it.
COMPUTED: Final = frozenset({"start", "restart", "resume", "extend", "recompute"})


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """What happened to a clock, `at` an instant. `run` counts its starts; `due_at` and what it rests on after it."""

    clock: str
    run: int
    kind: str
    at: datetime
    due_at: datetime
    amount: Amount
    rule_id: str
    calendar_version: str
    provisional: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock after its events: `state` is running, paused or stopped; `halted_at` since when it does not run."""

    name: str
    run: int
    state: str
    started_at: datetime
    due_at: datetime
    amount: Amount
    rule_id: str
    calendar_version: str
    provisional: bool
    pauses: tuple[Pause, ...] = ()
    halted_at: datetime | None = None

    def deadline(self, calendar: Calendar) -> Deadline:
        """The due date with its inputs."""
        return Deadline(self.due_at, self.started_at, self.amount, self.pauses, calendar)


def fold(events: Iterable[ClockEvent]) -> dict[str, Clock]:
    """The clocks after their events, by name; of each the last run."""
    clocks: dict[str, Clock] = {}
    for event in events:
        clocks[event.clock] = after(clocks.get(event.clock), event)
    return clocks


def after(clock: Clock | None, event: ClockEvent) -> Clock:
    """The clock after one more event."""
    if clock is None or event.kind in {"start", "restart"}:
        return Clock(
            event.clock, event.run, "running", event.at, event.due_at, event.amount, event.rule_id,
            event.calendar_version, event.provisional,
        )  # fmt: skip
    if event.kind in {"pause", "stop"}:
        # What was paused before it was stopped has been standing since the pause.
        return replace(
            clock, state="paused" if event.kind == "pause" else "stopped", halted_at=clock.halted_at or event.at
        )
    moved = replace(
        clock,
        due_at=event.due_at,
        amount=event.amount,
        calendar_version=event.calendar_version,
        provisional=event.provisional,
    )
    if event.kind == "resume":
        return replace(moved, state="running", halted_at=None, pauses=_with_pause(clock, event.at))
    return moved


def _with_pause(clock: Clock, until: datetime) -> tuple[Pause, ...]:
    begin = clock.halted_at
    return clock.pauses if begin is None or begin >= until else (*clock.pauses, (begin, until))


@dataclass(frozen=True, slots=True)
class Entry:
    """A report enters a status. `fresh` says that reopening starts the clocks anew instead of resuming them.

    `informed`: the reporter has answered what was asked.
    """

    status: str
    at: datetime
    received_at: datetime
    fresh: bool = False
    informed: bool = False


def enter(
    clocks: Mapping[str, Clock],
    plans: Iterable[tuple[ClockPlan, Rules]],
    entry: Entry,
    calendar: Calendar,
) -> tuple[ClockEvent, ...]:
    """What entering a status does to each clock of the pack."""
    moved = (_enter(clocks.get(plan.name), plan, rules, entry, calendar) for plan, rules in plans)
    return tuple(event for event in moved if event is not None)


def _enter(clock: Clock | None, plan: ClockPlan, rules: Rules, entry: Entry, calendar: Calendar) -> ClockEvent | None:
    if entry.status in plan.runs_in:
        return _run(clock, plan, rules, entry, calendar)
    if clock is None or clock.state == "stopped":
        return None
    if entry.status in plan.stands_in:
        return _told(clock, "pause", entry) if clock.state == "running" else None
    return _told(clock, "stop", entry)


def _run(clock: Clock | None, plan: ClockPlan, rules: Rules, entry: Entry, calendar: Calendar) -> ClockEvent | None:
    if clock is None:
        began = entry.received_at if plan.from_receipt else entry.at
        return _started("start", 1, began, plan, rules, entry, calendar)
    reopening = entry.status == "reopened" and entry.status not in plan.anew
    if entry.status in plan.anew or (reopening and entry.fresh) or _completes(clock, plan, entry):
        kind = "start" if clock.state == "stopped" else "restart"
        return _started(kind, clock.run + 1, entry.at, plan, rules, entry, calendar)
    if clock.state == "running":
        return None
    if clock.state == "paused" or reopening:
        return resumed(clock, entry.at, calendar, entry.status)
    if not plan.again:
        return None
    return _started("start", clock.run + 1, entry.at, plan, rules, entry, calendar)


def _completes(clock: Clock, plan: ClockPlan, entry: Entry) -> bool:
    """Whether this answer makes the file complete. Only the first does: later questions pause and give no new time."""
    return plan.from_completion and entry.informed and clock.run == 1 and not clock.pauses


def _started(
    kind: str, run: int, began: datetime, plan: ClockPlan, rules: Rules, entry: Entry, calendar: Calendar
) -> ClockEvent | None:
    """The start by the rule that is due first, of those in force when it begins; None where none was."""
    day = began.astimezone(calendar.zone).date()
    held = [row for rule in rules if (row := rule.on(day)) is not None]
    if not held:
        return None
    found = [(_end(calendar, began, day, Amount(row.amount, UNITS[row.unit])), row) for row in held]
    (due_at, provisional, amount), rule = min(found, key=lambda pair: pair[0][0])
    return ClockEvent(
        plan.name, run, kind, began, due_at, amount, rule.rule_id, calendar.version, provisional,
        entry.status.replace("_", "-"),
    )  # fmt: skip


def _end(calendar: Calendar, began: datetime, day: date, amount: Amount) -> tuple[datetime, bool, Amount]:
    """When a clock that began within a local day is due, whether that is provisional, and by what amount."""
    if amount.unit in {Unit.WORKING_DAYS, Unit.CALENDAR_DAYS}:
        return _end_of_days(calendar, day, amount)
    deadline = due(calendar, began, amount)
    return deadline.due_at, deadline.provisional, amount


@lru_cache(maxsize=4096)
def _end_of_days(calendar: Calendar, day: date, amount: Amount) -> tuple[datetime, bool, Amount]:
    # The day of receipt is day 0, whatever the hour: what begins within one day ends together.
    deadline = due(calendar, datetime.combine(day, time(), calendar.zone).astimezone(UTC), amount)
    return deadline.due_at, deadline.provisional, amount


def _told(clock: Clock, kind: str, entry: Entry) -> ClockEvent:
    return ClockEvent(
        clock.name, clock.run, kind, entry.at, clock.due_at, clock.amount, clock.rule_id, clock.calendar_version,
        clock.provisional, entry.status.replace("_", "-"),
    )  # fmt: skip


def resumed(clock: Clock, at: datetime, calendar: Calendar, status: str) -> ClockEvent:
    """A clock that stood counts again: its due date moves by what it stood."""
    deadline = due(calendar, clock.started_at, clock.amount, _with_pause(clock, at))
    return _moved(clock, "resume", at, deadline, status.replace("_", "-"))


def recomputed(clock: Clock, at: datetime, calendar: Calendar) -> ClockEvent:
    """The same clock under another calendar version."""
    deadline = due(calendar, clock.started_at, clock.amount, clock.pauses)
    return _moved(clock, "recompute", at, deadline, "calendar-changed")


def extended(clock: Clock, at: datetime, until: datetime, most: int, calendar: Calendar) -> ClockEvent | None:
    """The clock with the fewest working days more that reach `until`; None where `most` do not or it counts none."""
    if clock.amount.unit is not Unit.WORKING_DAYS:
        return None
    for more in range(1, most + 1):
        amount = replace(clock.amount, count=clock.amount.count + more)
        deadline = due(calendar, clock.started_at, amount, clock.pauses)
        if deadline.due_at >= until:
            return _moved(clock, "extend", at, deadline, "extended")
    return None


def _moved(clock: Clock, kind: str, at: datetime, deadline: Deadline, reason: str) -> ClockEvent:
    return ClockEvent(
        clock.name, clock.run, kind, at, deadline.due_at, deadline.amount, clock.rule_id, deadline.calendar_version,
        deadline.provisional, reason,
    )  # fmt: skip


def reached(start: datetime, amount: str, calendar: Calendar) -> datetime:
    """When `amount`, as `tanggap due` writes it, is used up from `start`."""
    return due(calendar, start, parse_amount(amount)).due_at

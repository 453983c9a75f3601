"""One change of a report, complete: its new state, its step for everyone to see, its clocks, its next agency. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.router.case import Case, Command
from services.router.clocks import Clock, ClockEvent, Entry, after, enter, extended, reached
from services.router.escalation import next_instant
from services.router.life import Refusal, apply
from services.router.rules import Rules
from services.router.transitions import FINAL
from shared.events import StatusChanged

_MOVED = {
    "resume": "waited-for-reporter",
    "extend": "extended",
    "recompute": "calendar-changed",
    "start": "reopened",
    "restart": "reopened",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A report as it is kept: its case, its clocks, and how many steps of each clock's run are done."""

    case: Case
    clocks: Mapping[str, Clock]
    done: Mapping[str, int] = field(default_factory=dict)

    def next_at(self, rules: Rules) -> datetime | None:
        """When time has something to do next; None where it has not."""
        instants = [self.due_next(name, rules) for name in self.clocks]
        return min((at for at in instants if at is not None), default=None)

    def due_next(self, name: str, rules: Rules) -> datetime | None:
        """When the next step of one clock is due."""
        steps = rules.life.steps.get(name, ())
        return next_instant(self.clocks[name], steps, self.done.get(name, 0), rules.calendar)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A report after a command; `step` is None where nothing is told, `hop` whether an agency got it."""

    kept: Kept
    step: StatusChanged | None
    events: tuple[ClockEvent, ...] = ()
    hop: bool = False


def carry_out(kept: Kept, command: Command, rules: Rules) -> Outcome | Refusal:
    """What `command` makes of a report, or why it makes nothing of it."""
    case = kept.case
    until = reached(case.since, rules.policy.reopen_closed_within, rules.calendar) if case.status == "closed" else None
    change = apply(case, command, rules.policy, until)
    if isinstance(change, Refusal):
        return change
    if not change.tells:
        return Outcome(kept, None)
    at = change.case.since
    if change.edge.action == "extend" and command.expected_at:
        clock, most = kept.clocks[rules.settlement], rules.policy.extension_most
        event = extended(clock, at, command.expected_at, most, rules.calendar)
        if event is None:
            return Refusal("extension-too-long")
        events: tuple[ClockEvent, ...] = (event,)
    else:
        entry = Entry(change.edge.to, at, case.received_at, rules.policy.reopen_clock == "fresh")
        events = enter(kept.clocks, rules.plans(case.rule_id), entry, rules.calendar)
    new = tick(replace(kept, case=change.case), events, rules)
    return Outcome(new, _step(case, new.case, events, command, rules), events, hop=change.edge.to == "assigned")


def tick(kept: Kept, events: Iterable[ClockEvent], rules: Rules) -> Kept:
    """The report after events of its clocks; a run that begins has no step done."""
    clocks, done = dict(kept.clocks), dict(kept.done)
    for event in events:
        clocks[event.clock] = after(clocks.get(event.clock), event)
        if event.kind in {"start", "restart"}:
            done[event.clock] = 0
    promised = None if kept.case.status in FINAL else rules.promised(clocks)
    return Kept(replace(kept.case, expected_at=promised), clocks, done)


def recomputed_step(case: Case, kept: Kept, at: datetime) -> tuple[Kept, StatusChanged]:
    """The step that tells of a date moved by a new calendar: the same status, one number on."""
    new = replace(kept.case, sequence=case.sequence + 1)
    command = Command("recompute", "system", at)
    return replace(kept, case=new), _told(case, new, command, "calendar-changed", "calendar-changed")


def _step(case: Case, new: Case, events: Sequence[ClockEvent], command: Command, rules: Rules) -> StatusChanged:
    moved = new.expected_at is not None and case.expected_at is not None and new.expected_at != case.expected_at
    kinds = [event.kind for event in events if event.clock == rules.settlement]
    because = _MOVED.get(kinds[-1]) if moved and kinds else None
    if because and new.status == "reopened":
        because = "reopened"
    return _told(case, new, command, command.reason_code or new.reason, because)


def _told(case: Case, new: Case, command: Command, reason: str | None, because: str | None) -> StatusChanged:
    # A reporter's words are identity and stay out of every topic that is read by others.
    public = command.actor != "reporter"
    return StatusChanged.model_validate(
        {
            "report_id": new.report_id,
            "tracking_code": new.tracking_code,
            "sequence": new.sequence,
            "status": new.status,
            "previous": case.status,
            "reason": reason,
            "agency": new.agency,
            "note": command.note if public else None,
            "evidence": command.evidence if public else (),
            "expected_at": new.expected_at,
            "expected_moved_because": because,
            "actor": command.actor,
            "at": max(command.at, case.since),
        }
    )

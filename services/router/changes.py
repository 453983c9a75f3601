"""One change of a report, complete: its new state, its step for everyone to see, its clocks, its next agency. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.router.case import Case, Command
from services.router.clocks import Clock, ClockEvent, Entry, after, enter, extended, reached
from services.router.escalation import next_instant
from services.router.life import Refusal, apply
from services.router.rules import Rules
from services.router.transitions import FINAL, Edge
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
        informed = case.status == "needs_information"
        entry = Entry(change.edge.to, at, case.received_at, rules.policy.reopen_clock == "fresh", informed)
        events = enter(kept.clocks, rules.plans(case.rule_id), entry, rules.calendar)
    new = tick(replace(kept, case=change.case), events, rules)
    if change.edge.action == "extend" and _earlier(new.case.expected_at, command.expected_at):
        return Refusal("past-outer-limit")
    return Outcome(new, _step(case, new.case, events, command, change.edge), events, hop=change.edge.to == "assigned")


def _earlier(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and one < other


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


def _step(case: Case, new: Case, events: Sequence[ClockEvent], command: Command, edge: Edge) -> StatusChanged:
    because = None
    if new.expected_at is not None and case.expected_at is not None and new.expected_at != case.expected_at:
        moving = [event.kind for event in events if event.due_at == new.expected_at and event.kind in _MOVED]
        because = _because(moving[-1] if moving else None, case, new)
    # A code of the speaker's own says more, but must not hide whether a report was passed on, moved or only extended.
    hides = edge.to in {case.status, "assigned", "at_desk"}
    reason = edge.reason if hides else command.reason_code or edge.reason
    return _told(case, new, command, reason, because)


def _because(kind: str | None, case: Case, new: Case) -> str | None:
    """Why the public date moved, by the event of the clock that now decides it."""
    if new.status == "reopened":
        return "reopened"
    return "waited-for-reporter" if case.status == "needs_information" else _MOVED.get(kind or "")


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

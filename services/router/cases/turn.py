"""A report in hand: what is done to it within one transaction, and the events that tell of it. Knows no database."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from services.router.booking import Booked, book
from services.router.case import Case, Command
from services.router.changes import Kept, Outcome, carry_out, tick
from services.router.clocks import ClockEvent
from services.router.decision import Decision
from services.router.escalation import own_offices, recipients
from services.router.life import Refusal
from services.router.opening import explain, question, routed_event
from services.router.rerouting import Reroute, SentBack, reroute
from services.router.rules import Rules
from shared import events, kinds
from shared.envelope import Event, Kind, announce
from shared.events import DeadlineReached, ReportAccepted, StatusChanged
from shared.pack.life import ACTS, Step

_KINDS = {
    "warned": kinds.DEADLINE_WARNED,
    "breached": kinds.DEADLINE_BREACHED,
    "escalated": kinds.DEADLINE_ESCALATED,
}


@dataclass(frozen=True, slots=True)
class Hop:
    """A decision about who has to act, to be kept; `agency` is None where it is the desk."""

    report_id: UUID
    number: int
    hop: int
    agency: str | None
    topic: str | None
    decision: events.Decision


@dataclass(frozen=True, slots=True)
class Taken:
    """A step of a clock that was taken; `redirected` where none of its own offices exists and others were told."""

    report_id: UUID
    clock: str
    run: int
    number: int
    step: Step
    notify: tuple[str, ...]
    due_at: datetime
    at: datetime
    redirected: bool = False


@dataclass(slots=True)
class Turn:
    """A report locked for change. `booked_before` and `decided_before` count what its books hold already.

    `sent_by` is the method of its last decision; `rerouted` holds that of each one that an agency sent back, and what
    was found instead.
    """

    kept: Kept
    accepted: ReportAccepted
    trace: str
    topic: str | None
    booked_before: int
    decided_before: int
    sent_by: str
    rating: int | None = None
    steps: list[StatusChanged] = field(default_factory=list)
    booked: list[Booked] = field(default_factory=list)
    hops: list[Hop] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    rerouted: list[tuple[str, Reroute]] = field(default_factory=list)

    @property
    def case(self) -> Case:
        """The report as it is now."""
        return self.kept.case

    @property
    def changed(self) -> bool:
        """Whether there is anything to keep."""
        return bool(self.steps or self.taken or self.booked or self.rating)

    def do(self, command: Command, rules: Rules, now: datetime) -> Refusal | None:
        """Carry out a command, or say why not."""
        before, sent_by = self.kept, self.sent_by
        found, command = self._whereto(command, rules)
        outcome = carry_out(before, command, rules)
        if isinstance(outcome, Refusal):
            return outcome
        self.kept = outcome.kept
        if command.action == "rate":
            self.rating = command.rating
        if outcome.step:
            self._keep(before, outcome, found, rules, now)
        if found:
            self.rerouted.append((sent_by, found))
        return None

    def _whereto(self, command: Command, rules: Rules) -> tuple[Reroute | None, Command]:
        """The next agency where a command asks for one."""
        if command.action != "not_ours":
            return None, command
        case, asked = self.case, question(self.accepted, rules.calendar.zone)
        back = SentBack(case.agency, case.tried, case.hop, command.suggested_agency, command.reason_code)
        found = reroute(back, asked, rules.policy.hops_most, rules.routes)
        return found, replace(command, destination=found.agency)

    def _keep(self, before: Kept, outcome: Outcome, found: Reroute | None, rules: Rules, now: datetime) -> None:
        step = outcome.step
        assert step is not None  # noqa: S101 - asked by the caller
        self._book(before, outcome.events, step.sequence, rules)
        self.steps.append(step)
        if found or outcome.hop:
            self._hop(found.decision if found else None, outcome.hop, rules, now)
        self.events.append(
            announce(kinds.STATUS_CHANGED, step.report_id, (step.report_id, step.sequence), step, step.at, self.trace)
        )

    def _book(self, before: Kept, happened: tuple[ClockEvent, ...], sequence: int, rules: Rules) -> None:
        count = self.booked_before + len(self.booked)
        self.booked += book(self.case.report_id, before.clocks, happened, count, sequence, rules.calendar)

    def _hop(self, decision: Decision | None, to_agency: bool, rules: Rules, now: datetime) -> None:
        case = self.case
        explained = explain(decision, rules.pack.version) if decision else _by_desk(rules)
        self.topic = decision.topic if decision and decision.topic else self.topic
        self.sent_by = explained.method
        number = self.decided_before + len(self.hops) + 1
        self.hops.append(Hop(case.report_id, number, case.hop, case.agency, self.topic, explained))
        if to_agency:
            routed = routed_event(self.accepted, self.kept, self.topic, explained, rules)
            self.events.append(
                announce(kinds.REPORT_ROUTED, case.report_id, (case.report_id, case.hop), routed, now, self.trace)
            )

    # --- time -------------------------------------------------------------------------------------------------------

    def pass_time(self, until: datetime, rules: Rules, now: datetime) -> bool:
        """Take the oldest step that is due at `until`; False where none is."""
        due = [(at, name) for name in self.kept.clocks if (at := self.kept.due_next(name, rules)) and at <= until]
        if not due:
            return False
        at, name = min(due)
        self._take(name, at, rules, now)
        return True

    def _take(self, name: str, at: datetime, rules: Rules, now: datetime) -> None:
        clock, index = self.kept.clocks[name], self.kept.done.get(name, 0)
        steps = rules.life.steps[name]
        step = steps[index]
        acts = step.kind in ACTS
        notify = () if acts else recipients(steps, index, self.case, rules.pack)
        lost = not acts and not own_offices(step, self.case, rules.pack)
        self.taken.append(Taken(self.case.report_id, name, clock.run, index + 1, step, notify, clock.due_at, at, lost))
        self.kept = Kept(self.case, self.kept.clocks, {**self.kept.done, name: index + 1})
        if step.kind in ACTS:
            self.do(Command(step.kind, "system", at), rules, now)
        else:
            self.events.append(self._reached(self.taken[-1]))

    def _reached(self, taken: Taken) -> Event:
        kind: Kind = _KINDS[taken.step.kind]
        data = DeadlineReached(
            report_id=taken.report_id,
            tracking_code=self.case.tracking_code,
            clock=taken.clock,
            threshold=taken.step.threshold,
            level=taken.step.level,
            notify=taken.notify,
            due_at=taken.due_at,
            agency=self.case.agency,
            at=taken.at,
        )
        cause = (taken.report_id, taken.clock, taken.run, taken.number)
        return announce(kind, taken.report_id, cause, data, taken.at, self.trace)

    # --- the calendar -----------------------------------------------------------------------------------------------

    def recompute(self, happened: tuple[ClockEvent, ...], rules: Rules) -> None:
        """Put new results of clocks into the books, without a step of the report."""
        before = self.kept
        self.kept = tick(before, happened, rules)
        self._book(before, happened, self.case.sequence, rules)

    def tell(self, kept: Kept, step: StatusChanged) -> None:
        """Add a step that was decided elsewhere."""
        self.kept = kept
        self.steps.append(step)
        self.events.append(
            announce(kinds.STATUS_CHANGED, step.report_id, (step.report_id, step.sequence), step, step.at, self.trace)
        )


def _by_desk(rules: Rules) -> events.Decision:
    return events.Decision(
        method="desk", confidence=rules.pack.deployment.routing.stated_confidence, evidence=(), alternatives=(),
        tried=(), pack_version=rules.pack.version, model_version=None,
    )  # fmt: skip

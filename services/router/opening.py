"""The first steps of a report's life: what the router makes of an accepted report. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from services.router.amounts import Amount, Unit
from services.router.deadlines import Deadline, due
from services.router.decision import Decision, Question
from services.router.routing import Routes, route
from shared import events
from shared.events import ReportAccepted, ReportRouted, StatusChanged
from shared.pack import SlaRule

UNITS: Final = {
    "working_days": Unit.WORKING_DAYS,
    "calendar_days": Unit.CALENDAR_DAYS,
    "hours": Unit.HOURS,
}


@dataclass(frozen=True, slots=True)
class Clock:
    """A running deadline and the row of the pack that set it."""

    rule: SlaRule
    deadline: Deadline

    @property
    def name(self) -> str:
        """The stage it runs for, written as codes are."""
        return self.rule.stage.replace("_", "-")

    def event(self) -> events.ClockStarted:
        """The clock as `report.routed` tells it."""
        return events.ClockStarted(
            clock=self.name,
            due_at=self.deadline.due_at,
            started_at=self.deadline.started_at,
            rule_id=self.rule.rule_id,
            calendar_version=self.deadline.calendar_version,
        )


@dataclass(frozen=True, slots=True)
class Opening:
    """An accepted report with its route, its clock and its first steps; `routed` is None where the desk has it."""

    report: ReportAccepted
    decision: Decision
    explained: events.Decision
    clock: Clock
    steps: tuple[StatusChanged, ...]
    routed: ReportRouted | None


def begin(report: ReportAccepted, routes: Routes, now: datetime) -> Opening:
    """Route an accepted report and start the clock of its settlement.

    The clock counts from the receipt by intake, not from `now`: a router that was away gives no time away.
    """
    pack = routes.pack
    decision = route(_question(report, pack.calendar.zone), routes)
    rule = pack.sla_rules[decision.sla_rule]
    clock = Clock(rule, due(pack.calendar, report.received_at, Amount(rule.amount, UNITS[rule.unit])))
    explained = _explain(decision, pack.version)
    routed = None
    if decision.agency:
        routed = ReportRouted.model_construct(
            report_id=report.report_id,
            tracking_code=report.tracking_code,
            hop=1,
            agency=decision.agency,
            agency_name=pack.agencies[decision.agency].name,
            topic=decision.topic,
            report_class=report.report_class,
            decision=explained,
            deadlines=(clock.event(),),
        )
    return Opening(report, decision, explained, clock, _steps(report, decision, clock, now), routed)


def _question(report: ReportAccepted, zone: ZoneInfo) -> Question:
    return Question(
        text=report.text,
        title=report.title,
        topic=report.topic,
        agency=report.agency,
        region_code=report.location.region_code,
        jurisdiction=report.location.jurisdiction,
        report_class=report.report_class,
        on=report.received_at.astimezone(zone).date(),
    )


def _steps(report: ReportAccepted, decision: Decision, clock: Clock, now: datetime) -> tuple[StatusChanged, ...]:
    """`received` when intake had it, then who has it now."""
    received = StatusChanged(
        report_id=report.report_id,
        tracking_code=report.tracking_code,
        sequence=1,
        status="received",
        previous=None,
        reason=None,
        agency=None,
        expected_at=clock.deadline.due_at,
        actor="system",
        at=report.received_at,
    )
    placed = received.model_copy(
        update={
            "sequence": 2,
            "status": "assigned" if decision.agency else "at_desk",
            "previous": "received",
            "reason": decision.reason,
            "agency": decision.agency,
            # A broker's clock may run ahead of ours; a step never lies before the one it follows.
            "at": max(now, report.received_at),
        }
    )
    return received, placed


def _explain(decision: Decision, pack_version: str) -> events.Decision:
    return events.Decision.model_validate(
        {
            "method": decision.method,
            "confidence": decision.confidence,
            "evidence": [{"kind": e.kind, "value": e.value, "weight": e.weight} for e in decision.evidence],
            "alternatives": [
                {"agency": a.agency, "topic": a.topic, "confidence": a.confidence} for a in decision.alternatives
            ],
            "tried": [{"rule": t.rule, "result": t.result} for t in decision.tried],
            "pack_version": pack_version,
            "model_version": None,
        }
    )

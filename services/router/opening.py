"""The first steps of a report's life: what the router makes of an accepted report. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from services.router.case import Case
from services.router.changes import Kept, tick
from services.router.clocks import Clock, ClockEvent, Entry, enter
from services.router.decision import Decision, Evidence, Question
from services.router.routing import route_all
from services.router.rules import Rules
from shared import events
from shared.events import ReportAccepted, ReportRouted, StatusChanged


@dataclass(frozen=True, slots=True)
class Opening:
    """An accepted report with its route, its clocks and its first steps; `routed` is None where none of ours has it."""

    report: ReportAccepted
    decision: Decision
    explained: events.Decision
    kept: Kept
    clock_events: tuple[ClockEvent, ...]
    steps: tuple[StatusChanged, ...]
    routed: ReportRouted | None


def begin(report: ReportAccepted, rules: Rules, now: datetime) -> Opening:
    """Route an accepted report and start its clocks.

    The citizen's clocks count from the receipt by intake, not from `now`: a router that was away gives no time away.
    """
    return begin_all((report,), rules, now)[0]


def begin_all(reports: Sequence[ReportAccepted], rules: Rules, now: datetime) -> list[Opening]:
    """The same for some reports at once."""
    decisions = route_all([question(report, rules.calendar.zone) for report in reports], rules.routes)
    return [_begin(*one, rules, now) for one in zip(reports, decisions, strict=True)]


def _begin(report: ReportAccepted, decision: Decision, rules: Rules, now: datetime) -> Opening:
    case = _case(report, decision, now)
    entry = Entry(case.status, case.since, case.received_at)
    clock_events = enter({}, rules.plans(case.rule_id), entry, rules.calendar)
    kept = tick(Kept(case, {}), clock_events, rules)
    explained = explain(decision, rules.pack.version)
    routed = routed_event(report, kept, decision.topic, explained, rules) if kept.case.hop else None
    return Opening(report, decision, explained, kept, clock_events, _steps(report, decision, kept.case, rules), routed)


def routed_event(
    report: ReportAccepted, kept: Kept, topic: str | None, explained: events.Decision, rules: Rules
) -> ReportRouted:
    """The event that tells an agency that it has the report, and until when."""
    agency = rules.pack.agencies[kept.case.agency or ""]
    running = (clock for clock in kept.clocks.values() if clock.state == "running")
    return ReportRouted.model_construct(
        report_id=report.report_id,
        tracking_code=report.tracking_code,
        hop=kept.case.hop,
        agency=agency.code,
        agency_name=agency.name,
        topic=topic,
        report_class=report.report_class,
        decision=explained,
        deadlines=tuple(_started(clock) for clock in running),
    )


def question(report: ReportAccepted, zone: ZoneInfo) -> Question:
    """What the router is asked about a report."""
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


def _case(report: ReportAccepted, decision: Decision, now: datetime) -> Case:
    # A broker's clock may run ahead of ours; a step never lies before the one it follows.
    at = max(now, report.received_at)
    return Case(
        report_id=report.report_id,
        tracking_code=report.tracking_code,
        status="referred" if decision.referred else "assigned" if decision.agency else "at_desk",
        reason=decision.reason,
        sequence=2,
        agency=decision.agency,
        hop=1 if decision.agency and not decision.referred else 0,
        tried=frozenset([decision.agency] if decision.agency else []),
        since=at,
        acted_at=at,
        received_at=report.received_at,
        rule_id=decision.sla_rule,
        expected_at=None,
    )


def _steps(report: ReportAccepted, decision: Decision, case: Case, rules: Rules) -> tuple[StatusChanged, ...]:
    """`received` when intake had it, then who has it now."""
    received = StatusChanged(
        report_id=report.report_id,
        tracking_code=report.tracking_code,
        sequence=1,
        status="received",
        previous=None,
        reason=None,
        agency=None,
        expected_at=case.expected_at,
        actor="system",
        at=report.received_at,
    )
    placed = received.model_copy(
        update={
            "sequence": 2,
            "status": case.status,
            "previous": "received",
            "reason": decision.reason,
            "agency": case.agency,
            "at": case.since,
            # Who was referred has to know where to go on.
            "note": rules.pack.agencies[decision.agency or ""].phone_or_channel if decision.referred else None,
        }
    )
    return received, placed


def _started(clock: Clock) -> events.ClockStarted:
    return events.ClockStarted(
        clock=clock.name,
        due_at=clock.due_at,
        started_at=clock.started_at,
        rule_id=clock.rule_id,
        calendar_version=clock.calendar_version,
    )


def explain(decision: Decision, pack_version: str) -> events.Decision:
    """The decision as events tell it."""
    return events.Decision.model_validate(
        {
            "method": decision.method,
            "confidence": decision.confidence,
            "evidence": _told(decision.evidence),
            "alternatives": [
                {"agency": a.agency, "topic": a.topic, "confidence": a.confidence, "evidence": _told(a.evidence)}
                for a in decision.alternatives
            ],
            "tried": [{"rule": t.rule, "result": t.result} for t in decision.tried],
            "pack_version": pack_version,
            "model_version": decision.model_version,
        }
    )


def _told(evidence: Sequence[Evidence]) -> list[dict[str, str | float]]:
    return [{"kind": e.kind, "value": e.value, "weight": e.weight} for e in evidence]

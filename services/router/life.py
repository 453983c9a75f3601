"""What each command makes of a report (contract section 5). Pure.

What the table of transitions does not list is refused; so is what comes from the wrong agency, too late, or without
what it needs. A refusal changes nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from services.router.case import Case, Command
from services.router.transitions import EDGES, TABLE, Edge
from shared.pack.life import Policy

_STARTED: Final = frozenset({"started", "work-started"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was changed."""

    code: str


@dataclass(frozen=True, slots=True)
class Change:
    """The report after a command, by the edge it took. `tells` is False for what makes no step of its own."""

    case: Case
    edge: Edge
    tells: bool


def apply(case: Case, command: Command, policy: Policy, reopenable_until: datetime | None = None) -> Change | Refusal:
    """What `command` makes of `case`; `reopenable_until` ends the time in which a closed report may be reopened."""
    if command.actor == "agency" and command.agency != case.agency:
        return Refusal("wrong-agency")
    edge = TABLE.get((case.status, _meant(case, command), command.actor))
    if edge is None:
        return Refusal(_not_allowed(case, command))
    if _out_of_date(case, command, policy):
        return Refusal("out-of-date")
    lacking = _lacking(case, command, edge, policy, reopenable_until)
    return Refusal(lacking) if lacking else _changed(case, command, edge)


def _meant(case: Case, command: Command) -> str:
    """`not_ours` without another agency returns it to the desk; an answer goes to the desk where no agency asked."""
    if command.action == "not_ours" and command.destination is None:
        return "return"
    if command.action == "answer" and command.actor == "reporter" and case.agency is None:
        return "answer_desk"
    return command.action


def _not_allowed(case: Case, command: Command) -> str:
    same = [edge for edge in EDGES if (edge.action, edge.actor) == (command.action, command.actor)]
    if not same and any(edge.action == command.action and edge.actor == "desk" for edge in EDGES):
        return "desk-only"
    status = case.status.replace("_", "-")
    return f"already-{status}" if any(edge.to == case.status for edge in same) else f"not-allowed-when-{status}"


def _out_of_date(case: Case, command: Command, policy: Policy) -> bool:
    """Whether it was said before what it follows; clocks of other systems may be wrong by the pack's measure."""
    if command.said_at is None or command.action == "withdraw":
        return False
    known = case.acted_at if command.actor == "agency" else case.since
    return command.said_at < known - timedelta(seconds=policy.skew_seconds)


def _lacking(case: Case, command: Command, edge: Edge, policy: Policy, until: datetime | None) -> str | None:
    """The code of the first thing that the command lacks, or of the limit that it passes."""
    conditions: dict[str, tuple[tuple[str, bool], ...]] = {
        "start": (("already-in-progress", case.status == "in_progress" and case.reason in _STARTED),),
        "answer": (("note-missing", edge.actor == "agency" and not command.note),),
        "complete": (("evidence-missing", policy.completion_needs_evidence and not command.evidence),),
        "not_ours": (("reason-missing", not (command.note or command.reason_code or command.suggested_agency)),),
        "ask_reporter": (("question-missing", not command.note),),
        "extend": (
            ("extended-already", case.extended >= policy.extensions_most),
            ("reason-missing", not (command.note or command.reason_code)),
            ("date-missing", command.expected_at is None),
            ("date-not-later", not _later(command.expected_at, case.expected_at)),
        ),
        "refer": (("body-missing", command.destination is None), ("reference-missing", not command.note)),
        "reject": (("reason-missing", not command.reason_code), ("note-missing", not command.note)),
        "assign": (
            ("agency-missing", command.destination is None),
            ("same-agency", command.destination == case.agency),
        ),
        "rate": (("rating-missing", command.rating is None),),
        "reopen": (
            ("reopened-too-often", case.reopened >= policy.reopen_most),
            ("reopened-too-late", case.status == "closed" and _later(command.at, until)),
        ),
    }
    return next((code for code, lacks in conditions.get(command.action, ()) if lacks), None)


def _later(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and one > other


def _changed(case: Case, command: Command, edge: Edge) -> Change:
    if edge.action == "rate":
        return Change(case, edge, tells=False)
    at = max(command.at, case.since)
    hop = edge.to == "assigned"
    # A time from the future would make everything later look out of date.
    spoke = max(case.acted_at, min(command.said_at or at, at)) if command.actor == "agency" else case.acted_at
    agency = command.destination if edge.to in {"assigned", "referred"} else case.agency
    changed = replace(
        case,
        status=edge.to,
        # More time for it is no new reason why it is in progress.
        reason=case.reason if edge.action == "extend" else edge.reason,
        sequence=case.sequence + 1,
        agency=None if edge.to == "at_desk" else agency,
        hop=case.hop + hop,
        tried=case.tried | {agency} if hop and agency else case.tried,
        since=at,
        acted_at=at if hop else spoke,
        reopened=case.reopened + (edge.to == "reopened"),
        extended=case.extended + (edge.action == "extend"),
    )
    return Change(changed, edge, tells=True)

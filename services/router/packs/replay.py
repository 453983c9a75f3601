"""Old decisions made again: by the pack and model that they name (do they hold?), or by others (what would move?).

Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.router.decision import Decision, Question
from services.router.opening import explain, question
from services.router.packs.store import Decided
from services.router.rerouting import ABSENT, SUGGESTION, SentBack, reroute
from services.router.routing import Routes, route
from shared import events
from shared.calendar import Calendar
from shared.events import ReportAccepted


@dataclass(frozen=True, slots=True)
class Again:
    """A decision beside the one that the routes make; None stands for the desk.

    `same` tells whether all of it is the same, evidence and confidence included; `why` what now speaks for it.
    """

    tracking_code: str
    number: int
    was: str | None
    now: str | None
    topic: str | None
    why: tuple[str, ...]
    same: bool
    text: str

    @property
    def moved(self) -> bool:
        """Whether another body would get the report."""
        return self.was != self.now


def ordered(past: Decided) -> bool:
    """Whether an officer ordered it: the router tried nothing, and there is nothing to make again."""
    return not past.decision["tried"]


def decide_again(past: Decided, routes: Routes, calendar: Calendar, before: Sequence[Decided] = ()) -> Again:
    """A decision of the router on a report as it was accepted, made anew by `routes`.

    `before` are the earlier decisions on the report: without any it is the first, else what became of one that an
    agency sent back.
    """
    report = ReportAccepted.model_validate(past.accepted)
    decision = _decided(question(report, calendar.zone), past, before, routes)
    explained = explain(decision, routes.pack.version)
    return Again(
        tracking_code=past.tracking_code,
        number=past.number,
        was=past.agency,
        now=decision.agency,
        topic=decision.topic,
        why=tuple(_said(decision.reason, explained)),
        same=explained == events.Decision.model_validate(past.decision) and decision.agency == past.agency,
        text=report.text,
    )


def _decided(asked: Question, past: Decided, before: Sequence[Decided], routes: Routes) -> Decision:
    if not before:
        return route(asked, routes)
    return reroute(_sent_back(past.decision, before), asked, routes.pack.life.policy.hops_most, routes).decision


def _sent_back(decision: dict[str, Any], before: Sequence[Decided]) -> SentBack:
    """What an agency had said, as the decision that followed holds it."""
    agency, _, reason = decision["evidence"][0]["value"].partition(": ")
    suggested = next((step["result"] for step in decision["tried"] if step["rule"] == SUGGESTION), ABSENT)
    return SentBack(
        agency=agency,
        tried=frozenset(one.agency for one in before if one.agency),
        hop=before[-1].hop,
        suggested=None if suggested == ABSENT else suggested,
        reason=reason,
    )


def _said(reason: str | None, explained: events.Decision) -> list[str]:
    spoken = [f"{one.kind} {one.value} ({one.weight:g})" for one in explained.evidence[:3]]
    return [*([reason] if reason else []), *spoken]

"""Old decisions made again: by the pack and model that they name (do they hold?), or by others (what would move?).

Pure.
"""

from dataclasses import dataclass
from typing import Any

from services.router.opening import explain, question
from services.router.packs.store import Decided
from services.router.routing import Routes, route
from shared.calendar import Calendar
from shared.events import ReportAccepted


@dataclass(frozen=True, slots=True)
class Again:
    """A first decision beside the one that the routes make; None stands for the desk.

    `same` tells whether all of it is the same, evidence and confidence included; `why` what now speaks for it.
    """

    tracking_code: str
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


def decide_again(past: Decided, routes: Routes, calendar: Calendar) -> Again:
    """The decision on a report as it was accepted, made anew by `routes`."""
    report = ReportAccepted.model_validate(past.accepted)
    decision = route(question(report, calendar.zone), routes)
    explained = explain(decision, routes.pack.version).model_dump(mode="json")
    return Again(
        tracking_code=past.tracking_code,
        was=past.agency,
        now=decision.agency,
        topic=decision.topic,
        why=tuple(_said(decision.reason, explained)),
        same=explained == past.decision and decision.agency == past.agency,
        text=report.text,
    )


def _said(reason: str | None, explained: dict[str, Any]) -> list[str]:
    spoken = [f"{one['kind']} {one['value']} ({one['weight']:g})" for one in explained["evidence"][:3]]
    return [*([reason] if reason else []), *spoken]

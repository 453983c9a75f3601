"""Where a report goes that an agency says is not its own. Pure.

The suggestion of the agency first, then the router's own rules without the choice that failed, and a model's next guess
where one is on; the desk where an agency would get it a second time, after the pack's number of hops, or where nobody
is clear.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from services.router.decision import Decision, Evidence, Question, Tried
from services.router.ranking import sent_back
from services.router.routing import Routes, route

# What `tried` names the suggestion, and says where there was none.
SUGGESTION: Final = "suggestion"
ABSENT: Final = "absent"
_REASONS: Final = {"hops": "too-many-hops", "cycle": "cycle", "unclear": "not-ours"}


@dataclass(frozen=True, slots=True)
class SentBack:
    """A report in the hands of an agency that says it is not its own.

    `tried` are all bodies that had it, this one among them; `hop` counts how often one got it. `suggested` and `reason`
    are codes of the agency's own choice.
    """

    agency: str | None
    tried: frozenset[str]
    hop: int
    suggested: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Reroute:
    """The decision and the `rule` that made it: suggestion or rules; for the desk cycle, hops or unclear.

    Its topic is None where the report keeps the one that it has.
    """

    decision: Decision
    rule: str

    @property
    def agency(self) -> str | None:
        """Who gets it; None where the desk does."""
        return self.decision.agency


def reroute(back: SentBack, question: Question, hops_most: int, routes: Routes) -> Reroute:
    """The next hop of a report, or the desk."""
    hinted = _acting(back.suggested, question.on, routes)
    # Where something else decides, the rules' own choice is one among others, and an officer has to see why.
    held = hinted is not None or back.hop >= hops_most or question.jurisdiction == "outside"
    found = route(replace(_without_what_failed(back, question, routes), held=held), routes)
    rule = _rule(back, hinted, found, hops_most)
    said = Evidence("agency", f"{back.agency}: {back.reason or 'not-ours'}", 1.0)
    hops = Tried("hops", f"{back.hop} of {hops_most}")
    tried = (*found.tried, Tried(SUGGESTION, back.suggested or ABSENT), hops)
    found = replace(found, evidence=(said, *found.evidence), tried=tried)
    if rule in _REASONS:
        desk = replace(found, agency=None, topic=None, method="desk", reason=_REASONS[rule])
        return Reroute(desk, rule)
    return Reroute(_suggested(found, hinted, routes) if hinted is not None else found, rule)


def _rule(back: SentBack, hinted: str | None, found: Decision, hops_most: int) -> str:
    """What decides."""
    if back.hop >= hops_most:
        return "hops"
    if hinted is not None:
        return "cycle" if hinted in back.tried else "suggestion"
    if found.guess in back.tried:  # the body that has a place outside the city
        return "cycle"
    return "rules" if found.agency else "unclear"


def _suggested(found: Decision, hinted: str, routes: Routes) -> Decision:
    """The decision for the agency that was suggested; what spoke for another one does not speak for it."""
    said, *spoken = found.evidence
    agreed = found.guess == hinted
    return replace(
        found,
        agency=hinted,
        topic=found.topic if agreed else None,
        guess=hinted,
        method="agency",
        reason=None,
        confidence=routes.pack.deployment.routing.stated_confidence,
        evidence=(said, *(one for one in spoken if agreed or not one.weight)),
        alternatives=tuple(replace(one, evidence=()) for one in found.alternatives if one.agency != hinted),
    )


def _without_what_failed(back: SentBack, question: Question, routes: Routes) -> Question:
    """The question without the reporter's choice where that is what failed."""
    asked = replace(question, tried=back.tried)
    failed = sent_back(asked, routes.pack)
    topic = routes.pack.topics.get(question.topic or "")
    return replace(
        asked,
        agency=None if question.agency in failed else question.agency,
        topic=None if topic is not None and topic.agency_code in failed else question.topic,
    )


def _acting(code: str | None, on: date | None, routes: Routes) -> str | None:
    agency = routes.pack.acting(code or "", on)
    return agency.code if agency else None

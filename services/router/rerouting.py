"""Where a report goes that an agency says is not its own. Pure.

The suggestion of the agency first, then the router's own rules without the choice that failed, and a model's next guess
where one is on; the desk where an agency would get it a second time, after the pack's number of hops, or where nobody
is clear.
"""

from dataclasses import dataclass, replace
from datetime import date

from services.router.case import Case
from services.router.decision import Decision, Evidence, Question, Tried
from services.router.routing import Routes, route


@dataclass(frozen=True, slots=True)
class Reroute:
    """The decision and the `rule` that made it: suggestion or rules; for the desk cycle, hops or unclear."""

    decision: Decision
    rule: str

    @property
    def agency(self) -> str | None:
        """Who gets it; None where the desk does."""
        return self.decision.agency


def reroute(
    case: Case, question: Question, suggested: str | None, reason: str | None, hops_most: int, routes: Routes
) -> Reroute:
    """The next hop of a report, or the desk."""
    found = route(_without_what_failed(case, question, routes), routes)
    said = Evidence("agency", f"{case.agency}: {reason or 'not-ours'}", 1.0)
    hinted = _acting(suggested, question.on, routes)
    tried = (*found.tried, Tried("suggestion", suggested or "absent"), Tried("hops", f"{case.hop} of {hops_most}"))
    found = replace(found, evidence=(said, *found.evidence), tried=tried)
    if case.hop >= hops_most:
        return _desk(found, "hops")
    if hinted in case.tried:
        return _desk(found, "cycle")
    if hinted is not None:
        stated = routes.pack.deployment.routing.stated_confidence
        decision = replace(found, agency=hinted, guess=hinted, method="agency", reason=None, confidence=stated)
        others = tuple(other for other in found.alternatives if other.agency != hinted)
        decision = replace(decision, alternatives=others, referred=False)
        return Reroute(decision, "suggestion")
    if found.agency in case.tried:
        return _desk(found, "cycle")
    return Reroute(found, "rules") if found.agency and not found.referred else _desk(found, "unclear")


def _without_what_failed(case: Case, question: Question, routes: Routes) -> Question:
    """The question without the reporter's choice where that is what failed."""
    topic = routes.pack.topics.get(question.topic or "")
    failed = topic is not None and topic.agency_code in case.tried
    return replace(
        question,
        agency=None if question.agency in case.tried else question.agency,
        topic=None if failed else question.topic,
        tried=case.tried,
    )


def _acting(code: str | None, on: date | None, routes: Routes) -> str | None:
    agency = routes.pack.acting(code or "", on)
    return agency.code if agency else None


def _desk(found: Decision, rule: str) -> Reroute:
    reason = {"hops": "too-many-hops", "cycle": "cycle"}.get(rule, "not-ours")
    return Reroute(replace(found, agency=None, method="desk", reason=reason, referred=False), rule)

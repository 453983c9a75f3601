"""What the reporter or the channel chose, checked against the text: a plain contradiction is for the desk. Pure."""

from dataclasses import replace

from services.router.decision import Evidence, Question, Tried
from services.router.placing import Choice
from services.router.ranking import Ranking, acts_on, claimed, same_body, topic_of
from services.router.weighing import Weighed
from shared.pack import Pack, Topic


def explicit(
    question: Question, ranking: Ranking, found: Weighed, pack: Pack
) -> tuple[Choice | None, tuple[Tried, ...]]:
    """What the reporter or the channel chose, unless it contradicts itself or, plainly, the text."""
    topic = pack.topics.get(question.topic or "")
    agency = pack.agencies.get(question.agency or "")
    tried = (
        Tried("explicit-topic", _said(question.topic, topic.agency_code if topic else None)),
        Tried("explicit-agency", _said(question.agency, agency.code if agency else None)),
    )
    destination = agency.code if agency else topic.agency_code if topic else None
    if destination is None:
        return None, tried
    evidence = tuple(
        Evidence(kind, found.code, 1.0) for kind, found in (("topic", topic), ("agency", agency)) if found is not None
    )
    subject = topic.code if topic else topic_of(destination, ranking, pack)
    choice = Choice(destination, subject, "explicit", pack.deployment.routing.stated_confidence, evidence)
    at_odds = topic is not None and not acts_on(destination, topic, pack)
    if at_odds or _disowned(destination, topic, found, pack) or _contradicted(destination, topic, ranking, pack):
        # One word against another: nothing says which is right, so each has half.
        choice = replace(choice.desk("contradiction"), confidence=choice.confidence / 2)
    return choice, tried


def _said(stated: str | None, known: str | None) -> str:
    return "absent" if stated is None else known or f"unknown: {stated}"


def _disowned(destination: str, topic: Topic | None, found: Weighed, pack: Pack) -> bool:
    """Whether the text says that the chosen topic is not meant, or whose matter it is instead."""
    if topic is None:
        return False
    claim = claimed(topic.code, found.claims, pack)
    elsewhere = claim is not None and not same_body(destination, pack.topics[claim].agency_code, pack)
    return elsewhere or topic.code in found.denied


def _contradicted(destination: str, topic: Topic | None, ranking: Ranking, pack: Pack) -> bool:
    """Whether the text speaks clearly for another agency and hardly at all for the one chosen."""
    rules = pack.deployment.routing
    best = ranking.best
    if best is None or best.share < rules.contradiction_least or not best.spoken:
        return False
    if topic is not None and acts_on(best.destination, topic, pack):
        return False
    chosen = [found.share for found in ranking.subjects if same_body(destination, found.destination, pack)]
    return sum(chosen) <= rules.contradiction_most

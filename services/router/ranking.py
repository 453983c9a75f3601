"""From topics to bodies: which destinations the words speak for, how clearly, and which of them are one."""

from dataclasses import dataclass

from services.router.decision import Alternative, Question
from shared.pack import BY_PLACE, Pack, Topic
from shared.words import Reading, Score

# An agency that the pack names beside the chosen topic stands behind every one that a word of the text speaks for.
_BESIDE = 0.5


@dataclass(frozen=True, slots=True)
class Ranking:
    """Destinations with their best topic, best first, and the `lead` of the first over the second in points."""

    subjects: tuple[tuple[str, Score], ...]
    lead: int

    @property
    def best(self) -> tuple[str, Score] | None:
        """The first; None where no word spoke for anything."""
        return self.subjects[0] if self.subjects else None


def rank(reading: Reading, pack: Pack) -> Ranking:
    """The ranking of what was read. Topics of one agency do not compete: whichever it is, that agency acts."""
    best: dict[str, Score] = {}
    for score in reading.subjects:
        best.setdefault(pack.topics[score.topic].agency_code, score)
    points = [score.points for score in best.values()] + [0, 0]
    return Ranking(tuple(best.items()), points[0] - points[1])


def same_body(one: str, other: str, pack: Pack) -> bool:
    """Whether two codes mean one body: equal, a unit of the other, or an office of the kind that the place decides."""
    if one == other:
        return True
    agency, second = pack.agencies.get(one), pack.agencies.get(other)
    if agency is None or second is None:
        known = agency or second
        return known is not None and f"by-{known.kind}" in {one, other}
    return agency.parent == second.code or second.parent == agency.code


def acts_on(agency: str, topic: Topic, pack: Pack) -> bool:
    """Whether a topic belongs to an agency, as its first or its other one."""
    return any(same_body(agency, code, pack) for code in (topic.agency_code, topic.alt_agency_code) if code)


def office_of(destination: str, question: Question, pack: Pack) -> str:
    """The destination itself, or for `by-...` the office of the reported place where there is one."""
    if destination not in BY_PLACE:
        return destination
    office = pack.office(destination, question.region_code)
    return office.code if office else destination


def others(
    chosen: str | None, topic: str | None, rest: float, question: Question, ranking: Ranking, pack: Pack
) -> list[Alternative]:
    """Every destination but the chosen one, best first; they share the `rest` of the confidence by their points."""
    weights: dict[str, tuple[str | None, float]] = {}
    for destination, score in ranking.subjects:
        weights.setdefault(office_of(destination, question, pack), (score.topic, float(score.points)))
    subject = pack.topics.get(topic or "")
    if subject is not None:
        for code in filter(None, (subject.agency_code, subject.alt_agency_code)):
            weights.setdefault(office_of(code, question, pack), (subject.code, _BESIDE))
    weights.pop(chosen or "", None)
    total = sum(weight for _, weight in weights.values())
    return [
        Alternative(code, about, round(rest * weight / total, 3))
        for code, (about, weight) in sorted(weights.items(), key=lambda item: -item[1][1])
    ]

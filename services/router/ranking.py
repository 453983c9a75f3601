"""From topics to bodies: which destinations the words speak for, how surely, and which of them are one. Pure."""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from services.router.decision import Question
from services.router.weighing import Weighed, Weight
from shared.pack import BY_PLACE, Pack, Topic
from shared.words import Reading

# Log odds of a report that is about nothing the words speak for.
_NOTHING: Final = -1.0
# What words that raise the alarm add to their topic: somebody in danger, where reports of it are rare.
_ALARM: Final = 1.5
# Where only words about how somebody was treated were found: as good as a keyword.
_TREATMENT: Final = 2.0
# So much more likely is the topic that the text claims than the likeliest of those that it takes the matter from.
_CLAIM: Final = 1.0


class Subject(NamedTuple):
    """A destination with its best topic and its share (0-1) of all that the report can be about."""

    destination: str
    topic: str
    share: float
    spoken: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Destinations, best first. Their shares and that of nothing at all add up to 1."""

    subjects: tuple[Subject, ...]

    @property
    def best(self) -> Subject | None:
        """The first; None where no word spoke for anything."""
        return self.subjects[0] if self.subjects else None

    def share(self, destination: str) -> float:
        """The share of a destination."""
        return next((subject.share for subject in self.subjects if subject.destination == destination), 0.0)


def rank(reading: Reading, found: Weighed, pack: Pack, without: Collection[str] = ()) -> Ranking:
    """The ranking of what was read. Topics of one agency do not compete: whichever it is, that agency acts.

    `without` are destinations that are known to be wrong: the shares are of what remains.
    """
    alarmed = _with_alarms(reading, found.topics)
    if without:
        alarmed = [weight for weight in alarmed if pack.topics[weight.topic].agency_code not in without]
    weighed = _with_claims(alarmed, found.claims, pack)
    if not weighed:
        return Ranking(())
    most = max(_NOTHING, weighed[0].odds)
    parts: dict[str, float] = {}
    best: dict[str, Weight] = {}
    for weight in weighed:
        destination = pack.topics[weight.topic].agency_code
        parts[destination] = parts.get(destination, 0.0) + math.exp(weight.odds - most)
        best.setdefault(destination, weight)
    total = sum(parts.values()) + math.exp(_NOTHING - most)
    subjects = [
        Subject(destination, best[destination].topic, part / total, best[destination].spoken)
        for destination, part in parts.items()
    ]
    return Ranking(tuple(sorted(subjects, key=lambda subject: (-subject.share, subject.destination))))


def _with_alarms(reading: Reading, weights: Sequence[Weight]) -> list[Weight]:
    alarming = {raised.topic for raised in reading.raised if raised.topic}
    if not alarming and not reading.maladministration:
        return list(weights)
    weighed = [
        Weight(weight.topic, weight.odds + _ALARM, weight.spoken) if weight.topic in alarming else weight
        for weight in weights
    ]
    # How somebody was treated is the subject only where no keyword of another was found.
    if reading.subjects and reading.subjects[0].topic in reading.maladministration:
        first = reading.subjects[0]
        if not any(weight.topic == first.topic for weight in weighed):
            spoken = tuple((keyword, float(points)) for keyword, points in first.keywords)
            weighed.append(Weight(first.topic, _NOTHING + _TREATMENT, spoken))
    return sorted(weighed, key=lambda weight: (-weight.odds, weight.topic))


def claimed(topic: str, claims: Iterable[str], pack: Pack) -> str | None:
    """The topic that a text claims where it would else be about another one of the same group, or of any."""
    subject = pack.topics[topic]
    for claim in sorted(claims):
        if claim == topic:
            return None
        if claim in pack.cues.everywhere or pack.topics[claim].group == subject.group:
            return claim
    return None


def _with_claims(weighed: list[Weight], claims: Iterable[str], pack: Pack) -> list[Weight]:
    claim = claimed(weighed[0].topic, claims, pack) if weighed else None
    if claim is None:
        return weighed
    raised = [
        Weight(weight.topic, weighed[0].odds + _CLAIM, weight.spoken) if weight.topic == claim else weight
        for weight in weighed
    ]
    return sorted(raised, key=lambda weight: (-weight.odds, weight.topic))


def same_body(one: str, other: str, pack: Pack) -> bool:
    """Whether two codes mean one body: equal, a unit of the other, or an office of the kind that the place decides."""
    if one == other:
        return True
    agency, second = pack.agencies.get(one), pack.agencies.get(other)
    if agency is None or second is None:
        known = agency or second
        return known is not None and f"by-{known.kind}" in {one, other}
    return agency.parent == second.code or second.parent == agency.code


def topic_of(agency: str, ranking: Ranking, pack: Pack) -> str | None:
    """The best topic that the words speak for of an agency or of one that is the same body."""
    agencies, body = pack.agencies, pack.agencies.get(agency)
    kin = {agency, body.parent, f"by-{body.kind}"} if body else {agency}
    for found in ranking.subjects:
        other = agencies.get(found.destination)
        if found.destination in kin or (other is not None and agency in {other.parent, f"by-{other.kind}"}):
            return found.topic
    return None


def acts_on(agency: str, topic: Topic, pack: Pack) -> bool:
    """Whether a topic belongs to an agency, as its first or its other one."""
    return any(same_body(agency, code, pack) for code in (topic.agency_code, topic.alt_agency_code) if code)


def office_of(destination: str, question: Question, pack: Pack) -> str:
    """The destination itself, or for `by-...` the office of the reported place where there is one."""
    if destination not in BY_PLACE:
        return destination
    office = pack.office(destination, question.region_code)
    return office.code if office else destination


def bodies_of(destination: str, question: Question, pack: Pack) -> tuple[str, ...]:
    """Whom a destination means: the office of the place, and who acts for it on the day."""
    office = office_of(destination, question, pack)
    acting = pack.acting(office, question.on)
    return (office, acting.code) if acting else (office,)


def sent_back(question: Question, pack: Pack) -> frozenset[str]:
    """The destinations that lead to a body which sent the report back; none for nearly all reports."""
    if not question.tried:
        return question.tried
    leads = (code for code in (*pack.agencies, *BY_PLACE) if question.tried & {*bodies_of(code, question, pack)})
    return question.tried.union(leads)

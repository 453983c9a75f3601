"""Where a choice leads: out of the city, to the office of the place, to whoever acts on the day. Pure."""

from dataclasses import dataclass, replace

from services.router.decision import Evidence, Question, Tried
from services.router.ranking import office_of
from shared.pack import BY_PLACE, Pack


@dataclass(frozen=True, slots=True)
class Choice:
    """A destination on trial; with a `reason` it is for the desk, unless it is `referred`."""

    destination: str | None
    topic: str | None
    method: str
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    reason: str | None = None
    referred: bool = False

    def desk(self, reason: str) -> "Choice":
        """The same for the desk; the first reason stays."""
        return replace(self, reason=self.reason or reason)


def place(choice: Choice, question: Question, pack: Pack, *, alarm: bool) -> tuple[Choice, Tried]:
    """The choice with its place: outside the city, the office of a kelurahan or kecamatan, who acts on that day."""
    where = f"{question.jurisdiction} {question.region_code or '-'}"
    if question.jurisdiction == "outside":
        return _outside(choice, question, pack, alarm=alarm), Tried("place", where)
    if choice.destination in BY_PLACE:
        office = office_of(choice.destination, question, pack)
        found = office != choice.destination
        if found:
            evidence = (*choice.evidence, Evidence("place", question.region_code or "", 1.0))
            method = choice.method if choice.method == "explicit" else "place"
            choice = replace(choice, destination=office, method=method, evidence=evidence)
        # Near the border, or from a name that two places share: a guess for the officer, no ground to send it out.
        if not found or question.jurisdiction != "inside":
            return choice.desk("place-unknown"), Tried("place", f"{where}: {office} not certain")
        where = f"{where}: {office}"
    acting = pack.acting(choice.destination or "", question.on)
    if acting is None and choice.destination is not None:
        return choice.desk("agency-gone"), Tried("place", where)
    return replace(choice, destination=acting.code if acting else None), Tried("place", where)


def _outside(choice: Choice, question: Question, pack: Pack, *, alarm: bool) -> Choice:
    """To the body that has the place.

    For the desk where the place is not known so far, and where somebody is in danger: an officer calls that body.
    """
    evidence = (*choice.evidence, Evidence("place", question.region_code or "outside", 1.0))
    body = pack.body_outside(question.region_code)
    acting = pack.acting(body.code, question.on)
    choice = replace(choice, destination=body.code, confidence=pack.deployment.routing.stated_confidence)
    if question.region_code is None or acting is None or alarm:
        return replace(choice, evidence=evidence, reason="outside-city")
    return replace(
        choice, destination=acting.code, method="place", evidence=evidence, reason="outside-city", referred=True
    )

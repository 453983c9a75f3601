"""The right agency for a report, and why: explicit choice, words, place, a learned model if one is on, desk. Pure.

Every rule is tried and recorded, also behind the one that decided. Thresholds and figures are the pack's.
"""

from dataclasses import dataclass, replace

from services.router.decision import Alternative, Decision, Evidence, Question, Tried
from services.router.learned.hearing import spoken
from services.router.learned.judgement import Judgement, Model
from services.router.ranking import Ranking, acts_on, office_of, others, rank, same_body
from shared.pack import BY_PLACE, Pack, Topic
from shared.words import Reading, Words


@dataclass(frozen=True, slots=True)
class Routes:
    """A pack made ready for routing, and the model that is switched on: build once, share, replace as a whole."""

    pack: Pack
    words: Words
    model: Model | None = None

    @classmethod
    def of(cls, pack: Pack) -> "Routes":
        """The routes of a pack."""
        return cls(pack, Words(pack))


@dataclass(frozen=True, slots=True)
class _Choice:
    """A destination on trial; with a `reason` it is for the desk."""

    destination: str | None
    topic: str | None
    method: str
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    reason: str | None = None

    def desk(self, reason: str) -> "_Choice":
        """The same for the desk; the first reason stays."""
        return replace(self, reason=self.reason or reason)


def route(question: Question, routes: Routes) -> Decision:
    """The decision on a report; the same for the same question and pack, on any day and machine."""
    pack = routes.pack
    reading = routes.words.read(question.title, question.text)
    ranking = rank(reading, pack)
    explicit, stated = _explicit(question, ranking, pack)
    judged = None
    if routes.model is not None and explicit is None:
        judged = routes.model.judge((question.title, question.text), reading, spoken(ranking))
    decided = explicit or _by_model(judged, reading, ranking, routes)
    choice, placed = _place(decided, question, pack)
    raised = _raised(reading, pack)
    sla_class = _sla_class(choice.topic, pack)
    desk = choice.reason is not None
    return Decision(
        agency=None if desk else choice.destination,
        topic=choice.topic,
        method="desk" if desk else choice.method,
        reason=choice.reason,
        guess=choice.destination,
        confidence=choice.confidence,
        evidence=(*choice.evidence, *raised),
        alternatives=_alternatives(choice, judged, question, ranking, pack),
        tried=(*stated, _tried_words(ranking), placed, *_tried_model(judged, routes.model)),
        flags=tuple(dict.fromkeys(evidence.kind for evidence in raised)),
        sla_class=sla_class,
        sla_rule=pack.settlement_rule(question.report_class, sla_class).rule_id,
        model_version=routes.model.version if judged and routes.model else None,
    )


def _explicit(question: Question, ranking: Ranking, pack: Pack) -> tuple[_Choice | None, tuple[Tried, ...]]:
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
    subject = topic.code if topic else _subject(destination, ranking, pack)
    choice = _Choice(destination, subject, "explicit", pack.deployment.routing.stated_confidence, evidence)
    at_odds = topic is not None and not acts_on(destination, topic, pack)
    if at_odds or _contradicted(destination, topic, ranking, pack):
        # One word against another: nothing says which is right, so each has half.
        choice = replace(choice.desk("contradiction"), confidence=choice.confidence / 2)
    return choice, tried


def _said(stated: str | None, known: str | None) -> str:
    return "absent" if stated is None else known or f"unknown: {stated}"


def _subject(agency: str, ranking: Ranking, pack: Pack) -> str | None:
    """The best topic of an agency that the words speak for."""
    return next((score.topic for code, score in ranking.subjects if same_body(agency, code, pack)), None)


def _contradicted(destination: str, topic: Topic | None, ranking: Ranking, pack: Pack) -> bool:
    """Whether the text speaks clearly for another agency and not at all for the one chosen."""
    if ranking.best is None or ranking.lead < pack.deployment.routing.contradiction_lead:
        return False
    if topic is not None and acts_on(ranking.best[0], topic, pack):
        return False
    return _subject(destination, ranking, pack) is None


def _by_words(reading: Reading, ranking: Ranking, pack: Pack) -> _Choice:
    """The agency that the words speak for; for the desk where they say too little."""
    if ranking.best is None:
        return _Choice(None, None, "rule", 0.0, reason="no-match")
    destination, score = ranking.best
    rules = pack.deployment.routing
    enough = rules.place_lead if destination in BY_PLACE else rules.words_lead
    if score.topic in reading.emergencies:
        enough = rules.emergency_lead
    confidence = rules.words_confidence[min(ranking.lead, len(rules.words_confidence) - 1)]
    evidence = tuple(Evidence("keyword", keyword, float(points)) for keyword, points in score.keywords)
    choice = _Choice(destination, score.topic, "rule", confidence, evidence)
    return choice if ranking.lead >= enough else choice.desk("unclear")


def _by_model(judged: Judgement | None, reading: Reading, ranking: Ranking, routes: Routes) -> _Choice:
    """The agency that the model is sure of, the words heard as one voice in it; without a model, the words alone.

    Where the model is not sure, the words still decide on emergencies, and on what its history says nothing of.
    """
    by_words = _by_words(reading, ranking, routes.pack)
    if judged is None or routes.model is None:
        return by_words
    best = judged.best
    evidence = tuple(Evidence("word", word, weight) for word, weight in judged.words)
    topic = _subject(best.destination, ranking, routes.pack)
    choice = _Choice(best.destination, topic, "model", best.confidence, evidence)
    if best.confidence >= routes.model.least:
        return choice
    strange = by_words.destination is not None and not routes.model.knows(by_words.destination)
    if by_words.reason is None and (strange or by_words.topic in reading.emergencies):
        return by_words
    return choice.desk("unclear")


def _tried_model(judged: Judgement | None, model: Model | None) -> tuple[Tried, ...]:
    if judged is None or model is None:
        return ()
    best = judged.best
    return (Tried("model", f"{best.destination}: {best.confidence:.3f}, sends from {model.least:.3f}"),)


def _tried_words(ranking: Ranking) -> Tried:
    if ranking.best is None:
        return Tried("words", "no keyword")
    destination, score = ranking.best
    return Tried("words", f"{score.topic} ({destination}): {score.points} points, lead {ranking.lead}")


def _place(choice: _Choice, question: Question, pack: Pack) -> tuple[_Choice, Tried]:
    """The choice with its place: outside the city, the office of a kelurahan or kecamatan, who acts on that day."""
    where = f"{question.jurisdiction} {question.region_code or '-'}"
    if question.jurisdiction == "outside":
        return _outside(choice, question, pack), Tried("place", where)
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


def _outside(choice: _Choice, question: Question, pack: Pack) -> _Choice:
    """For the desk, with the body that has the place as the guess where the pack knows it."""
    code = f"{question.region_code}."
    body = next((body.agency for body in pack.deployment.surrounding if code.startswith(f"{body.region}.")), None)
    evidence = (*choice.evidence, Evidence("place", question.region_code or "outside", 1.0))
    choice = replace(choice, evidence=evidence, reason="outside-city")
    if body is None:
        return choice
    return replace(choice, destination=body, confidence=pack.deployment.routing.stated_confidence)


def _alternatives(
    choice: _Choice, judged: Judgement | None, question: Question, ranking: Ranking, pack: Pack
) -> tuple[Alternative, ...]:
    """The best three others; at the desk the guess is the first of them."""
    if judged is None:
        rest = others(choice.destination, choice.topic, 1 - choice.confidence, question, ranking, pack)
    else:
        offices = {office_of(guess.destination, question, pack): guess for guess in judged.guesses}
        offices.pop(choice.destination or "", None)
        rest = [
            Alternative(office, _subject(guess.destination, ranking, pack), guess.confidence)
            for office, guess in offices.items()
        ]
    if choice.reason is not None and choice.destination is not None:
        rest.insert(0, Alternative(choice.destination, choice.topic, choice.confidence))
    return tuple(rest[:3])


def _raised(reading: Reading, pack: Pack) -> tuple[Evidence, ...]:
    """What raises the flags: topics of emergencies, forms of maladministration."""
    forms = pack.deployment.maladministration.forms
    return (
        *(Evidence("emergency", topic, 0.0) for topic in reading.emergencies),
        *(Evidence("maladministration", forms[topic], 0.0) for topic in reading.maladministration),
    )


def _sla_class(topic: str | None, pack: Pack) -> str:
    """The class of the topic.

    A cue of maladministration in the text is a flag for the desk and lengthens no deadline: one word such as "judes"
    would turn a pothole's 14 working days into 60.
    """
    subject = pack.topics.get(topic or "")
    return subject.sla_class if subject else pack.deployment.settlement.unknown_topic

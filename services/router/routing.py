"""The right agency for a report, and why: explicit choice, words, place, a learned model if one is on, desk. Pure.

Every rule is tried and recorded, also behind the one that decided. Thresholds and figures are the pack's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from services.router.alternatives import alternatives
from services.router.decision import Decision, Evidence, Question, Tried
from services.router.learned.hearing import spoken
from services.router.learned.judgement import Judgement, Model, Told
from services.router.placing import Choice, place
from services.router.ranking import Ranking, rank, sent_back, topic_of
from services.router.stated import explicit
from services.router.weighing import Weighed, Weights
from shared.pack import BY_PLACE, EMERGENCY, Pack
from shared.words import Reading, Words

# Of what spoke for a route so much is told: the heaviest.
_MOST_EVIDENCE: Final = 8
# What `tried` says of a rule that could not be tried, before the name of the error.
FAILED: Final = "failed: "
_NOTHING_READ: Final = Reading((), (), (), (), frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Routes:
    """A pack made ready for routing, and the model that is switched on: build once, share, replace as a whole."""

    pack: Pack
    words: Words
    weights: Weights
    model: Model | None = None

    @classmethod
    def of(cls, pack: Pack) -> "Routes":
        """The routes of a pack."""
        words = Words(pack)
        return cls(pack, words, Weights(pack, words))


class _Heard(NamedTuple):
    """A report as the pack's words and the model hear it; `failure` names the error that kept the words from it.

    `without` are the destinations of bodies that sent it back: `ranking` has none of them, `whole` has all, as the
    model has learned to hear them.
    """

    reading: Reading
    found: Weighed
    ranking: Ranking
    whole: Ranking
    without: frozenset[str]
    failure: str | None = None


class _Asked(NamedTuple):
    """What the reporter chose, and what the model says where it was asked."""

    explicit: Choice | None
    stated: tuple[Tried, ...]
    judged: Judgement | None = None
    said: tuple[Tried, ...] = ()


def route(question: Question, routes: Routes) -> Decision:
    """The decision on a report; the same for the same question, pack and model, on any day and machine."""
    return route_all((question,), routes)[0]


def route_all(questions: Sequence[Question], routes: Routes) -> list[Decision]:
    """The decision on each of some reports; the same as one by one, and sooner: each step finds its tables warm."""
    heard = [_hear(question, routes) for question in questions]
    asked = _ask(questions, heard, routes)
    return [_decide(*one, routes) for one in zip(questions, heard, asked, strict=True)]


def _hear(question: Question, routes: Routes) -> _Heard:
    without = sent_back(question, routes.pack)
    try:
        reading = routes.words.read(question.title, question.text)
        found = routes.weights.weigh(reading)
        whole = left = rank(reading, found, routes.pack)
        if without:
            # What was far behind the first may be near to those that remain.
            left = rank(reading, routes.weights.weigh(reading, far_behind=True), routes.pack, without)
        return _Heard(reading, found, left, whole, without)
    except Exception as error:
        return _Heard(_NOTHING_READ, Weighed(()), Ranking(()), Ranking(()), without, type(error).__name__)


def _ask(questions: Sequence[Question], heard: Sequence[_Heard], routes: Routes) -> list[_Asked]:
    """What was chosen; of the rest what the model says, if one is on."""
    pack, model = routes.pack, routes.model
    asked = [
        _Asked(*explicit(question, one.ranking, one.found, pack))
        for question, one in zip(questions, heard, strict=True)
    ]
    if model is None:
        return asked
    open_ones = [at for at, one in enumerate(asked) if one.explicit is None and not heard[at].failure]
    said = _judge(model, [_told(heard[at]) for at in open_ones])
    for at, (judged, tried) in zip(open_ones, said, strict=True):
        asked[at] = asked[at]._replace(judged=judged, said=(tried,))
    return asked


def _decide(question: Question, heard: _Heard, asked: _Asked, routes: Routes) -> Decision:
    pack, reading, ranking, failure = routes.pack, heard.reading, heard.ranking, heard.failure
    emergency = _chosen_emergency(question, pack)
    raised = _raised(reading, emergency, pack)
    alarm = emergency is not None or any(flag.flag == EMERGENCY for flag in reading.raised)
    decided = asked.explicit or _by_model(asked.judged, reading, ranking, routes)
    choice, placed = place(decided, question, pack, alarm=alarm)
    if failure and choice.reason == "no-match":
        choice = replace(choice, reason="rule-failed")
    if question.held:
        choice = replace(choice, referred=False).desk("not-ours")
    words = Tried("words", f"{FAILED}{failure}") if failure else _tried_words(ranking)
    sla_class = _sla_class(choice.topic, pack)
    desk = choice.reason is not None and not choice.referred
    return Decision(
        agency=None if desk else choice.destination,
        topic=choice.topic,
        method="desk" if desk else choice.method,
        reason=choice.reason,
        guess=choice.destination,
        confidence=choice.confidence,
        evidence=(*choice.evidence, *raised, *_proposed(reading, pack)),
        alternatives=alternatives(choice, asked.judged, question, ranking, pack, heard.without),
        tried=(*asked.stated, words, placed, *asked.said),
        flags=tuple(dict.fromkeys(evidence.kind for evidence in raised)),
        sla_class=sla_class,
        sla_rule=pack.settlement_rule(question.report_class, sla_class).rule_id,
        referred=choice.referred,
        model_version=routes.model.version if asked.said and routes.model else None,
    )


def _by_words(reading: Reading, ranking: Ranking, pack: Pack) -> Choice:
    """The agency that the words speak for; for the desk where they say too little."""
    best = ranking.best
    if best is None:
        return Choice(None, None, "rule", 0.0, reason="no-match")
    rules = pack.deployment.routing
    enough = rules.place_least if best.destination in BY_PLACE else rules.words_least
    if best.topic in reading.emergencies:
        enough = rules.emergency_least
    evidence = tuple(Evidence("keyword", words, round(weight, 2)) for words, weight in best.spoken[:_MOST_EVIDENCE])
    choice = Choice(best.destination, best.topic, "rule", round(best.share, 3), evidence)
    return choice if best.share >= enough and best.spoken else choice.desk("unclear")


def _by_model(judged: Judgement | None, reading: Reading, ranking: Ranking, routes: Routes) -> Choice:
    """The agency that the model is sure of, the words heard as one voice in it; without a model, the words alone.

    Where the model is not sure, the words still decide on emergencies, and on what its history says nothing of.
    """
    by_words = _by_words(reading, ranking, routes.pack)
    if judged is None or routes.model is None:
        return by_words
    best = judged.best
    evidence = tuple(Evidence("word", word, weight) for word, weight in judged.words)
    topic = topic_of(best.destination, ranking, routes.pack)
    choice = Choice(best.destination, topic, "model", best.confidence, evidence)
    if best.confidence >= routes.model.least:
        return choice
    strange = by_words.destination is not None and not routes.model.knows(by_words.destination)
    if by_words.reason is None and (strange or by_words.topic in reading.emergencies):
        return by_words
    return choice.desk("unclear")


def _told(heard: _Heard) -> Told:
    """What a model is told of a report; the bodies that sent it back are no guess of its."""
    return heard.reading, spoken(heard.whole), heard.without


def _judge(model: Model, told: Sequence[Told]) -> list[tuple[Judgement | None, Tried]]:
    """What the model says, and that it was asked; where it fails it is left to the words, and that is told."""
    if not told:
        return []
    try:
        return [(judged, _tried_model(judged, model)) for judged in model.judge_all(told)]
    except Exception as error:
        if len(told) > 1:
            return [said for one in told for said in _judge(model, [one])]
        return [(None, Tried("model", f"{FAILED}{type(error).__name__}"))]


def _tried_model(judged: Judgement, model: Model) -> Tried:
    best = judged.best
    return Tried("model", f"{best.destination}: {best.confidence:.3f}, sends from {model.least:.3f}")


def _tried_words(ranking: Ranking) -> Tried:
    best = ranking.best
    if best is None:
        return Tried("words", "no keyword")
    second = f", then {ranking.subjects[1].destination} {ranking.subjects[1].share:.2f}" if ranking.subjects[1:] else ""
    return Tried("words", f"{best.topic} ({best.destination}): {best.share:.2f}{second}")


def _chosen_emergency(question: Question, pack: Pack) -> str | None:
    """The topic that the reporter or the channel chose where that is one of somebody in danger."""
    chosen = pack.topics.get(question.topic or "")
    return chosen.code if chosen is not None and chosen.emergency else None


def _raised(reading: Reading, chosen: str | None, pack: Pack) -> tuple[Evidence, ...]:
    """What raises the flags: topics of emergencies, in the text or `chosen`, and forms of maladministration."""
    forms = pack.deployment.maladministration.forms
    emergencies = reading.emergencies if chosen is None else dict.fromkeys((*reading.emergencies, chosen))
    return (
        *(Evidence("emergency", topic, 0.0) for topic in emergencies),
        *(Evidence("maladministration", forms[topic], 0.0) for topic in reading.maladministration),
    )


def _proposed(reading: Reading, pack: Pack) -> tuple[Evidence, ...]:
    """What a cue of maladministration proposes to officers: the inspectorate, and the class *berkadar pengawasan*."""
    if not reading.maladministration:
        return ()
    facts = pack.deployment
    return (
        Evidence("proposed-agency", facts.offices.inspectorate, 0.0),
        Evidence("proposed-class", facts.maladministration.sla_class, 0.0),
    )


def _sla_class(topic: str | None, pack: Pack) -> str:
    """The class of the topic.

    A cue of maladministration in the text is a flag for the desk and lengthens no deadline: one word such as "judes"
    would turn a pothole's 14 working days into 60.
    """
    subject = pack.topics.get(topic or "")
    return subject.sla_class if subject else pack.deployment.settlement.unknown_topic

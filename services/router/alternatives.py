"""Who else could have been chosen, best first, and for an officer what speaks for each. Pure."""

from collections.abc import Collection
from operator import itemgetter
from typing import Final

from services.router.decision import Alternative, Evidence, Question
from services.router.learned.judgement import Judgement
from services.router.placing import Choice
from services.router.ranking import Ranking, bodies_of, office_of, topic_of
from shared.pack import BY_PLACE, Pack

Spoken = tuple[tuple[str, float], ...]
_MOST: Final = 3
_MOST_REASONS: Final = 4
# An agency that the pack names beside the chosen topic stands behind every one that a word of the text speaks for.
_BESIDE: Final = 0.001


def alternatives(
    choice: Choice,
    judged: Judgement | None,
    question: Question,
    ranking: Ranking,
    pack: Pack,
    without: Collection[str],
) -> tuple[Alternative, ...]:
    """The best three others; at the desk the guess is the first of them, and each has its reasons.

    `without` are destinations of bodies that sent the report back: an officer is not shown them again.
    """
    if judged is None:
        rest = _by_words(choice, question, ranking, pack, without)
    else:
        rest = _by_model(choice, judged, question, ranking, pack, without)
    if choice.reason is None or choice.referred:
        return tuple(rest[:_MOST])
    if choice.destination is not None and choice.destination not in without:
        rest.insert(0, Alternative(choice.destination, choice.topic, choice.confidence))
    # Only here: what goes out by itself is read by machines, and stays small.
    spoken = _spoken(question, ranking, pack)
    return tuple(
        [
            Alternative(one.agency, one.topic, one.confidence, _reasons(spoken.get(one.agency, ())))
            for one in rest[:_MOST]
        ]
    )


def _by_words(
    choice: Choice, question: Question, ranking: Ranking, pack: Pack, without: Collection[str]
) -> list[Alternative]:
    """The first destinations but the chosen one, best first, each with its share."""
    shares: dict[str, tuple[str | None, float]] = {}
    for subject in ranking.subjects[: _MOST + 1]:
        shares.setdefault(office_of(subject.destination, question, pack), (subject.topic, subject.share))
    about = pack.topics.get(choice.topic or "")
    if about is not None:
        for code in (about.agency_code, about.alt_agency_code):
            if code and code not in without:
                shares.setdefault(office_of(code, question, pack), (about.code, _BESIDE))
    shares.pop(choice.destination or "", None)
    ordered = sorted(shares.items(), key=lambda item: -item[1][1])[:_MOST]
    return [Alternative(code, about, round(share, 3)) for code, (about, share) in ordered]


def _by_model(
    choice: Choice, judged: Judgement, question: Question, ranking: Ranking, pack: Pack, without: Collection[str]
) -> list[Alternative]:
    """The model's next guesses, best first; those that are known to be wrong it names last."""
    guesses = [guess for guess in judged.guesses if guess.destination not in without] if without else judged.guesses
    offices = {office_of(guess.destination, question, pack): guess for guess in guesses}
    offices.pop(choice.destination or "", None)
    return [
        Alternative(office, topic_of(guess.destination, ranking, pack), guess.confidence)
        for office, guess in tuple(offices.items())[:_MOST]
    ]


def _spoken(question: Question, ranking: Ranking, pack: Pack) -> dict[str, Spoken]:
    """The pack's words that speak for an agency, by its code: also for the office of a place, and for a successor."""
    found = {subject.destination: subject.spoken for subject in ranking.subjects}
    for destination in [code for code in found if code in BY_PLACE or pack.agencies[code].valid_until]:
        for body in bodies_of(destination, question, pack):
            found.setdefault(body, found[destination])
    return found


def _reasons(spoken: Spoken) -> tuple[Evidence, ...]:
    """The heaviest of them; none where they do not name it."""
    heaviest = sorted(spoken, key=itemgetter(1), reverse=True)[:_MOST_REASONS]
    return tuple([Evidence("keyword", words, round(weight, 2)) for words, weight in heaviest])

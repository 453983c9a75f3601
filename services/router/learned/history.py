"""Decided cases: what a model learns from. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.router.learned.features import Document, topics_of, words_of
from services.router.learned.hearing import spoken
from services.router.ranking import rank
from services.router.routing import Routes
from shared.pack import BY_PLACE, Pack

_OFFICES = {f"by-{kind}" for kind in ("kelurahan", "kecamatan")} & set(BY_PLACE)


@dataclass(frozen=True, slots=True)
class Case:
    """A report that somebody decided; `agency` is who had it in the end, `placed` whether its place was known."""

    text: str
    agency: str
    title: str | None = None
    placed: bool = False
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """A case as a model sees it, with the destination that was right."""

    document: Document
    label: str
    placed: bool
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class History:
    """Lessons, oldest first where all have a day; `left_out` counts what taught nothing, by why."""

    lessons: tuple[Lesson, ...]
    left_out: dict[str, int]


def study(cases: Iterable[Case], routes: Routes, on: date) -> History:
    """The lessons of decided cases for the agencies that act on a day.

    A kelurahan or kecamatan counts as the office of the place, an agency that is gone as the one that acts for it.
    """
    left_out = Counter[str]()
    lessons = []
    for case in cases:
        label = label_of(case.agency, routes.pack, on)
        if label is None:
            left_out[f"unknown agency {case.agency or '(none)'}"] += 1
            continue
        document = see((case.title, case.text), routes)
        if not document.matter:
            left_out["no words"] += 1
            continue
        lessons.append(Lesson(document, label, case.placed, case.decided_at))
    if all(lesson.decided_at for lesson in lessons):
        lessons.sort(key=lambda lesson: lesson.decided_at or datetime.min)  # noqa: DTZ901 - none is missing here
    return History(tuple(lessons), dict(left_out.most_common()))


def label_of(agency: str, pack: Pack, on: date) -> str | None:
    """The destination that an agency stands for; None where the pack does not have it."""
    if agency in BY_PLACE:
        return agency
    acting = pack.acting(agency, on) or pack.agencies.get(agency)
    if acting is None:
        return None
    office = f"by-{acting.kind}"
    return office if office in _OFFICES else acting.code


def see(parts: Sequence[str | None], routes: Routes) -> Document:
    """A report's parts as a model sees them."""
    reading = routes.words.read(*parts)
    ranking = rank(reading, routes.weights.weigh(reading), routes.pack)
    return Document(words_of(reading), topics_of(reading), spoken(ranking))

"""Learning: from decided cases to a model with its figures. Needs scikit-learn.

Three linear learners see the same features: two support vector machines, one held tighter, and a complement naive
Bayes, which does well where cases are few. What they say of cases that they had not seen is stacked with what the
pack's own words say (`stacking.py`), and the confidence from which the model may decide is read off the same cases. All
that is linear is then added up to one matrix. The same cases give the same model.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from services.router.learned.file import sealed
from services.router.learned.history import Lesson
from services.router.learned.judgement import ModelError
from services.router.learned.linear import heard
from services.router.learned.matrix import Features
from services.router.learned.measuring import Guessed, figures, guessed, least_confidence
from services.router.learned.stacking import Doubles, Stack, fit
from services.router.learned.weights import Figures, Weights

Labels = npt.NDArray[np.intp]
# What a linear learner learned: a weight per feature and destination, a bias per destination.
Learned = tuple[Doubles, Doubles]
_FOLDS: Final = 4
_CASES_LEAST: Final = 50
_MATTERS_LEAST: Final = 4  # different texts of a destination: with fewer it is left to rules and desk
_OVERRULED: Final = 5  # so often the pack's words put a case to where none of them went
_NEWEST: Final = 0.2
_SURE: Final = 1.0  # standard deviations between the precision that was seen and the one that is asked for


def learn(lessons: Sequence[Lesson], precision: float, pack_version: str) -> Weights:
    """The model of a history; ModelError where it holds too little.

    `precision` is the share of right ones that is asked of what the model sends by itself.
    """
    known = _enough(lessons)
    classes = tuple(sorted({lesson.label for lesson in known}))
    if len(known) < _CASES_LEAST or len(classes) < 2:
        raise ModelError(f"{len(known)} usable cases of {len(classes)} agencies: too few to learn from")
    course = Course(known, classes)
    stack, least, seen = _examine(course, precision)
    weights, bias = _added_up(course.learners(np.arange(len(known))), stack)
    return sealed(
        Weights(
            version="",
            pack_version=pack_version,
            classes=classes,
            words=course.features.words,
            letters=course.features.letters,
            topics=course.features.topics,
            idf=course.features.idf,
            weights=weights.astype(np.float32),
            bias=bias.astype(np.float32),
            spoken=(float(stack.weights[-2]), float(stack.weights[-1])),
            least=least,
            overruled=_overruled(lessons),
            figures=seen,
        )
    )


class Course:
    """A history made ready for learners: its matrix, labels, and what the pack's own words say of each text."""

    def __init__(self, lessons: Sequence[Lesson], classes: Sequence[str]) -> None:
        documents = [lesson.document for lesson in lessons]
        self.lessons, self.classes = lessons, classes
        self.features = Features.of(documents)
        self.matrix = self.features.matrix(documents)
        place = {code: at for at, code in enumerate(classes)}
        self.labels = np.array([place[lesson.label] for lesson in lessons], dtype=np.intp)
        self.heard = np.stack([heard(classes, one.spoken) for one in documents]).transpose(2, 0, 1)

    def learners(self, rows: Labels) -> list[Learned]:
        """What each learner makes of some of the lessons."""
        matrix, labels, count = self.matrix[rows], self.labels[rows], len(self.classes)
        present = np.unique(labels)
        found = []
        for held in (0.1, 0.5):
            machine = LinearSVC(C=held, tol=0.01, random_state=0).fit(matrix, labels)
            found.append(_spread(*_both_sides(machine.coef_, machine.intercept_), present, count))
        # Topics are few and loud: among the letters of a text a naive Bayes would hear nothing else.
        told = len(self.features.words) + len(self.features.letters)
        bayes = np.zeros((len(present), matrix.shape[1]))
        bayes[:, :told] = ComplementNB(alpha=0.3).fit(matrix[:, :told], labels).feature_log_prob_
        found.append(_spread(bayes - bayes.mean(axis=0), np.zeros(len(present)), present, count))
        return found

    def said(self, learners: Sequence[Learned], rows: Labels) -> Doubles:
        """What learners and the pack's words say of some of the lessons (speaker, text, destination)."""
        matrix = self.matrix[rows]
        scores = [np.asarray(matrix @ weights) + bias for weights, bias in learners]
        return np.concatenate([np.stack(scores), self.heard[:, rows]])

    def judged(self, shares: Doubles, rows: Labels) -> list[Guessed]:
        """Lessons with their confidence."""
        some = [self.lessons[row] for row in rows]
        return guessed(self.classes, shares, [one.label for one in some], [one.placed for one in some])


def _enough(lessons: Sequence[Lesson]) -> list[Lesson]:
    """The lessons of destinations with enough different texts."""
    matters: dict[str, set[str]] = {}
    for lesson in lessons:
        matters.setdefault(lesson.label, set()).add(lesson.document.matter)
    return [lesson for lesson in lessons if len(matters[lesson.label]) >= _MATTERS_LEAST]


def _examine(course: Course, precision: float) -> tuple[Stack, float, Figures]:
    """The stack, the least confidence and the figures, from cases that the learners had not seen.

    Texts of one matter are in one fold: a copy would be known by heart. Where the days are known, the newest fifth is
    judged by what was learned before it, too; the confidence has to be enough for both.
    """
    folds = np.array([_fold(lesson.document.matter) for lesson in course.lessons])
    order = np.concatenate([np.flatnonzero(folds == fold) for fold in range(_FOLDS)])
    said = np.concatenate(
        [
            course.said(course.learners(np.flatnonzero(folds != fold)), np.flatnonzero(folds == fold))
            for fold in range(_FOLDS)
        ],
        axis=1,
    )
    stack = fit(said, course.labels[order])
    seen = course.judged(stack.shares(said), order)
    least = least_confidence(seen, precision, _SURE)
    newest = _newest(course, stack)
    if newest:
        least = max(least, least_confidence(newest, precision, 0.0))
    found = figures(seen, least)
    return stack, least, replace(found, newest=figures(newest, least) if newest else None)


def _newest(course: Course, stack: Stack) -> list[Guessed]:
    """The newest lessons, judged by what was learned from the older ones; none where days are not known."""
    days = [lesson.decided_at for lesson in course.lessons]
    if not all(days) or len(set(days)) < _FOLDS:
        return []
    rows = np.arange(len(days))
    split = int(len(days) * (1 - _NEWEST))
    before = {lesson.document.matter for lesson in course.lessons[:split]}
    fresh = np.array([row for row in rows[split:] if course.lessons[row].document.matter not in before], dtype=np.intp)
    if len(fresh) < _CASES_LEAST:
        return []
    return course.judged(stack.shares(course.said(course.learners(rows[:split]), fresh)), fresh)


def _overruled(lessons: Sequence[Lesson]) -> tuple[str, ...]:
    """Destinations to which the pack's words put cases again and again, and none of them went there."""
    labels = {lesson.label for lesson in lessons}
    first = Counter(
        max(spoken, key=lambda code: spoken[code]) for lesson in lessons if (spoken := lesson.document.spoken)
    )
    return tuple(sorted(code for code, count in first.items() if count >= _OVERRULED and code not in labels))


def _added_up(learners: Sequence[Learned], stack: Stack) -> Learned:
    """Learners in one: a weighted sum of linear scores is linear."""
    weights = sum(share * one[0] for share, one in zip(stack.weights, learners, strict=False))
    bias = stack.bias + sum(share * one[1] for share, one in zip(stack.weights, learners, strict=False))
    return np.asarray(weights), np.asarray(bias)


def _both_sides(weights: Doubles, bias: Doubles) -> Learned:
    """Of two destinations the library tells one side only."""
    return (weights, bias) if len(bias) > 1 else (np.vstack([-weights, weights]), np.concatenate([-bias, bias]))


def _spread(weights: Doubles, bias: Doubles, present: Labels, count: int) -> Learned:
    """Weights per feature and destination; of one that was not among the lessons, the least that was said of any."""
    spread = np.repeat(weights.min(axis=0)[:, None], count, axis=1)
    spread[:, present] = weights.T
    biases = np.full(count, bias.min())
    biases[present] = bias
    return spread, biases


def _fold(matter: str) -> int:
    return sha256(matter.encode()).digest()[0] % _FOLDS

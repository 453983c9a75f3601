"""Who hears what: the rows of the pack's `messages.csv`. Pure after reading.

For an event and an audience the rows are tried from above, and the first whose `when` holds is taken: what is special
stands over what is general.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, get_args

from services.notifier.news import DATE_MOVED, DEADLINE_EVENTS, DIGEST, Known, News
from shared.events import Audience, Status

KINDS: Final = ("email", "sms", "whatsapp", "channel", "webhook")
EVENTS: Final = (*get_args(Status), DATE_MOVED, *DEADLINE_EVENTS, DIGEST)
# What a message can show beside its words, each where there is one.
SHOWN: Final = (
    "code", "agency", "at", "expected_before", "expected_at", "due_at", "note", "title", "text", "answer", "address",
    "attributes", "attachments",
)  # fmt: skip
# What a reporter's reply is needed for.
ANSWER: Final = "answer"
# What a row can ask of an event beside its name, with a value or without.
TESTS: Final = ("clock", "level", "moved", "reason", "previous")
MARKS: Final = ("emergency", "another-agency", "returned")
COLUMNS: Final = (
    "event",
    "audience",
    "when",
    "template",
    "kinds",
    "hours",
    "superseded",
    "unknown",
    "stoppable",
    "shows",
)
_CHOICES: Final = {
    "event": EVENTS,
    "audience": get_args(Audience),
    "hours": ("any", "day", "digest"),
    "superseded": ("keep", "drop"),
    "unknown": ("leave", "resend"),
    "stoppable": ("yes", "no"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: when `event` happens, `audience` gets `template` by the first of `kinds` that reaches them."""

    event: str
    audience: str
    when: tuple[str, ...]  # of MARKS, or `<test>:<value>` of TESTS; all of them hold
    template: str
    kinds: tuple[str, ...]  # the best first
    waits: bool  # not at night, by a kind that rings
    superseded: bool  # not sent any more once the same audience is told something later
    resend: bool  # sent again where nobody knows whether it went out: silence would be worse than a repeat
    stoppable: bool  # not sent to whoever asked to be left alone; what the law wants told is
    shows: tuple[str, ...]
    gathered: bool = False  # told together with others, by a kind that people read

    def holds(self, news: News, known: Known) -> bool:
        """Whether the row speaks of this event in the life of this report."""
        return self.event == news.event and all(_holds(test, news, known) for test in self.when)


@dataclass(frozen=True, slots=True)
class Quiet:
    """The night, `start` to `end` in the city's zone, in which kinds that ring are silent."""

    start: time
    end: time
    kinds: frozenset[str]

    def earliest(self, kind: str, now: datetime) -> datetime:
        """When `kind` may be sent at the earliest; `now` in the city's zone."""
        at = now.time()
        night = at >= self.start or at < self.end if self.start > self.end else self.start <= at < self.end
        if kind not in self.kinds or not night:
            return now
        morning = now.replace(hour=self.end.hour, minute=self.end.minute, second=0, microsecond=0)
        return morning if morning > now else morning + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gathering:
    """When an office is told together what came since: at one time of each working day, or every so many minutes."""

    kinds: frozenset[str]
    at: time | None = None
    minutes: int = 0

    def ends(self, now: datetime, is_working_day: Callable[[date], bool]) -> datetime:
        """When the window that `now` lies in ends, later than `now`; `now` in the city's zone."""
        if self.at is None:
            length = timedelta(minutes=self.minutes)
            midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
            return midnight + ((now - midnight) // length + 1) * length
        end = now.replace(hour=self.at.hour, minute=self.at.minute, second=0, microsecond=0)
        # A calendar without a working day in a year has other worries; nobody waits for ever.
        for _ in range(366):
            if end > now and is_working_day(end.date()):
                break
            end += timedelta(days=1)
        return end


def read_rules(text: str) -> Iterator[tuple[int, Rule | str]]:
    """Each row with its line: the rule, or what is wrong with it."""
    rows = csv.DictReader(io.StringIO(text))
    if tuple(rows.fieldnames or ()) != COLUMNS:
        yield 1, f"columns must be {','.join(COLUMNS)}"
        return
    for row in rows:
        yield rows.line_num, _rule(row)


def _rule(row: dict[str, str]) -> Rule | str:
    if None in row or None in row.values():
        return "has more or fewer columns than the head"
    for column, choices in _CHOICES.items():
        if row[column] not in choices:
            return f"{column} {row[column]!r} is none of {', '.join(choices)}"
    kinds, shows, when = (tuple(row[column].split()) for column in ("kinds", "shows", "when"))
    if wrong := next(_wrong(row, kinds, shows, when), None):
        return wrong
    return Rule(
        row["event"], row["audience"], when, row["template"], kinds, row["hours"] == "day",
        row["superseded"] == "drop", row["unknown"] == "resend", row["stoppable"] == "yes", shows,
        row["hours"] == "digest",
    )  # fmt: skip


def _wrong(row: dict[str, str], kinds: Sequence[str], shows: Sequence[str], when: Sequence[str]) -> Iterator[str]:
    for strange in (*(kind for kind in kinds if kind not in KINDS), *(name for name in shows if name not in SHOWN)):
        yield f"{strange!r} is no kind and nothing that can be shown"
    for test in when:
        name, _, value = test.partition(":")
        if test not in MARKS and (name not in TESTS or not value):
            yield f"when {test!r}: only {', '.join(MARKS)}, or one of {', '.join(TESTS)} with :<value>"
        elif name == "previous" and value not in get_args(Status):
            yield f"when {test!r}: {value!r} is no status"
    if row["hours"] == "digest" and row["audience"] == "reporter":
        yield "hours 'digest' is for offices only"
    if not kinds or not row["template"]:
        yield "needs a template and at least one kind"


def _holds(test: str, news: News, known: Known) -> bool:
    name, _, value = test.partition(":")
    if name == "emergency":
        return known.emergency
    if name == "another-agency":
        return news.agency_before is not None and news.agency not in {None, news.agency_before}
    if name == "returned":
        return news.agency_before is not None and news.agency is None
    return str(getattr(news, name)) == value

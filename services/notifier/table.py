"""Who hears what: the rows of the pack's `messages.csv`. Pure after reading.

For an event and an audience the rows are tried from above, and the first whose `when` holds is taken: what is special
stands over what is general.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, get_args

from services.notifier.news import DATE_MOVED, DEADLINE_EVENTS, Known, News
from shared.events import Audience, Status

KINDS: Final = ("email", "sms", "whatsapp", "channel", "webhook")
EVENTS: Final = (*get_args(Status), DATE_MOVED, *DEADLINE_EVENTS)
# What a message can show beside its words, each where there is one.
SHOWN: Final = ("code", "agency", "at", "expected_at", "due_at", "note", "title", "text")
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
    "hours": ("any", "day"),
    "superseded": ("keep", "drop"),
    "unknown": ("leave", "resend"),
    "stoppable": ("yes", "no"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: when `event` happens, `audience` gets `template` by the first of `kinds` that reaches them."""

    event: str
    audience: str
    when: tuple[str, ...]  # `emergency`, `clock:<name>`, `level:<number>`; all of them hold
    template: str
    kinds: tuple[str, ...]  # the best first
    waits: bool  # not at night, by a kind that rings
    superseded: bool  # not sent any more once the same audience is told something later
    resend: bool  # sent again where nobody knows whether it went out: silence would be worse than a repeat
    stoppable: bool  # not sent to whoever asked to be left alone; what the law wants told is
    shows: tuple[str, ...]

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
    if strange := [kind for kind in kinds if kind not in KINDS] or [name for name in shows if name not in SHOWN]:
        return f"{strange[0]!r} is no kind and nothing that can be shown"
    if strange := [test for test in when if test != "emergency" and test.partition(":")[0] not in {"clock", "level"}]:
        return f"when {strange[0]!r}: only emergency, clock:<name>, level:<number>"
    if not kinds or not row["template"]:
        return "needs a template and at least one kind"
    return Rule(
        row["event"], row["audience"], when, row["template"], kinds, row["hours"] == "day",
        row["superseded"] == "drop", row["unknown"] == "resend", row["stoppable"] == "yes", shows,
    )  # fmt: skip


def _holds(test: str, news: News, known: Known) -> bool:
    name, _, value = test.partition(":")
    if name == "clock":
        return news.clock == value
    if name == "level":
        return str(news.level) == value
    return known.emergency

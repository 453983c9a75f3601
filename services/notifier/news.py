"""What happened to a report, and what is known of it, as far as messages need it: values without identity."""

from dataclasses import dataclass
from datetime import UTC
from typing import Final
from uuid import UUID

from pydantic import AwareDatetime

from shared.events import DeadlineReached, StatusChanged, Value

DATE_MOVED: Final = "date_moved"
DEADLINE_EVENTS: Final = ("deadline_warned", "deadline_breached", "deadline_escalated")


class News(Value):
    """An event that somebody may hear of: a step in the life of a report, or a deadline."""

    event: str = ""
    report_id: UUID
    tracking_code: str
    sequence: int = 1  # of the step; a deadline has none of its own, so it has that of the last step told of
    cause: str = ""  # what makes it this event of the report and no other
    agency: str | None = None
    note: str | None = None
    expected_at: AwareDatetime | None = None
    due_at: AwareDatetime | None = None
    clock: str | None = None
    level: int | None = None
    notify: tuple[str, ...] = ()
    at: AwareDatetime


@dataclass(frozen=True, slots=True)
class Known:
    """What `report.accepted` said: facts that the later events do not repeat. Text and title are masked by intake."""

    language: str
    anonymous: bool
    confidential: bool
    emergency: bool
    title: str | None
    text: str


# Where nothing is known, whoever is told least is told right.
UNKNOWN: Final = Known("", anonymous=True, confidential=True, emergency=False, title=None, text="")


def of_step(step: StatusChanged) -> News:
    """A step; where the status stays and only the date moves, that is the news."""
    moved = step.expected_moved_because is not None and step.previous == step.status
    return News(
        event=DATE_MOVED if moved else step.status,
        cause=str(step.sequence),
        **step.model_dump(include={"report_id", "tracking_code", "sequence", "agency", "note", "expected_at", "at"}),
    )


def of_deadline(event: str, reached: DeadlineReached, sequence: int) -> News:
    """A deadline that comes near, passed or went up; `sequence` is that of the last step that somebody was told of."""
    cause = (event, reached.clock, reached.threshold, reached.level, reached.due_at.astimezone(UTC).isoformat())
    return News(
        event=event,
        cause=" ".join(str(part) for part in cause),
        sequence=sequence,
        **reached.model_dump(
            include={"report_id", "tracking_code", "agency", "due_at", "clock", "level", "notify", "at"}
        ),
    )

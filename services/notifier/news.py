"""What happened to a report, and what is known of it, as far as messages need it: values without identity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from pydantic import AwareDatetime

from shared.events import DeadlineReached, StatusChanged, Value

DATE_MOVED: Final = "date_moved"
DEADLINE_EVENTS: Final = ("deadline_warned", "deadline_breached", "deadline_escalated")
DIGEST: Final = "digest"


class Item(Value):
    """A line of a digest: a deadline of one report."""

    event: str
    tracking_code: str
    due_at: AwareDatetime | None = None
    agency: str | None = None
    title: str | None = None


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
    previous: str | None = None  # the status before
    reason: str | None = None
    actor: str = ""  # whose step it is
    answer: str | None = None  # what the reporter replied with this step, masked by intake
    moved: str | None = None  # why the public date moved
    expected_before: AwareDatetime | None = None  # the public date that was told last
    agency_before: str | None = None  # the agency that was told last
    items: tuple[Item, ...] = ()  # of a digest
    counted: int = 0  # how many it is about, those that are not shown included
    at: AwareDatetime


@dataclass(frozen=True, slots=True)
class Known:
    """What `report.accepted` said, and the details that it has no room for: facts that later events do not repeat.

    Intake masked all of them. `attributes` and `attachments` are lines to be read.
    """

    language: str
    anonymous: bool
    confidential: bool
    emergency: bool
    title: str | None
    text: str
    channel: str = ""
    address: str = ""
    attributes: str = ""
    attachments: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """What was told of a report at one of its steps."""

    sequence: int
    agency: str | None
    expected_at: datetime | None


# Where nothing is known, whoever is told least is told right.
UNKNOWN: Final = Known("", anonymous=True, confidential=True, emergency=False, title=None, text="")


def of_step(step: StatusChanged) -> News:
    """A step; where the status stays and only the date moves, that is the news."""
    moved = step.expected_moved_because is not None and step.previous == step.status
    return News(
        event=DATE_MOVED if moved else step.status,
        cause=str(step.sequence),
        moved=step.expected_moved_because,
        **step.model_dump(
            include={
                "report_id", "tracking_code", "sequence", "agency", "note", "expected_at", "previous", "reason", "at",
                "actor",
            }
        ),
    )  # fmt: skip


def reminded(told: Sequence[News], past: Mapping[UUID, Sequence[Past]]) -> list[News]:
    """The same news, each with the agency and the date that were told before it; `past` is what was told already.

    The steps of a report come in their order; what is here twice counts once.
    """
    known = {report: list(steps) for report, steps in past.items()}
    found = []
    for news in told:
        steps = known.setdefault(news.report_id, [])
        before = sorted((one for one in steps if one.sequence < news.sequence), key=lambda one: one.sequence)
        agencies = [one.agency for one in before if one.agency]
        dates = [one.expected_at for one in before if one.expected_at]
        found.append(
            news.model_copy(
                update={
                    "agency_before": agencies[-1] if agencies else None,
                    "expected_before": dates[-1] if dates else None,
                }
            )
        )
        steps.append(Past(news.sequence, news.agency, news.expected_at))
    return found


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

"""What the router says of a report: where it went, each step of its life, each deadline reached."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.events.fields import Actor, Code, Method, ReportClass, Status, Value
from shared.events.submission import Attachment


class Evidence(Value):
    """One thing that spoke for a route: `kind` such as keyword, topic, place; `weight` its part in the score."""

    kind: str
    value: str
    weight: Annotated[float, Field(allow_inf_nan=False)]


class Alternative(Value):
    """An agency that could have been chosen; at the desk with the words that speak for it (`evidence`)."""

    agency: Code
    topic: Code | None
    confidence: Annotated[float, Field(ge=0, le=1)]
    evidence: tuple[Evidence, ...] = ()


class Tried(Value):
    """A rule that was tried and what it said."""

    rule: str
    result: str


class Decision(Value):
    """Why a report went where it went; enough to recompute it with the versions it names."""

    method: Method
    confidence: Annotated[float, Field(ge=0, le=1)]
    evidence: tuple[Evidence, ...]
    alternatives: Annotated[tuple[Alternative, ...], Field(max_length=3)]
    tried: tuple[Tried, ...]
    pack_version: str
    model_version: str | None


class ClockStarted(Value):
    """A running deadline."""

    clock: Code
    due_at: AwareDatetime
    started_at: AwareDatetime
    rule_id: Code
    calendar_version: str


class ReportRouted(Value):
    """An agency has the report; `hop` counts the agencies that had it."""

    report_id: UUID
    tracking_code: str
    hop: Annotated[int, Field(ge=1)]
    agency: Code
    agency_name: str
    topic: Code | None
    report_class: Annotated[ReportClass, Field(alias="class")]
    decision: Decision
    deadlines: tuple[ClockStarted, ...]


class StatusChanged(Value):
    """One step in the life of a report; `sequence` counts 1, 2, ... without gaps."""

    report_id: UUID
    tracking_code: str
    sequence: Annotated[int, Field(ge=1)]
    status: Status
    previous: Status | None
    reason: Code | None
    agency: Code | None
    note: str | None = None
    evidence: tuple[Attachment, ...] = ()
    expected_at: AwareDatetime | None
    expected_moved_because: Code | None = None
    actor: Actor
    at: AwareDatetime


class DeadlineReached(Value):
    """A deadline that comes near (`warned`), passed (`breached`) or went up a step (`escalated`)."""

    report_id: UUID
    tracking_code: str
    clock: Code
    threshold: Annotated[float, Field(allow_inf_nan=False)]
    level: Annotated[int, Field(ge=0)]
    notify: tuple[Code, ...]
    due_at: AwareDatetime
    agency: Code | None
    at: AwareDatetime

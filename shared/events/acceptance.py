"""What intake made of a submission: accepted or rejected."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.events.fields import (
    ChannelName,
    Code,
    ExternalId,
    Jurisdiction,
    Language,
    Latitude,
    Longitude,
    ReportClass,
    Value,
)


class Location(Value):
    """Where it happened, as far as intake could tell."""

    lat: Latitude | None = None
    lng: Longitude | None = None
    region_code: str | None = None
    jurisdiction: Jurisdiction = "unknown"


class ReportAccepted(Value):
    """A report that intake understood; `title` and `text` carry no identity."""

    report_id: UUID
    tracking_code: str
    channel: ChannelName
    external_id: ExternalId
    report_class: Annotated[ReportClass, Field(alias="class")]
    title: str | None
    text: str
    language: Language
    topic: Code | None
    agency: Code | None
    location: Location
    occurred_on: date | None
    anonymous: bool
    confidential: bool
    sensitive: bool
    emergency: bool
    possible_duplicate_of: UUID | None
    missing: tuple[str, ...]
    received_at: AwareDatetime


class Problem(Value):
    """One thing that keeps a message from being a report; `code` is stable, the sentences are for people."""

    field: str
    code: Code
    message_id: str
    message_en: str


class ReportRejected(Value):
    """A message that cannot be understood as a report, with every problem named."""

    channel: str | None
    external_id: str | None
    problems: tuple[Problem, ...]

"""What channels write to `reports.submitted`: a new report."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from shared.events.fields import (
    READABLE,
    ChannelName,
    Code,
    ExternalId,
    Instant,
    Language,
    Latitude,
    Longitude,
    RegionCode,
    ReplyKind,
    ReportClass,
    Submitted,
    Text,
    absent_means,
)


class SubmittedLocation(Submitted):
    """Where it happened: a point (WGS 84 degrees), a Kemendagri region code, an address, or several of them."""

    lat: Latitude | None = None
    lng: Longitude | None = None
    region_code: RegionCode | None = None
    address: Annotated[str, StringConstraints(max_length=500), READABLE] | None = None

    @model_validator(mode="after")
    def _a_point_has_two_numbers(self) -> Self:
        if (self.lat is None) != (self.lng is None):
            raise ValueError("incomplete-pair")
        return self


class Reporter(Submitted):
    """Who reports. All of it is identity and stays in intake's vault."""

    name: Annotated[str, StringConstraints(max_length=200), READABLE] | None = None
    nik: Annotated[str, StringConstraints(max_length=32), READABLE] | None = None
    email: Annotated[str, StringConstraints(max_length=254), READABLE] | None = None
    phone: Annotated[str, StringConstraints(max_length=32), READABLE] | None = None
    address: Annotated[str, StringConstraints(max_length=500), READABLE] | None = None


class ReplyTo(Submitted):
    """A way to tell the reporter."""

    kind: ReplyKind
    address: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254), READABLE]


class Attachment(Submitted):
    """A file kept elsewhere; `size` in bytes, `sha256` in hex. Nothing here fetches it."""

    url: Annotated[str, StringConstraints(max_length=2000, pattern=r"^https://[^\s]+$")]
    media_type: Annotated[str, StringConstraints(max_length=100, pattern=r"^[A-Za-z0-9_.+-]+/[A-Za-z0-9_.+-]+$")]
    size: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$")]


AttributeName = Annotated[str, StringConstraints(min_length=1, max_length=64)]
AttributeValue = Annotated[str, StringConstraints(max_length=500), READABLE]


class ReportSubmitted(Submitted):
    """A new report as a channel publishes it."""

    channel: ChannelName
    external_id: ExternalId
    submitted_at: Instant
    report_class: Annotated[ReportClass, Field(alias="class"), absent_means("pengaduan")] = "pengaduan"
    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), READABLE] | None = None
    text: Text
    topic: Code | None = None
    agency: Code | None = None
    location: SubmittedLocation | None = None
    occurred_on: date | None = None
    language: Annotated[Language, absent_means("id")] = "id"
    anonymous: Annotated[bool, absent_means(default=False)] = False
    confidential: Annotated[bool, absent_means(default=False)] = False
    reporter: Reporter | None = None
    reply_to: Annotated[tuple[ReplyTo, ...], Field(max_length=10)] | None = None
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=10)] | None = None
    attributes: Annotated[dict[AttributeName, AttributeValue], Field(max_length=20)] | None = None

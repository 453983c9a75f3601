"""The events of the contract (section 4) as data. Unknown fields are ignored by readers; times carry an offset."""

import re
from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from shared.readable import readable

_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)


def _readable(value: object) -> object:
    """What can be seen of a text; what is no text is left to be refused."""
    return readable(value) if isinstance(value, str) else value


def _rfc_3339(value: object) -> object:
    """An instant as RFC 3339 writes it, and nothing that merely resembles one."""
    if not isinstance(value, str):
        return value
    found = _RFC_3339.fullmatch(value)
    if found is None:
        raise ValueError("bad-time")
    if found[2] is None:
        raise ValueError("no-offset")
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError:
        raise ValueError("bad-time") from None


_READABLE = BeforeValidator(_readable)
Instant = Annotated[AwareDatetime, BeforeValidator(_rfc_3339)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=64)]
ChannelName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,32}$")]
ExternalId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"),
]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000), _READABLE]

ReportClass = Literal["pengaduan", "aspirasi", "permintaan_informasi"]
Language = Literal["id", "jv", "mad", "en"]
ReplyKind = Literal["email", "sms", "whatsapp", "channel"]
Jurisdiction = Literal["inside", "outside", "unknown"]
Status = Literal[
    "received", "at_desk", "needs_information", "assigned", "in_progress", "answered", "completed", "closed",
    "reopened", "referred", "rejected", "withdrawn",
]  # fmt: skip
Method = Literal["explicit", "rule", "model", "place", "desk", "agency", "fallback"]
Actor = Literal["system", "agency", "desk", "reporter"]
Audience = Literal["reporter", "agency", "supervisor"]
Outcome = Literal[
    "created", "sending", "sent", "delivered", "temporary-failure", "permanent-failure", "technical-failure",
    "unknown", "suppressed",
]  # fmt: skip


class Value(BaseModel):
    """A frozen part of an event. Errors never show the input: it may hold a reporter's identity."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Submitted(Value):
    """A part of what channels write: types are not guessed, and null means absent."""

    model_config = ConfigDict(strict=True)


def _absent_means(default: object) -> BeforeValidator:
    return BeforeValidator(lambda value: default if value is None else value)


RegionCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}(\.?[0-9]{2}(\.?[0-9]{2}(\.?[0-9]{4})?)?)?$")]


class SubmittedLocation(Submitted):
    """Where it happened: a point (WGS 84 degrees), a Kemendagri region code, an address, or several of them."""

    lat: Latitude | None = None
    lng: Longitude | None = None
    region_code: RegionCode | None = None
    address: Annotated[str, StringConstraints(max_length=500), _READABLE] | None = None

    @model_validator(mode="after")
    def _a_point_has_two_numbers(self) -> Self:
        if (self.lat is None) != (self.lng is None):
            raise ValueError("incomplete-pair")
        return self


class Reporter(Submitted):
    """Who reports. All of it is identity and stays in intake's vault."""

    name: Annotated[str, StringConstraints(max_length=200), _READABLE] | None = None
    nik: Annotated[str, StringConstraints(max_length=32), _READABLE] | None = None
    email: Annotated[str, StringConstraints(max_length=254), _READABLE] | None = None
    phone: Annotated[str, StringConstraints(max_length=32), _READABLE] | None = None
    address: Annotated[str, StringConstraints(max_length=500), _READABLE] | None = None


class ReplyTo(Submitted):
    """A way to tell the reporter."""

    kind: ReplyKind
    address: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254), _READABLE]


class Attachment(Submitted):
    """A file kept elsewhere; `size` in bytes, `sha256` in hex. Nothing here fetches it."""

    url: Annotated[str, StringConstraints(max_length=2000, pattern=r"^https://[^\s]+$")]
    media_type: Annotated[str, StringConstraints(max_length=100, pattern=r"^[A-Za-z0-9_.+-]+/[A-Za-z0-9_.+-]+$")]
    size: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$")]


AttributeName = Annotated[str, StringConstraints(min_length=1, max_length=64)]
AttributeValue = Annotated[str, StringConstraints(max_length=500), _READABLE]


class ReportSubmitted(Submitted):
    """A new report as a channel publishes it."""

    channel: ChannelName
    external_id: ExternalId
    submitted_at: Instant
    report_class: Annotated[ReportClass, Field(alias="class"), _absent_means("pengaduan")] = "pengaduan"
    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), _READABLE] | None = None
    text: Text
    topic: Code | None = None
    agency: Code | None = None
    location: SubmittedLocation | None = None
    occurred_on: date | None = None
    language: Annotated[Language, _absent_means("id")] = "id"
    anonymous: Annotated[bool, _absent_means(default=False)] = False
    confidential: Annotated[bool, _absent_means(default=False)] = False
    reporter: Reporter | None = None
    reply_to: Annotated[tuple[ReplyTo, ...], Field(max_length=10)] | None = None
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=10)] | None = None
    attributes: Annotated[dict[AttributeName, AttributeValue], Field(max_length=20)] | None = None


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


class Evidence(Value):
    """One thing that spoke for a route: `kind` such as keyword, topic, place; `weight` its part in the score."""

    kind: str
    value: str
    weight: Annotated[float, Field(allow_inf_nan=False)]


class Alternative(Value):
    """An agency that could have been chosen."""

    agency: Code
    topic: Code | None
    confidence: Annotated[float, Field(ge=0, le=1)]


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


class AgencyUpdated(Submitted):
    """What an agency did with a report."""

    update_id: ExternalId
    report_id: UUID | None = None
    tracking_code: str | None = None
    agency: Code
    action: Literal[
        "acknowledge", "start", "answer", "complete", "not_ours", "ask_reporter", "extend", "refer", "reject"
    ]
    at: Instant
    note: Text | None = None
    evidence: Annotated[tuple[Attachment, ...], Field(max_length=10)] | None = None
    reason_code: Code | None = None
    suggested_agency: Code | None = None
    expected_at: Instant | None = None
    question: Text | None = None

    @model_validator(mode="after")
    def _it_names_a_report(self) -> Self:
        if self.report_id is None and self.tracking_code is None:
            raise ValueError("report-not-named")
        return self


class ReporterReplied(Submitted):
    """What a reporter answered."""

    reply_id: ExternalId
    tracking_code: str
    channel: ChannelName
    action: Literal["answer", "confirm", "reopen", "withdraw", "rate"]
    text: Text | None = None
    rating: Annotated[int, Field(ge=1, le=5)] | None = None
    at: Instant


class Notification(Value):
    """What became of one message to one person; `attempt` counts from 1, and is 0 where none was made."""

    notification_id: UUID
    report_id: UUID
    tracking_code: str
    sequence: Annotated[int, Field(ge=1)]
    kind: Literal["email", "sms", "whatsapp", "channel", "webhook", "none"]
    audience: Audience
    template: Code
    language: Language
    attempt: Annotated[int, Field(ge=0)]
    status: Outcome
    reason: Code | None
    provider: Code | None
    provider_message_id: str | None
    at: AwareDatetime

"""What agencies and reporters write: commands on a report that exists."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from shared.events.fields import ChannelName, Code, ExternalId, Instant, Submitted, Words
from shared.events.submission import Attachment


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
    note: Words = None
    evidence: Annotated[tuple[Attachment, ...], Field(max_length=10)] | None = None
    reason_code: Code | None = None
    suggested_agency: Code | None = None
    expected_at: Instant | None = None
    question: Words = None

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
    text: Words = None
    rating: Annotated[int, Field(ge=1, le=5)] | None = None
    at: Instant

"""A report as its life goes, and what somebody wants of it, as values."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.events import Attachment


@dataclass(frozen=True, slots=True)
class Case:
    """A report as its life goes. `since` is when its status was entered; `acted_at` when its agency last spoke."""

    report_id: UUID
    tracking_code: str
    status: str
    reason: str | None
    sequence: int
    agency: str | None
    hop: int
    tried: frozenset[str]
    since: datetime
    acted_at: datetime
    received_at: datetime
    rule_id: str
    expected_at: datetime | None
    reopened: int = 0
    extended: int = 0


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody wants of a report. `at` is when it arrived, `said_at` when its sender says that it was.

    `agency` speaks, `destination` is where the report shall go; for `not_ours` it is what the router found.
    """

    action: str
    actor: str
    at: datetime
    said_at: datetime | None = None
    agency: str | None = None
    destination: str | None = None
    note: str | None = None
    evidence: tuple[Attachment, ...] = ()
    reason_code: str | None = None
    suggested_agency: str | None = None
    expected_at: datetime | None = None
    rating: int | None = None

"""Builders of events for tests: everything has a plausible value, and only what matters is spelled out."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from shared.envelope import Headers
from shared.events import Location, ReportAccepted, StatusChanged

WIB = ZoneInfo("Asia/Jakarta")
NOON = datetime(2026, 11, 23, 12, tzinfo=WIB)


def submission(**changes: Any) -> dict[str, Any]:
    """A valid `report.submitted`, as a channel's JSON; a change to `...` leaves the field out."""
    whole = {
        "channel": "web",
        "external_id": str(uuid4()),
        "submitted_at": NOON.isoformat(),
        "text": "Jalan di depan pasar berlubang, sudah dua kali ada yang jatuh.",
        "reporter": {"name": "Rahayu Prameswari", "email": "rahayu@example.org"},
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not ...}


def accepted(**changes: Any) -> ReportAccepted:
    """A `report.accepted`."""
    return ReportAccepted.model_validate(
        {
            "report_id": UUID(int=1),
            "tracking_code": "0000-0000-0000-00",
            "channel": "web",
            "external_id": "1",
            "class": "pengaduan",
            "title": None,
            "text": "Jalan di depan pasar berlubang.",
            "language": "id",
            "topic": None,
            "agency": None,
            "location": Location(),
            "occurred_on": None,
            "anonymous": False,
            "confidential": False,
            "sensitive": False,
            "emergency": False,
            "possible_duplicate_of": None,
            "missing": (),
            "received_at": NOON,
            **changes,
        }
    )


def step(**changes: Any) -> StatusChanged:
    """A `report.status_changed`."""
    return StatusChanged.model_validate(
        {
            "report_id": UUID(int=1),
            "tracking_code": "0000-0000-0000-00",
            "sequence": 2,
            "status": "assigned",
            "previous": "received",
            "reason": None,
            "agency": "pupr",
            "expected_at": NOON,
            "actor": "system",
            "at": NOON,
            **changes,
        }
    )


class Message:
    """A Kafka message as a consumer hands it over."""

    def __init__(
        self, value: bytes | None, headers: Headers = (), topic: str = "reports.submitted", offset: int = 0
    ) -> None:
        self.topic, self.partition, self.offset = topic, 0, offset
        self.timestamp = int(NOON.timestamp() * 1000)
        self.key: bytes | None = None
        self.value, self.headers = value, headers

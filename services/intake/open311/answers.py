"""What may be shown of a report, and how Open311 writes it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field

from services.intake.open311.catalogue import ANY_TOPIC, emergency_words, name_of
from services.intake.open311.states import CLOSED, SHOWN, UPDATE_STATUS
from shared.events import ReportAccepted, Status
from shared.events.fields import Code, Value
from shared.pack import Pack

# GeoReport v2: a description has at most 4,000 characters.
_DESCRIPTION: Final = 4000


class Hop(Value):
    """What is read of `report.routed`: not the decision's reasons, which are most of it and nobody here asks for."""

    report_id: UUID
    hop: Annotated[int, Field(ge=1)]
    topic: Code | None


@dataclass(frozen=True, slots=True)
class Report:
    """A report as intake keeps it, identity masked, with the last step of its life (none: just received)."""

    report_id: UUID
    tracking_code: str
    accepted: Mapping[str, Any]
    received_at: datetime
    # As the router has it; until then, as it was given.
    topic: str | None
    status: Status
    agency: str | None
    note: str | None
    expected_at: datetime | None
    updated_at: datetime

    @property
    def confidential(self) -> bool:
        """Visible to its reporter and the handling agency only: contract section 4."""
        return bool(self.accepted.get("confidential"))


@dataclass(frozen=True, slots=True)
class Step:
    """One step in the life of a report."""

    report_id: UUID
    sequence: int
    status: Status
    note: str | None
    at: datetime


def request(report: Report, pack: Pack, *, to_reporter: bool) -> dict[str, Any]:
    """A report as `request`. Who shows its tracking code is its reporter; to others a sensitive one says less.

    `sensitive` (health, children, crime, money: UU 27/2022, article 4) hides the words and the exact point.
    """
    accepted = report.accepted
    open_to_all = to_reporter or not accepted.get("sensitive")
    place = accepted.get("location") or {}
    region = pack.regions.get(place.get("region_code") or "")
    city = pack.regions.get(region.parent_code or "") if region else None
    topic = pack.topics.get(report.topic or "")
    zone = pack.calendar.zone
    return {
        "service_request_id": str(report.report_id),
        "status": "closed" if report.status in CLOSED else "open",
        "status_notes": status_notes(report.status, report.note),
        "service_name": name_of(pack, report.topic),
        "service_code": report.topic or ANY_TOPIC,
        "description": shorten(accepted["text"]) if open_to_all else None,
        "agency_responsible": agency_name(pack, report.agency),
        "service_notice": emergency_words(pack.deployment.emergency_number) if topic and topic.emergency else None,
        "requested_datetime": local(report.received_at, zone),
        "updated_datetime": local(report.updated_at, zone),
        "expected_datetime": local(report.expected_at, zone),
        "address": f"{region.name}, {city.name}" if region and city else (region.name if region else None),
        "address_id": region.code if region else None,
        "zipcode": region.postal_code if region else None,
        "lat": place.get("lat") if open_to_all else None,
        "long": place.get("lng") if open_to_all else None,
        "media_url": None,
    }


def update(step: Step, zone: ZoneInfo) -> dict[str, Any]:
    """A step as mySociety's `request_update`."""
    return {
        "update_id": f"{step.report_id}-{step.sequence}",
        "service_request_id": str(step.report_id),
        "status": UPDATE_STATUS[step.status],
        "updated_datetime": local(step.at, zone),
        "description": status_notes(step.status, step.note),
        "media_url": None,
    }


def filed(accepted: ReportAccepted, account_id: str | None, pack: Pack) -> dict[str, Any]:
    """The answer to a POST. The tracking code goes to the reporter here and is never listed."""
    code = accepted.tracking_code
    lacking = ", ".join(pack.needs[need].name_id for need in accepted.missing if need in pack.needs)
    words = [
        emergency_words(pack.deployment.emergency_number) if accepted.emergency else "",
        f"Kode lacak: {code}. Simpan kode ini untuk melihat tindak lanjut laporan Anda.",
        f"Belum ada: {lacking}." if lacking else "",
    ]
    return {
        "service_request_id": str(accepted.report_id),
        "service_notice": " ".join(filter(None, words)),
        "account_id": account_id,
        "tracking_code": code,
    }


def status_notes(status: Status, note: str | None) -> str:
    """How the status is called, and what the agency said."""
    return f"{SHOWN[status]}: {note}" if note else SHOWN[status]


def agency_name(pack: Pack, code: str | None) -> str | None:
    """The agency's name, or its code where the pack knows it no more."""
    agency = pack.agencies.get(code or "")
    return agency.name if agency else code


def shorten(text: str) -> str:
    """At most 4,000 characters."""
    return text if len(text) <= _DESCRIPTION else f"{text[: _DESCRIPTION - 1]}…"


def local(at: datetime | None, zone: ZoneInfo) -> str | None:
    """An instant with the offset of the city: W3C datetime."""
    return at.astimezone(zone).isoformat(timespec="seconds") if at else None

"""One invented report told in events: an example of every kind, for the generated documents. No real person's data."""

import json
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from shared import kinds
from shared.envelope import Event, Kind, announce

Data = dict[str, Any]

_AT: Final = datetime.fromisoformat("2026-03-02T08:15:04+07:00")
_REPORT_ID: Final = "16e5d922-8e64-56d5-b129-e76748902596"
_TRACKING_CODE: Final = "C46C-2YCQ-RXE7-8T"
_REPORT: Final[Data] = {"report_id": _REPORT_ID, "tracking_code": _TRACKING_CODE}
_TITLE: Final = "Jalan berlubang di depan pasar"
_TEXT: Final = "Jalan berlubang di depan pasar, kalau hujan tidak kelihatan. Sudah ada yang jatuh."
_DUE: Final = "2026-03-09T16:00:00+07:00"
_PHOTO: Final[Data] = {
    "url": "https://files.example.org/2026/000123-1.jpg",
    "media_type": "image/jpeg",
    "size": 248113,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
_DEADLINE: Final[Data] = {
    **_REPORT,
    "clock": "settlement",
    "due_at": _DUE,
    "agency": "dinas-pu",
    "notify": ["dinas-pu"],
}
_NOTIFICATION: Final[Data] = {
    **_REPORT,
    "notification_id": "0d6a8b0b-5d0c-5e0d-8a53-6a4f0f0f7d21",
    "sequence": 2,
    "audience": "reporter",
    "template": "assigned",
    "language": "id",
    "reason": None,
}

_SUBMITTED: Final[Data] = {
    "channel": "web",
    "external_id": "2026-000123",
    "submitted_at": "2026-03-02T08:15:00+07:00",
    "class": "pengaduan",
    "title": _TITLE,
    "text": _TEXT,
    "topic": "jalan-rusak",
    "location": {"lat": -7.5, "lng": 112.5, "address": "Jalan Melati, depan pasar"},
    "occurred_on": "2026-03-01",
    "language": "id",
    "anonymous": False,
    "confidential": False,
    "reporter": {"name": "Contoh Warga", "email": "warga@example.org"},
    "reply_to": [{"kind": "email", "address": "warga@example.org"}],
    "attachments": [_PHOTO],
    "attributes": {"form_version": "3"},
}
_ACCEPTED: Final[Data] = {
    **_REPORT,
    "channel": "web",
    "external_id": "2026-000123",
    "class": "pengaduan",
    "title": _TITLE,
    "text": _TEXT,
    "language": "id",
    "topic": "jalan-rusak",
    "agency": None,
    "location": {"lat": -7.5, "lng": 112.5, "region_code": None, "jurisdiction": "unknown"},
    "occurred_on": "2026-03-01",
    "anonymous": False,
    "confidential": False,
    "sensitive": False,
    "emergency": False,
    "possible_duplicate_of": None,
    "missing": [],
    "received_at": "2026-03-02T08:15:02+07:00",
}
_REJECTED: Final[Data] = {
    "channel": "web",
    "external_id": "2026-000124",
    "problems": [
        {
            "field": "text",
            "code": "missing",
            "message_id": "Wajib diisi.",
            "message_en": "Is required.",
        }
    ],
}
_ROUTED: Final[Data] = {
    **_REPORT,
    "hop": 1,
    "agency": "dinas-pu",
    "agency_name": "Dinas Pekerjaan Umum",
    "topic": "jalan-rusak",
    "class": "pengaduan",
    "decision": {
        "method": "explicit",
        "confidence": 1.0,
        "evidence": [{"kind": "topic", "value": "jalan-rusak", "weight": 1.0}],
        "alternatives": [{"agency": "dinas-perhubungan", "topic": None, "confidence": 0.1, "evidence": []}],
        "tried": [{"rule": "explicit", "result": "dinas-pu"}],
        "pack_version": "2026-1",
        "model_version": None,
    },
    "deadlines": [
        {
            "clock": "settlement",
            "due_at": _DUE,
            "started_at": "2026-03-02T08:15:02+07:00",
            "rule_id": "settle-5wd",
            "calendar_version": "2026-1",
        }
    ],
}
_STATUS: Final[Data] = {
    **_REPORT,
    "sequence": 2,
    "status": "assigned",
    "previous": "received",
    "reason": None,
    "agency": "dinas-pu",
    "note": None,
    "evidence": [],
    "expected_at": _DUE,
    "expected_moved_because": None,
    "actor": "system",
    "at": "2026-03-02T08:15:03+07:00",
}
_UPDATED: Final[Data] = {
    "update_id": "dinas-pu-88",
    "tracking_code": _TRACKING_CODE,
    "agency": "dinas-pu",
    "action": "complete",
    "at": "2026-03-05T10:30:00+07:00",
    "note": "Lubang sudah ditambal.",
    "evidence": [_PHOTO],
}
_REPLIED: Final[Data] = {
    "reply_id": "web-771",
    "tracking_code": _TRACKING_CODE,
    "channel": "web",
    "action": "rate",
    "text": "Terima kasih.",
    "rating": 5,
    "at": "2026-03-06T19:02:00+07:00",
}
_REQUESTED: Final[Data] = {
    "kind": "channel", "attempt": 1, "status": "sending", "provider": "channel", "provider_message_id": None,
    "at": "2026-03-02T08:15:04+07:00", "channel": "whatsapp-bot", "handle": "chat-81",
    "subject": "Laporan C46C-2YCQ-RXE7-8T diteruskan ke Dinas Pekerjaan Umum",
    "text": "Terima kasih atas laporan Anda. Laporan sudah kami terima dan kami teruskan kepada instansi.",
}  # fmt: skip
_SENT: Final[Data] = {
    "kind": "email", "attempt": 1, "status": "sent", "provider": "smtp", "provider_message_id": "250-1a2b3c",
    "at": "2026-03-02T08:15:04+07:00",
}  # fmt: skip

_DATA: Final[dict[str, Data]] = {
    kinds.REPORT_SUBMITTED.type: _SUBMITTED,
    kinds.REPORT_ACCEPTED.type: _ACCEPTED,
    kinds.REPORT_REJECTED.type: _REJECTED,
    kinds.REPORT_ROUTED.type: _ROUTED,
    kinds.STATUS_CHANGED.type: _STATUS,
    kinds.DEADLINE_WARNED.type: {**_DEADLINE, "threshold": 0.75, "level": 0, "at": "2026-03-06T10:00:00+07:00"},
    kinds.DEADLINE_BREACHED.type: {**_DEADLINE, "threshold": 1.0, "level": 0, "at": _DUE},
    kinds.DEADLINE_ESCALATED.type: {**_DEADLINE, "threshold": 1.0, "level": 1, "at": "2026-03-10T16:00:00+07:00"},
    kinds.AGENCY_UPDATED.type: _UPDATED,
    kinds.REPORTER_REPLIED.type: _REPLIED,
    kinds.NOTIFICATION_REQUESTED.type: {**_NOTIFICATION, **_REQUESTED},
    kinds.NOTIFICATION_OUTCOME.type: {**_NOTIFICATION, **_SENT},
}


def written(kind: Kind) -> Data:
    """The JSON of one event, as an outsider would write it."""
    return _DATA[kind.type]


def announced(kind: Kind) -> Event:
    """The same event as Tanggap publishes it, headers and all."""
    data = kind.model.model_validate_json(json.dumps(written(kind)))
    return announce(kind, UUID(_REPORT_ID), (_REPORT_ID, "example"), data, _AT, UUID(_REPORT_ID).hex)

"""What the tests of messages share: the pack's own messages, and events to write them from."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from services.notifier.messages import Letter, Messages
from services.notifier.news import Known, News
from services.notifier.planning import Message
from shared.pack import Pack, load_pack, read_files
from tests.builders import NOON

PACK = Path(__file__).resolve().parents[3] / "deploy" / "packs" / "kota-pasuruan"
TRACK_URL = "https://laporan.example.org/track/{code}"
KNOWN = Known(
    "id",
    anonymous=False,
    confidential=False,
    emergency=False,
    title="Jalan berlubang",
    text="Jalan di depan pasar berlubang.",
)


@cache
def pack() -> Pack:
    return load_pack(PACK)


@cache
def messages() -> Messages:
    return Messages(read_files(PACK), pack(), TRACK_URL)


def news(**changes: Any) -> News:
    whole = {
        "event": "assigned",
        "report_id": UUID(int=1),
        "tracking_code": "0000-0000-0000-00",
        "sequence": 2,
        "cause": "2",
        "agency": "pupr",
        "expected_at": NOON,
        "at": NOON,
    }
    return News.model_validate(whole | changes)


def known(**changes: Any) -> Known:
    return replace(KNOWN, **changes)


def letter(event: str = "assigned", audience: str = "reporter", kind: str = "email", **changes: Any) -> Letter:
    """A letter by the row that holds for `event`; what is known by its own names, the rest goes into the event."""
    about = known(**{name: changes.pop(name) for name in tuple(changes) if hasattr(KNOWN, name)})
    language = about.language
    told = news(event=event, **changes)
    (rule,) = [rule for rule in messages().matching(told, about) if rule.audience == audience]
    return Letter(rule, kind, language, told, about)


def message(**changes: Any) -> Message:
    whole: dict[str, Any] = {
        "notification_id": UUID(int=7),
        "news": news(),
        "known": KNOWN,
        "audience": "reporter",
        "kind": "email",
        "template": "assigned",
        "language": "id",
        "trace": "0" * 31 + "1",
        "received_at": None,
        "suppressed": None,
    }
    return Message(**(whole | changes))

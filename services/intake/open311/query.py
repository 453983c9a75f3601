"""What a GET asks for: GeoReport v2, GET Service Requests, and `page`, `page_size` beside it. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from services.intake.identity import read_tracking_code
from services.intake.open311.catalogue import topic_of
from services.intake.open311.refusal import bad, unknown
from shared.pack import Pack

SPAN: Final = timedelta(days=90)
PAGE: Final = 1000  # the specification's "first 1,000"
_PAGES: Final = 1000
_IDS: Final = 100

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_STATES: Final = {"open": False, "closed": True}


@dataclass(frozen=True, slots=True)
class Names:
    """Reports named by those who know them: by report id, or by the tracking code that only the reporter has."""

    ids: tuple[UUID, ...]
    codes: tuple[str, ...]
    # Named, but neither an id nor a code.
    strange: int = 0

    def __len__(self) -> int:
        return len(self.ids) + len(self.codes) + self.strange


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a list."""

    size: int
    offset: int


@dataclass(frozen=True, slots=True)
class Search:
    """Reports by when they came (`start` included, `end` not), service (None among them: no topic), state."""

    start: datetime
    end: datetime
    services: tuple[str, ...] | None
    closed: bool | None
    page: Page


def read_names(csv: str) -> Names:
    """The reports of a `service_request_id`.

    Raises:
        Refused: 400, more than 100.
    """
    asked = [part.strip() for part in csv.split(",") if part.strip()]
    if len(asked) > _IDS:
        raise bad(f"Paling banyak {_IDS} / at most {_IDS}", "service_request_id", "too-many")
    ids, codes, strange = [], [], 0
    for name in dict.fromkeys(asked):
        if (code := read_tracking_code(name)) is not None:
            codes.append(code)
        elif (report := _uuid(name)) is not None:
            ids.append(report)
        else:
            strange += 1
    return Names(tuple(ids), tuple(codes), strange)


def read_search(params: Mapping[str, str], now: datetime, pack: Pack) -> Search:
    """The filters of a list.

    Raises:
        Refused: 400 for what cannot be read or spans over 90 days, 404 for an unknown service.
    """
    start, end = read_span(params, now, pack.calendar.zone)
    return Search(start, end, _services(params.get("service_code"), pack), _closed(params), read_page(params))


def read_span(params: Mapping[str, str], now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From `start_date` to `end_date`; where one is missing it is 90 days away, where both are, the last 90 days.

    Raises:
        Refused: 400.
    """
    start = _instant(params, "start_date", zone, last=False)
    end = _instant(params, "end_date", zone, last=True)
    try:
        if start is None:
            end = end or now + timedelta(seconds=1)
            start = end - SPAN
        end = end or start + SPAN
    except OverflowError:
        raise bad("Bukan waktu / not a time", "start_date", "bad-time") from None
    if end < start:
        raise bad("end_date sebelum / is before start_date", "end_date", "out-of-range")
    # A day more: a span of days includes its last one.
    if end - start > SPAN + timedelta(days=1):
        raise bad("Rentang paling panjang 90 hari / at most 90 days", "end_date", "out-of-range")
    return start, end


def read_page(params: Mapping[str, str]) -> Page:
    """`page` counts from 1; `page_size` is at most, and where not given, 1,000.

    Raises:
        Refused: 400.
    """
    size = _count(params, "page_size", PAGE, PAGE)
    return Page(size, (_count(params, "page", 1, _PAGES) - 1) * size)


def read_jurisdiction(params: Mapping[str, str], pack: Pack) -> None:
    """There is one jurisdiction; naming it is optional.

    Raises:
        Refused: 404, another is named.
    """
    given = params.get("jurisdiction_id")
    if given is not None and given not in {pack.deployment.code, pack.deployment.place.city}:
        raise unknown("jurisdiction_id")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _count(params: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = params.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= most:
        raise bad(f"Harus 1 sampai {most} / must be 1 to {most}", name, "out-of-range")
    return int(text)


def _instant(params: Mapping[str, str], name: str, zone: ZoneInfo, *, last: bool) -> datetime | None:
    text = params.get(name)
    if text is None:
        return None
    try:
        if _DATE.fullmatch(text):
            day = datetime.fromisoformat(text).date() + timedelta(days=1 if last else 0)
            return datetime.combine(day, time(), zone)
        # A plus sign that was not percent-encoded arrives as a space.
        at = datetime.fromisoformat(text.strip().replace(" ", "+").upper())
        at.astimezone(zone)
    except (ValueError, OverflowError):
        raise bad("Bukan waktu W3C / not a W3C datetime", name, "bad-time") from None
    if at.tzinfo is None:
        raise bad("Waktu tanpa zona; tulis Z atau +07:00 / a time without an offset", name, "no-offset")
    return at


def _services(csv: str | None, pack: Pack) -> tuple[str, ...] | None:
    if csv is None:
        return None
    asked = tuple(dict.fromkeys(part.strip() for part in csv.split(",") if part.strip()))
    return tuple(topic.code if (topic := topic_of(pack, code)) else "" for code in asked)


def _closed(params: Mapping[str, str]) -> bool | None:
    text = params.get("status")
    if text is None:
        return None
    asked = {part.strip().lower() for part in text.split(",")}
    if not asked <= set(_STATES):
        raise bad("open, closed", "status", "not-in-list")
    return None if len(asked) == 2 else _STATES[asked.pop()]

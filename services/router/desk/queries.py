"""What an officer asks the list for. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple, get_args
from uuid import UUID

from shared.events import Status

_MOST: Final = 200
_STATUSES: Final = frozenset(get_args(Status))


class Query(NamedTuple):
    """A page of the list: reports in a status behind a place, so many of them."""

    status: str = "at_desk"
    most: int = 50
    after: tuple[datetime, UUID] = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))


def query_of(asked: Mapping[str, str]) -> Query | None:
    """The page that a request asks for; None where it makes no sense, which an empty list would not tell."""
    query = Query()
    try:
        most = int(asked.get("limit", query.most))
        after = _place(asked["after"]) if asked.get("after") else query.after
    except (ValueError, OverflowError, OSError):
        return None
    status = asked.get("status", query.status)
    return Query(status, min(most, _MOST), after) if most > 0 and status in _STATUSES else None


def _place(written: str) -> tuple[datetime, UUID]:
    since, _, report_id = written.partition("_")
    return datetime.fromtimestamp(int(since) / 1_000_000, UTC), UUID(report_id)

"""Reports that were filed here a moment ago: one key is one report, with other content a conflict. Pure.

A convenience for the client that tries again: what is a repeat and what a conflict, intake decides for good.
"""

from collections import OrderedDict
from datetime import datetime
from typing import Final
from uuid import UUID

_KNOWN: Final = 10_000


class Repeats:
    """The latest reports with a key of their client's: when each was first sent, and what it said (its fingerprint)."""

    def __init__(self, known: int = _KNOWN) -> None:
        self._known = known
        self._seen: OrderedDict[UUID, tuple[bytes, datetime]] = OrderedDict()

    def first_sent(self, report_id: UUID, fingerprint: bytes, at: datetime) -> datetime | None:
        """When this report was first sent, `at` where it was not; None where it then said something else."""
        said, first = self._seen.setdefault(report_id, (fingerprint, at))
        self._seen.move_to_end(report_id)
        if len(self._seen) > self._known:
            self._seen.popitem(last=False)
        return first if said == fingerprint else None

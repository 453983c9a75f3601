"""Which report of a batch may repeat an earlier one: by the clues they share. A hint, never a merge. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from services.intake.likeness import Clues

# How long an earlier report counts.
WITHIN: Final = timedelta(days=7)


class Candidate(NamedTuple):
    """A new report with its clues."""

    report_id: UUID
    received_at: datetime
    clues: Clues


class Duplicate(NamedTuple):
    """The earlier report, and why they may be one matter."""

    of: UUID
    reason: str


def duplicates(batch: Iterable[Candidate], stored: Mapping[tuple[UUID, int], UUID]) -> dict[UUID, Duplicate]:
    """The possible duplicates in a batch, oldest first. `stored` is the earlier report for a report and a clue of it.

    The strongest clue decides; a stored report comes before one of the same batch.
    """
    found: dict[UUID, Duplicate] = {}
    seen: dict[int, Candidate] = {}
    for candidate in batch:
        for clue in candidate.clues.looked_for:
            earlier = stored.get((candidate.report_id, clue.number))
            beside = seen.get(clue.number)
            if earlier is None and beside is not None and abs(candidate.received_at - beside.received_at) <= WITHIN:
                earlier = beside.report_id
            if earlier is not None and earlier != candidate.report_id:
                found[candidate.report_id] = Duplicate(earlier, clue.reason)
                break
        for clue in candidate.clues.own:
            seen.setdefault(clue.number, candidate)
    return found

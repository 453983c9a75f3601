"""Intake's way of a report: reports.submitted -> decide -> one transaction -> reports.accepted or reports.rejected."""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from services.intake import store
from services.intake.acceptance import Acceptor
from services.intake.arrivals import Arrival, examined, first_of_each, linked, settled, told
from services.intake.duplicates import WITHIN, Candidate, duplicates
from shared import kinds, log, metrics
from shared.database import Connection, Pool
from shared.dead_letters import dead_letter
from shared.envelope import Event, Record, header
from shared.events import StatusChanged
from shared.outbox import Outbox
from shared.reading import read
from shared.vault import Vault

_log = log.get("intake")
_LINES_A_BATCH = 20
# Messages decided on at a stretch.
_STEP = 100


class _Written(NamedTuple):
    """What a transaction wrote; `fresh` are the places of the messages that became reports."""

    arrivals: Sequence[Arrival]
    fresh: Collection[tuple[str, int, int]]
    letters: int


class Submissions:
    """The handler of `reports.submitted`."""

    def __init__(self, acceptor: Acceptor, vault: Vault, pool: Pool, outbox: Outbox) -> None:
        self._acceptor = acceptor
        self._vault = vault
        self._pool = pool
        self._outbox = outbox
        self._channels = frozenset(acceptor.pack.deployment.channels)
        self._writing = asyncio.Lock()

    async def __call__(self, batch: Sequence[Record]) -> None:
        """Each message becomes a report, a refusal, a repeat or a dead letter; what came before changes nothing."""
        written = await self._write(*await self._decided(batch))
        try:
            await self._outbox.flush()
        finally:
            self._count(written)

    async def _decided(self, batch: Sequence[Record]) -> tuple[list[Arrival], list[Event]]:
        """What each message is, and a dead letter for each that was never meant as a report."""
        letters = [dead_letter("intake", record, "unknown-type") for record in batch if not _is_submission(record)]
        records = [record for record in batch if _is_submission(record)] if letters else batch
        arrivals: list[Arrival] = []
        for start in range(0, len(records), _STEP):
            arrivals += examined(records[start : start + _STEP], self._acceptor, self._vault)
            await asyncio.sleep(0)  # what the database answered meanwhile is taken up
        return arrivals, letters

    async def _write(self, arrivals: Sequence[Arrival], letters: Sequence[Event]) -> _Written:
        """Reports, refusals and what tells of them, in one transaction; one at a time, so that repeats are found."""
        async with self._writing, self._pool.acquire() as con, con.transaction():
            first = await _linked(con, first_of_each(arrivals))
            events = {report: told(arrival) for report, arrival in first.items()}
            fresh = await store.insert_reports(con, [row(arrival, events[report]) for report, arrival in first.items()])
            said = await _said(con, first, fresh)
            outcomes = [settled(arrival, said) for arrival in arrivals]
            refused = [arrival for arrival in outcomes if arrival.refusal]
            noted = await store.insert_rejections(con, [_rejection(arrival) for arrival in refused]) if refused else ()
            accepted = [event for report, event in events.items() if report in fresh]
            rejected = [told(arrival) for arrival in refused if arrival.place in noted]
            await self._outbox.add(con, [*accepted, *rejected, *letters])
        return _Written(outcomes, {first[report].place for report in fresh}, len(letters))

    def _count(self, written: _Written) -> None:
        """Tell logs and metrics what became of each."""
        counts: Counter[tuple[str, str]] = Counter()
        now = datetime.now(UTC)
        waited = metrics.TOLD_SECONDS.labels("accepted")
        reports: dict[str, str] = {}
        for arrival in written.arrivals:
            channel = arrival.channel if arrival.channel in self._channels else "other"
            accepted = arrival.new is not None and arrival.place in written.fresh
            counts[channel, "accepted" if accepted else "rejected" if arrival.refusal else "repeated"] += 1
            if accepted:
                waited.observe((now - arrival.received_at).total_seconds())
                reports[str(arrival.report_id)] = arrival.trace
        if written.letters:
            counts["other", "dead-letter"] += written.letters
        _log_accepted(reports)
        for labels, count in counts.items():
            metrics.REPORTS.labels(*labels).inc(count)


def _log_accepted(reports: Mapping[str, str]) -> None:
    """A line for each report and its trace, or one for all of a large batch: lines would cost more than reports."""
    if len(reports) > _LINES_A_BATCH:
        _log.info("reports.accepted", reports=reports)
        return
    for report, trace in reports.items():
        _log.info("report.accepted", report_id=report, trace_id=trace)


class Timeline:
    """The handler of `reports.status`: what a reporter may see of the life of a report."""

    def __init__(self, pool: Pool, outbox: Outbox) -> None:
        self._pool = pool
        self._outbox = outbox

    async def __call__(self, batch: Sequence[Record]) -> None:
        """Keep each step once."""
        steps, letters = read(batch, kinds.STATUS_CHANGED, StatusChanged, "intake")
        async with self._pool.acquire() as con, con.transaction():
            await store.insert_timeline(con, [step for _, step in steps])
            await self._outbox.add(con, letters)
        await self._outbox.flush()


class Forgetting:
    """The chore that drops the clues that no report looks for any more."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def forget_old_clues(self) -> None:
        """Twice the time that counts, so that a batch on its way misses none."""
        await store.forget_clues(self._pool, datetime.now(UTC) - 2 * WITHIN)


def _is_submission(record: Record) -> bool:
    """A message without a type is one: channels need not know of CloudEvents."""
    kind = header(record, "ce_type")
    return kind is None or kind == kinds.REPORT_SUBMITTED.type.encode()


async def _linked(con: Connection, first: Mapping[UUID, Arrival]) -> dict[UUID, Arrival]:
    """The arrivals, each with the earlier report that it may repeat: of the database or of this batch."""
    candidates = [
        Candidate(report, arrival.received_at, arrival.new.clues) for report, arrival in first.items() if arrival.new
    ]
    stored = await store.earlier_reports(con, candidates, WITHIN)
    found = duplicates(candidates, stored)
    return {report: linked(arrival, found.get(report)) for report, arrival in first.items()}


async def _said(con: Connection, first: Mapping[UUID, Arrival], fresh: Collection[UUID]) -> Mapping[UUID, bytes]:
    """What each report said when it first came: just now, or before."""
    before = await store.fingerprints(con, [report for report in first if report not in fresh])
    now = {report: arrival.new.fingerprint for report, arrival in first.items() if report in fresh and arrival.new}
    return {**before, **now}


def row(arrival: Arrival, event: Event) -> store.NewReport:
    """What is stored of an accepted report."""
    new, sealed, duplicate = arrival.new, arrival.sealed, arrival.duplicate
    assert new is not None and sealed is not None and event.value is not None  # noqa: S101, PT018 - an accepted one
    return store.NewReport(
        report=new.report,
        accepted=event.value.decode(),
        notes=new.notes.as_json({"of": str(duplicate.of), "because": duplicate.reason} if duplicate else None),
        details=new.details.as_json(),
        fingerprint=new.fingerprint,
        identity=sealed,
        reply_kinds=tuple([way.kind for way in new.identity.reply_to]),
        clues=tuple([clue.number for clue in new.clues.own]),
    )


def _rejection(arrival: Arrival) -> store.NewRejection:
    refusal = arrival.refusal
    assert refusal is not None  # noqa: S101 - only refusals come here
    return store.NewRejection(
        *arrival.place, refusal.channel, refusal.external_id, refusal.problems, arrival.received_at
    )

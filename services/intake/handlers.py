"""Intake's way of a report: reports.submitted -> decide -> one transaction -> reports.accepted or reports.rejected."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from services.intake import store
from services.intake.acceptance import Acceptor
from services.intake.identity import report_id
from services.intake.problems import problem
from services.intake.validation import NotAReport, understand
from shared import kinds, log, metrics
from shared.database import Pool
from shared.dead_letters import dead_letter
from shared.envelope import Event, Record, announce, header, id_of, trace_of
from shared.events import ReportRejected, StatusChanged
from shared.outbox import Outbox
from shared.reading import read
from shared.vault import Vault

_log = log.get("intake")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message with what was made of it: a report, or the reasons why it is none."""

    record: Record
    received_at: datetime
    new: store.NewReport | None
    refusal: NotAReport | None

    @property
    def channel(self) -> str | None:
        """The channel that sent it, where that could be read."""
        if self.new:
            return self.new.report.channel
        return self.refusal.channel if self.refusal else None


class Submissions:
    """The handler of `reports.submitted`."""

    def __init__(self, acceptor: Acceptor, vault: Vault, pool: Pool, outbox: Outbox) -> None:
        self._acceptor = acceptor
        self._vault = vault
        self._pool = pool
        self._outbox = outbox
        self._channels = frozenset(acceptor.pack.deployment.channels)

    async def __call__(self, batch: Sequence[Record]) -> None:
        """Each message becomes a report, a refusal, a repeat or a dead letter; what came before changes nothing."""
        known = [record for record in batch if _is_submission(record)]
        letters = [dead_letter("intake", record, "unknown-type") for record in batch if not _is_submission(record)]
        arrivals = [self._examine(record) for record in known]
        async with self._pool.acquire() as con, con.transaction():
            accepted = [arrival for arrival in arrivals if arrival.new]
            first = {a.new.report.report_id: a for a in reversed(accepted) if a.new}
            fresh = await store.insert_reports(con, [a.new for a in first.values() if a.new])
            said = await store.fingerprints(con, first)
            outcomes = [_settle(arrival, first, fresh, said) for arrival in arrivals]
            refused = [arrival for arrival in outcomes if arrival.refusal]
            noted = await store.insert_rejections(con, [_rejection(arrival) for arrival in refused])
            events = [_accepted(a) for a in first.values() if a.new and a.new.report.report_id in fresh]
            events += [_rejected(a) for a in refused if _place(a.record) in noted]
            await self._outbox.add(con, [*events, *letters])
        await self._outbox.flush()
        self._tell(outcomes, first, fresh, len(letters))

    def _examine(self, record: Record) -> Arrival:
        received_at = datetime.fromtimestamp(record.timestamp / 1000, UTC)
        try:
            accepted = self._acceptor.accept(understand(record.value), received_at)
        except NotAReport as refusal:
            return Arrival(record, received_at, None, refusal)
        sealed = self._vault.seal(accepted.report.report_id, accepted.identity.model_dump_json().encode())
        ways = tuple(way.kind for way in accepted.identity.reply_to)
        text = accepted.report.model_dump_json(by_alias=True)
        new = store.NewReport(accepted.report, text, accepted.fingerprint, sealed, ways)
        return Arrival(record, received_at, new, None)

    def _tell(self, arrivals: Sequence[Arrival], first: dict[UUID, Arrival], fresh: set[UUID], letters: int) -> None:
        counts: Counter[tuple[str, str]] = Counter()
        now = datetime.now(UTC)
        for arrival in arrivals:
            channel = arrival.channel if arrival.channel in self._channels else "other"
            if arrival.refusal or not arrival.new:
                counts[channel, "rejected"] += 1
                continue
            report = arrival.new.report
            accepted = report.report_id in fresh and first[report.report_id] is arrival
            counts[channel, "accepted" if accepted else "repeated"] += 1
            if accepted:
                metrics.TOLD_SECONDS.labels("accepted").observe((now - report.received_at).total_seconds())
                _log.info("report.accepted", report_id=str(report.report_id), trace_id=_trace(arrival), channel=channel)
        if letters:
            counts["other", "dead-letter"] += letters
        for labels, count in counts.items():
            metrics.REPORTS.labels(*labels).inc(count)


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


def _is_submission(record: Record) -> bool:
    """A message without a type is one: channels need not know of CloudEvents."""
    kind = header(record, "ce_type")
    return kind is None or kind == kinds.REPORT_SUBMITTED.type.encode()


def _settle(arrival: Arrival, first: dict[UUID, Arrival], fresh: set[UUID], said: Mapping[UUID, bytes]) -> Arrival:
    """The same id with other content is a conflict; with the same content it is no error."""
    if arrival.new is None:
        return arrival
    report = arrival.new.report
    if said[report.report_id] == arrival.new.fingerprint:
        return arrival
    conflict = NotAReport((problem("conflict", "external_id"),), report.channel, report.external_id)
    return Arrival(arrival.record, arrival.received_at, None, conflict)


def _place(record: Record) -> tuple[str, int, int]:
    return record.topic, record.partition, record.offset


def _rejection(arrival: Arrival) -> store.NewRejection:
    refusal = arrival.refusal
    assert refusal is not None  # noqa: S101 - only refusals come here
    return store.NewRejection(
        *_place(arrival.record), refusal.channel, refusal.external_id, refusal.problems, arrival.received_at
    )


def _trace(arrival: Arrival) -> str:
    return trace_of(arrival.record, _report_id(arrival))


def _report_id(arrival: Arrival) -> UUID:
    """Of a refusal: the id that the report would have, or one of the message's place where nobody can tell."""
    if arrival.new:
        return arrival.new.report.report_id
    refusal = arrival.refusal
    if refusal and refusal.channel and refusal.external_id:
        return report_id(refusal.channel, refusal.external_id)
    return id_of("unreadable", *_place(arrival.record))


def _accepted(arrival: Arrival) -> Event:
    assert arrival.new is not None  # noqa: S101 - only accepted reports come here
    report = arrival.new.report
    kind = kinds.REPORT_ACCEPTED
    return announce(kind, report.report_id, (report.report_id,), report, arrival.received_at, _trace(arrival))


def _rejected(arrival: Arrival) -> Event:
    refusal = arrival.refusal
    assert refusal is not None  # noqa: S101 - only refusals come here
    data = ReportRejected(channel=refusal.channel, external_id=refusal.external_id, problems=refusal.problems)
    kind = kinds.REPORT_REJECTED
    return announce(kind, _report_id(arrival), _place(arrival.record), data, arrival.received_at, _trace(arrival))

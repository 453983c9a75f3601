"""A message as it arrived with what was made of it, and the event that tells. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from services.intake.acceptance import Acceptance, Acceptor, Incoming
from services.intake.duplicates import Duplicate
from services.intake.identity import report_id
from services.intake.notes import LeftOut
from services.intake.problems import problem
from services.intake.validation import NotAReport, examine
from shared import kinds
from shared.envelope import Event, Record, announce, id_of, trace_of
from shared.events import ReportRejected
from shared.vault import Sealed, Vault


class Arrival(NamedTuple):
    """A message with what was made of it: a report with its sealed identity, or the reasons why it is none."""

    record: Record
    received_at: datetime
    new: Acceptance | None = None
    sealed: Sealed | None = None
    refusal: NotAReport | None = None
    duplicate: Duplicate | None = None

    @property
    def channel(self) -> str | None:
        """The channel that sent it, where that could be read."""
        if self.new:
            return self.new.report.channel
        return self.refusal.channel if self.refusal else None

    @property
    def place(self) -> tuple[str, int, int]:
        """Where the message stands in Kafka: topic, partition, offset."""
        return self.record.topic, self.record.partition, self.record.offset

    @property
    def report_id(self) -> UUID:
        """Of a refusal: the id that the report would have, or one of the message's place where nobody can tell."""
        if self.new:
            return self.new.report.report_id
        refusal = self.refusal
        if refusal and refusal.channel and refusal.external_id:
            return report_id(refusal.channel, refusal.external_id)
        return id_of("unreadable", *self.place)

    @property
    def trace(self) -> str:
        """The trace that all events of the report share."""
        return trace_of(self.record, self.report_id)


def received_at(record: Record) -> datetime:
    """When a message reached the broker: the only clock that counts for a report."""
    return datetime.fromtimestamp(record.timestamp / 1000, UTC)


def examined(records: Sequence[Record], acceptor: Acceptor, vault: Vault) -> list[Arrival]:
    """What each message is: a report with its identity sealed, or a refusal; in the order in which they came."""
    refused: dict[int, NotAReport] = {}
    incoming: dict[int, Incoming] = {}
    for place, record in enumerate(records):
        try:
            understood = examine(record.value)
        except NotAReport as refusal:
            # As it was raised it holds this frame, and with that the batch, until somebody looks for rings.
            refused[place] = NotAReport(refusal.problems, refusal.channel, refusal.external_id)
        else:
            left_out = tuple([LeftOut(item.field, item.code) for item in understood.left_out])
            incoming[place] = (understood.report, received_at(record), left_out)
    accepted = dict(zip(incoming, acceptor.accept_all(list(incoming.values())), strict=True))
    sealed = {place: _sealed(vault, new) for place, new in accepted.items()}
    return [
        Arrival(record, incoming[place][1], accepted[place], sealed[place])
        if place in incoming
        else Arrival(record, received_at(record), refusal=refused[place])
        for place, record in enumerate(records)
    ]


def _sealed(vault: Vault, new: Acceptance) -> Sealed:
    identity = new.identity
    return vault.seal(new.report.report_id, identity.__pydantic_serializer__.to_json(identity))


def first_of_each(arrivals: Sequence[Arrival]) -> dict[UUID, Arrival]:
    """The first message of each report, in the order in which they came."""
    first: dict[UUID, Arrival] = {}
    for arrival in arrivals:
        if arrival.new:
            first.setdefault(arrival.new.report.report_id, arrival)
    return first


def linked(arrival: Arrival, duplicate: Duplicate | None) -> Arrival:
    """The arrival with the earlier report that it may repeat."""
    if arrival.new is None or duplicate is None:
        return arrival
    report = arrival.new.report.model_copy(update={"possible_duplicate_of": duplicate.of})
    return arrival._replace(new=arrival.new._replace(report=report), duplicate=duplicate)


def settled(arrival: Arrival, said: Mapping[UUID, bytes]) -> Arrival:
    """The same id with other content is a conflict; with the same content it is no error."""
    if arrival.new is None or said[arrival.new.report.report_id] == arrival.new.fingerprint:
        return arrival
    report = arrival.new.report
    conflict = NotAReport((problem("conflict", "external_id"),), report.channel, report.external_id)
    return Arrival(arrival.record, arrival.received_at, refusal=conflict)


def told(arrival: Arrival) -> Event:
    """`report.accepted` or `report.rejected`."""
    if arrival.new:
        report = arrival.new.report
        of = report.report_id
        trace = trace_of(arrival.record, of)
        return announce(kinds.REPORT_ACCEPTED, of, (of,), report, arrival.received_at, trace)
    refusal = arrival.refusal
    assert refusal is not None  # noqa: S101 - an arrival is one or the other
    data = ReportRejected(channel=refusal.channel, external_id=refusal.external_id, problems=refusal.problems)
    kind = kinds.REPORT_REJECTED
    return announce(kind, arrival.report_id, arrival.place, data, arrival.received_at, arrival.trace)

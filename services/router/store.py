"""The SQL of a report's first steps, and of what every change of a report adds."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.router.booking import Booked
from services.router.opening import Opening
from shared.database import Connection
from shared.events import StatusChanged


async def insert_reports(
    con: Connection,
    openings: Sequence[Opening],
    next_at: Sequence[datetime | None],
    traces: Sequence[str],
    now: datetime,
) -> set[UUID]:
    """Store accepted reports in the state they begin with; return the ids of those that were not there before."""
    if not openings:
        return set()
    cases = [opening.kept.case for opening in openings]
    rows = await con.fetch(
        """insert into router.report
                  (report_id, tracking_code, status, sequence, agency, topic, hop, accepted, received_at, reason, since,
                   acted_at, rule_id, expected_at, trace, next_at, updated_at)
           select o.*, $17 from unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::text[], $6::text[],
                  $7::int[], $8::text[]::jsonb[], $9::timestamptz[], $10::text[], $11::timestamptz[],
                  $12::timestamptz[], $13::text[], $14::timestamptz[], $15::text[], $16::timestamptz[]) as o
           on conflict do nothing
           returning report_id""",
        [case.report_id for case in cases],
        [case.tracking_code for case in cases],
        [case.status for case in cases],
        [case.sequence for case in cases],
        [case.agency for case in cases],
        [opening.decision.topic for opening in openings],
        [case.hop for case in cases],
        [opening.report.model_dump_json(by_alias=True) for opening in openings],
        [case.received_at for case in cases],
        [case.reason for case in cases],
        [case.since for case in cases],
        [case.acted_at for case in cases],
        [case.rule_id for case in cases],
        [case.expected_at for case in cases],
        list(traces),
        list(next_at),
        now,
    )
    return {row["report_id"] for row in rows}


async def insert_hops(con: Connection, openings: Sequence[Opening], now: datetime) -> None:
    """Keep each first decision with all that explains it; hop 0 is the desk's."""
    if not openings:
        return
    await con.execute(
        """insert into router.hop (report_id, hop, agency, topic, decision, number, decided_at)
           select o.*, 1, $6 from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[]::jsonb[]) as o""",
        [opening.report.report_id for opening in openings],
        [1 if opening.routed else 0 for opening in openings],
        [opening.decision.agency for opening in openings],
        [opening.decision.topic for opening in openings],
        [opening.explained.model_dump_json() for opening in openings],
        now,
    )


async def insert_clock_events(con: Connection, booked: Sequence[Booked], pack_version: str) -> None:
    """Keep what happened to clocks, with the inputs and the ledger of every date that was computed."""
    if not booked:
        return
    events = [entry.event for entry in booked]
    # Most clocks of a day share a few ledgers: each is sent and parsed once.
    ledgers = {ledger: number for number, ledger in enumerate(dict.fromkeys(one.ledger for one in booked), start=1)}
    await con.execute(
        """with written as materialized (
                select number, ledger::jsonb from unnest($15::text[]) with ordinality as w (ledger, number))
           insert into router.clock_event
                  (report_id, number, sequence, clock, run, kind, at, due_at, amount, rule_id, calendar_version,
                   provisional, reason, ledger, pack_version)
           select o.report_id, o.number, o.sequence, o.clock, o.run, o.kind, o.at, o.due_at, o.amount, o.rule_id,
                  o.calendar_version, o.provisional, o.reason, written.ledger, $16
             from unnest($1::uuid[], $2::int[], $3::int[], $4::text[], $5::int[], $6::text[], $7::timestamptz[],
                         $8::timestamptz[], $9::text[], $10::text[], $11::text[], $12::bool[], $13::text[],
                         $14::bigint[])
               as o (report_id, number, sequence, clock, run, kind, at, due_at, amount, rule_id, calendar_version,
                     provisional, reason, ledger)
             join written on written.number = o.ledger""",
        [entry.report_id for entry in booked],
        [entry.number for entry in booked],
        [entry.sequence for entry in booked],
        [event.clock for event in events],
        [event.run for event in events],
        [event.kind for event in events],
        [event.at for event in events],
        [event.due_at for event in events],
        [str(event.amount) for event in events],
        [event.rule_id for event in events],
        [event.calendar_version for event in events],
        [event.provisional for event in events],
        [event.reason for event in events],
        [ledgers[entry.ledger] for entry in booked],
        list(ledgers),
        pack_version,
    )


async def insert_transitions(con: Connection, steps: Sequence[StatusChanged]) -> None:
    """Keep each step."""
    if not steps:
        return
    await con.execute(
        """insert into router.transition
                  (report_id, sequence, status, previous, reason, agency, actor, expected_at, at, note, evidence,
                   moved_because)
           select * from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                  $8::timestamptz[], $9::timestamptz[], $10::text[], $11::text[]::jsonb[], $12::text[])""",
        [step.report_id for step in steps],
        [step.sequence for step in steps],
        [step.status for step in steps],
        [step.previous for step in steps],
        [step.reason for step in steps],
        [step.agency for step in steps],
        [step.actor for step in steps],
        [step.expected_at for step in steps],
        [step.at for step in steps],
        [step.note for step in steps],
        [
            json.dumps([one.model_dump(mode="json") for one in step.evidence]) if step.evidence else None
            for step in steps
        ],
        [step.expected_moved_because for step in steps],
    )

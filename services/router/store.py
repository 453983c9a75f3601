"""Every SQL statement of the router."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.router.opening import Opening
from shared.database import Connection


async def insert_reports(con: Connection, openings: Sequence[Opening], now: datetime) -> set[UUID]:
    """Store accepted reports in the state they begin with; return the ids of those that were not there before."""
    rows = await con.fetch(
        """insert into router.report
                  (report_id, tracking_code, status, sequence, agency, topic, hop, accepted, received_at, updated_at)
           select o.*, $10 from unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::text[], $6::text[],
                  $7::int[], $8::text[]::jsonb[], $9::timestamptz[]) as o
           on conflict do nothing
           returning report_id""",
        [opening.report.report_id for opening in openings],
        [opening.report.tracking_code for opening in openings],
        [opening.steps[-1].status for opening in openings],
        [opening.steps[-1].sequence for opening in openings],
        [opening.decision.agency for opening in openings],
        [opening.decision.topic for opening in openings],
        [1 if opening.routed else 0 for opening in openings],
        [opening.report.model_dump_json(by_alias=True) for opening in openings],
        [opening.report.received_at for opening in openings],
        now,
    )
    return {row["report_id"] for row in rows}


async def insert_hops(con: Connection, openings: Sequence[Opening], now: datetime) -> None:
    """Keep each decision with all that explains it."""
    await con.execute(
        """insert into router.hop (report_id, hop, agency, topic, decision, decided_at)
           select o.*, $6 from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[]::jsonb[]) as o""",
        [opening.report.report_id for opening in openings],
        [1 if opening.routed else 0 for opening in openings],
        [opening.decision.agency for opening in openings],
        [opening.decision.topic for opening in openings],
        [opening.explained.model_dump_json() for opening in openings],
        now,
    )


async def insert_clocks(con: Connection, openings: Sequence[Opening], pack_version: str) -> None:
    """Keep each clock with its inputs and its ledger."""
    await con.execute(
        """insert into router.clock
                  (report_id, clock, started_at, due_at, rule_id, amount, calendar_version, pack_version, provisional,
                   ledger)
           select o.report_id, o.clock, o.started_at, o.due_at, o.rule_id, o.amount, o.calendar_version, $10,
                  o.provisional, o.ledger
             from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::text[],
                  $7::text[], $8::bool[], $9::text[]::jsonb[])
               as o (report_id, clock, started_at, due_at, rule_id, amount, calendar_version, provisional, ledger)""",
        [opening.report.report_id for opening in openings],
        [opening.clock.name for opening in openings],
        [opening.clock.deadline.started_at for opening in openings],
        [opening.clock.deadline.due_at for opening in openings],
        [opening.clock.rule.rule_id for opening in openings],
        [str(opening.clock.deadline.amount) for opening in openings],
        [opening.clock.deadline.calendar_version for opening in openings],
        [opening.clock.deadline.provisional for opening in openings],
        [_ledger(opening) for opening in openings],
        pack_version,
    )


async def insert_transitions(con: Connection, openings: Sequence[Opening]) -> None:
    """Keep each step."""
    steps = [step for opening in openings for step in opening.steps]
    await con.execute(
        """insert into router.transition
                  (report_id, sequence, status, previous, reason, agency, actor, expected_at, at)
           select * from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                                $8::timestamptz[], $9::timestamptz[])""",
        [step.report_id for step in steps],
        [step.sequence for step in steps],
        [step.status for step in steps],
        [step.previous for step in steps],
        [step.reason for step in steps],
        [step.agency for step in steps],
        [step.actor for step in steps],
        [step.expected_at for step in steps],
        [step.at for step in steps],
    )


def _ledger(opening: Opening) -> str:
    return json.dumps(
        [
            {
                "date": entry.day.isoformat(),
                "from": entry.begins.isoformat(),
                "to": entry.ends.isoformat(),
                "counted_seconds": entry.counted_seconds,
            }
            for entry in opening.clock.deadline.ledger
        ]
    )

"""Every SQL statement of intake."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from services.intake.duplicates import Candidate
from shared.database import Connection, Pool
from shared.events import Problem, ReportAccepted, StatusChanged
from shared.vault import Sealed

# A command's own connection, outside any pool.
Operator: TypeAlias = "asyncpg.Connection[Any]"


@dataclass(frozen=True, slots=True)
class NewReport:
    """A row of `intake.report` with its rows of the vault and of the clues."""

    report: ReportAccepted
    accepted: str  # report.accepted as JSON, as are the next two
    notes: str
    details: str
    fingerprint: bytes
    identity: Sealed
    reply_kinds: tuple[str, ...]
    clues: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NewRejection:
    """A row of `intake.rejection`."""

    topic: str
    partition: int
    offset: int
    channel: str | None
    external_id: str | None
    problems: tuple[Problem, ...]
    received_at: datetime


async def insert_reports(con: Connection, reports: Sequence[NewReport]) -> set[UUID]:
    """Store `reports` with their identities; return the ids of those that were not there before."""
    if not reports:
        return set()
    rows = await con.fetch(
        """insert into intake.report (report_id, channel, external_id, tracking_code, fingerprint, accepted, notes,
                                      details, received_at)
           select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[]::jsonb[],
                                $7::text[]::jsonb[], $8::text[]::jsonb[], $9::timestamptz[])
           on conflict do nothing
           returning report_id""",
        [new.report.report_id for new in reports],
        [new.report.channel for new in reports],
        [new.report.external_id for new in reports],
        [new.report.tracking_code for new in reports],
        [new.fingerprint for new in reports],
        [new.accepted for new in reports],
        [new.notes for new in reports],
        [new.details for new in reports],
        [new.report.received_at for new in reports],
    )
    ids = {row["report_id"] for row in rows}
    fresh = [new for new in reports if new.report.report_id in ids]
    await _seal(con, fresh)
    await _insert_clues(con, fresh)
    return ids


async def _seal(con: Connection, reports: Sequence[NewReport]) -> None:
    await con.execute(
        """insert into intake.vault (report_id, master_key, wrapped_key, sealed, reply_kinds)
           select report, master, wrapped, sealed, string_to_array(kinds, ',')
             from unnest($1::uuid[], $2::text[], $3::bytea[], $4::bytea[], $5::text[])
                  as new (report, master, wrapped, sealed, kinds)""",
        [new.report.report_id for new in reports],
        [new.identity.master_key for new in reports],
        [new.identity.wrapped_key for new in reports],
        [new.identity.sealed for new in reports],
        [",".join(new.reply_kinds) for new in reports],
    )


async def _insert_clues(con: Connection, reports: Sequence[NewReport]) -> None:
    pairs = [(clue, number) for number, new in enumerate(reports, 1) for clue in new.clues]
    await con.execute(
        """insert into intake.clue (clue, received_at, report_id)
           select clue, ($3::timestamptz[])[report], ($4::uuid[])[report]
             from unnest($1::bigint[], $2::int[]) as new (clue, report)
           on conflict do nothing""",
        [clue for clue, _ in pairs],
        [number for _, number in pairs],
        [new.report.received_at for new in reports],
        [new.report.report_id for new in reports],
    )


async def earlier_reports(
    con: Connection, candidates: Sequence[Candidate], within: timedelta
) -> Mapping[tuple[UUID, int], UUID]:
    """For each report and the strongest of its clues that has one: the oldest other report `within` that time."""
    pairs = [(clue.number, number) for number, one in enumerate(candidates, 1) for clue in one.clues.looked_for]
    rows = await con.fetch(
        """select distinct on (wanted.report) wanted.report, wanted.clue, found.report_id as earlier
             from unnest($1::bigint[], $2::int[]) with ordinality as wanted (clue, report, strength)
            cross join lateral (
                  select c.report_id from intake.clue c -- clue_pkey: one descent for each clue
                   where c.clue = wanted.clue and c.received_at >= ($3::timestamptz[])[wanted.report] - $5::interval
                     and c.received_at <= ($3::timestamptz[])[wanted.report] + $5::interval
                     and c.report_id <> ($4::uuid[])[wanted.report]
                   order by c.received_at, c.report_id limit 1) found
            order by wanted.report, wanted.strength""",
        [clue for clue, _ in pairs],
        [number for _, number in pairs],
        [one.received_at for one in candidates],
        [one.report_id for one in candidates],
        within,
    )
    return {(candidates[row["report"] - 1].report_id, row["clue"]): row["earlier"] for row in rows}


async def forget_clues(pool: Pool, before: datetime) -> None:
    """Drop the clues of reports received before a time: nothing looks for them any more."""
    await pool.execute("delete from intake.clue where received_at < $1", before)  # clue_age


async def fingerprints(con: "Connection | Pool", reports: Sequence[UUID]) -> Mapping[UUID, bytes]:
    """What the reports with these ids said, as keyed hashes."""
    if not reports:
        return {}
    rows = await con.fetch(
        "select report_id, fingerprint from intake.report where report_id = any($1::uuid[])", reports
    )
    return {row["report_id"]: row["fingerprint"] for row in rows}


async def insert_rejections(con: Connection, rejections: Sequence[NewRejection]) -> set[tuple[str, int, int]]:
    """Note what was refused; return the places (topic, partition, offset) not noted before."""
    rows = await con.fetch(
        """insert into intake.rejection (topic, partition, "offset", channel, external_id, problems, received_at)
           select * from unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::text[], $6::text[]::jsonb[],
                                $7::timestamptz[])
           on conflict do nothing
           returning topic, partition, "offset" """,
        [new.topic for new in rejections],
        [new.partition for new in rejections],
        [new.offset for new in rejections],
        [new.channel for new in rejections],
        [new.external_id for new in rejections],
        [json.dumps([item.model_dump() for item in new.problems]) for new in rejections],
        [new.received_at for new in rejections],
    )
    return {(row["topic"], row["partition"], row["offset"]) for row in rows}


async def insert_timeline(con: Connection, steps: Sequence[StatusChanged]) -> None:
    """Keep each step once, in whatever order and however often it comes."""
    await con.execute(
        """insert into intake.timeline (report_id, sequence, status, agency, reason, note, expected_at, at)
           select * from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[],
                                $7::timestamptz[], $8::timestamptz[])
           on conflict do nothing""",
        [step.report_id for step in steps],
        [step.sequence for step in steps],
        [step.status for step in steps],
        [step.agency for step in steps],
        [step.reason for step in steps],
        [step.note for step in steps],
        [step.expected_at for step in steps],
        [step.at for step in steps],
    )


async def find_report(pool: Pool, tracking_code: str) -> asyncpg.Record | None:
    """What may be shown of the report with this code, without identity."""
    return await pool.fetchrow(
        """select report_id, tracking_code, accepted->>'class' as class, accepted->>'topic' as topic,
                  accepted->'confidential' = 'true' as confidential, accepted->>'title' as title, received_at
             from intake.report where tracking_code = $1""",
        tracking_code,
    )


async def timeline(pool: Pool, report_id: UUID) -> Sequence[asyncpg.Record]:
    """The steps of a report, first to last."""
    return await pool.fetch(
        """select sequence, status, agency, reason, note, expected_at, at
             from intake.timeline where report_id = $1 order by sequence""",
        report_id,
    )


async def find_by_code(con: Operator, tracking_code: str) -> UUID | None:
    """The report with this code."""
    found: UUID | None = await con.fetchval(
        "select report_id from intake.report where tracking_code = $1", tracking_code
    )
    return found


async def judged(con: Operator, tracking_code: str) -> Mapping[str, Any] | None:
    """How a report was judged: the `location` and what is `missing` as accepted, and `notes` that say why."""
    row = await con.fetchrow(
        """select accepted->'location' as location, accepted->'missing' as missing, notes
             from intake.report where tracking_code = $1""",
        tracking_code,
    )
    return {name: json.loads(value) for name, value in row.items()} if row else None


async def erase(con: Operator, report_id: UUID, who: str, why: str) -> datetime | None:
    """Destroy the key, identity and ways of reply of a report, and note who did it and why.

    None, and nothing noted, where there is nothing left to destroy; else when it was done.
    """
    erased_at: datetime | None = await con.fetchval(
        """with gone as (delete from intake.vault where report_id = $1 returning report_id)
           insert into intake.erasure (report_id, erased_by, reason)
           select report_id, $2, $3 from gone
           returning erased_at""",
        report_id,
        who,
        why,
    )
    return erased_at


async def erased_before(con: Operator, report_id: UUID) -> asyncpg.Record | None:
    """Who forgot the reporter of a report, and when; None where nobody did."""
    return await con.fetchrow(
        """select erased_by, reason, erased_at from intake.erasure -- erasure_report
            where report_id = $1 order by id limit 1""",
        report_id,
    )


async def sealed_under_others(con: Operator, master_key: str, after: UUID, most: int) -> Sequence[tuple[UUID, Sealed]]:
    """The next rows of the vault, up to `most`, whose key another master key wrapped; locked for this transaction."""
    rows = await con.fetch(
        """select report_id, master_key, wrapped_key, sealed from intake.vault
            where report_id > $2 and master_key <> $1 order by report_id limit $3 for update""",
        master_key,
        after,
        most,
    )
    return [(row["report_id"], Sealed(row["master_key"], row["wrapped_key"], row["sealed"])) for row in rows]


async def rewrap(con: Operator, kept: Sequence[tuple[UUID, Sealed]]) -> None:
    """Keep the keys as they are wrapped now; what they sealed stays as it is."""
    await con.executemany(
        "update intake.vault set master_key = $2, wrapped_key = $3 where report_id = $1",
        [(report, sealed.master_key, sealed.wrapped_key) for report, sealed in kept],
    )


async def vault_by_master_key(con: Operator) -> Mapping[str, int]:
    """How many reports each master key still guards."""
    rows = await con.fetch("select master_key, count(*) as reports from intake.vault group by 1 order by 1")
    return {row["master_key"]: row["reports"] for row in rows}

"""Every SQL statement of intake."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from shared.database import Connection, Pool
from shared.events import Problem, ReportAccepted, StatusChanged
from shared.vault import Sealed


@dataclass(frozen=True, slots=True)
class NewReport:
    """A row of `intake.report` with its row of the vault."""

    report: ReportAccepted
    accepted: str  # report.accepted as JSON
    fingerprint: bytes
    identity: Sealed
    reply_kinds: tuple[str, ...]


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
        """insert into intake.report
                  (report_id, channel, external_id, tracking_code, fingerprint, accepted, received_at)
           select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[]::jsonb[],
                                $7::timestamptz[])
           on conflict do nothing
           returning report_id""",
        [new.report.report_id for new in reports],
        [new.report.channel for new in reports],
        [new.report.external_id for new in reports],
        [new.report.tracking_code for new in reports],
        [new.fingerprint for new in reports],
        [new.accepted for new in reports],
        [new.report.received_at for new in reports],
    )
    fresh = {row["report_id"] for row in rows}
    await _seal(con, [new for new in reports if new.report.report_id in fresh])
    return fresh


async def _seal(con: Connection, reports: Sequence[NewReport]) -> None:
    await con.executemany(
        """insert into intake.vault (report_id, master_key, wrapped_key, sealed, reply_kinds)
           values ($1, $2, $3, $4, $5)""",
        [
            (
                new.report.report_id,
                new.identity.master_key,
                new.identity.wrapped_key,
                new.identity.sealed,
                list(new.reply_kinds),
            )
            for new in reports
        ],
    )


async def fingerprints(con: Connection, reports: Iterable[UUID]) -> Mapping[UUID, bytes]:
    """What the reports with these ids said, as keyed hashes."""
    rows = await con.fetch(
        "select report_id, fingerprint from intake.report where report_id = any($1::uuid[])", list(reports)
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
    await con.executemany(
        """insert into intake.timeline (report_id, sequence, status, agency, reason, note, expected_at, at)
           values ($1, $2, $3, $4, $5, $6, $7, $8)
           on conflict do nothing""",
        [
            (
                step.report_id,
                step.sequence,
                step.status,
                step.agency,
                step.reason,
                step.note,
                step.expected_at,
                step.at,
            )
            for step in steps
        ],
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

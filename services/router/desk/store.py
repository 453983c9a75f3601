"""The SQL of the desk: who may ask, what waits, and all about one report."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from shared.database import Connection


async def officer(con: Connection, key_hash: bytes) -> str | None:
    """The name of the officer with this key; None where there is none, or not any more."""
    name: str | None = await con.fetchval(
        "select name from router.officer where key_hash = $1 and revoked_at is null", key_hash
    )
    return name


async def add_officer(con: Any, name: str, key_hash: bytes, now: datetime) -> None:  # noqa: ANN401 - pooled or not
    """Give an officer a new key; the old one is good for nothing from now on."""
    await con.execute(
        """insert into router.officer (name, key_hash, created_at) values ($1, $2, $3)
           on conflict (name) do update set key_hash = $2, created_at = $3, revoked_at = null""",
        name,
        key_hash,
        now,
    )


async def revoke_officer(con: Any, name: str, now: datetime) -> bool:  # noqa: ANN401 - pooled or not
    """Take an officer's key away; False where there is no such officer with a key."""
    done: str = await con.execute(
        "update router.officer set revoked_at = $2 where name = $1 and revoked_at is null", name, now
    )
    return done.endswith(" 1")


async def waiting(con: Connection, status: str, after: tuple[datetime, UUID], most: int) -> list[asyncpg.Record]:
    """Reports in a status, longest first, with their last decision. By report_status."""
    return await con.fetch(
        """select r.report_id, r.tracking_code, r.status, r.reason, r.since, r.sequence, r.agency, r.topic, r.hop,
                  r.expected_at, r.received_at, r.accepted, h.decision
             from router.report r
             cross join lateral (select decision from router.hop h where h.report_id = r.report_id
                                  order by number desc limit 1) h
            where r.status = $1 and (r.since, r.report_id) > ($2, $3)
            order by r.since, r.report_id limit $4""",
        status,
        *after,
        most,
    )


async def whole(con: Connection, report_id: UUID) -> Mapping[str, list[asyncpg.Record]] | None:
    """A report with its decisions, steps and clocks, and what intake keeps for officers; None where there is none."""
    report = await con.fetch(
        """select report_id, tracking_code, status, reason, since, sequence, agency, topic, hop, expected_at,
                  received_at, accepted, reopened, extended, rating
             from router.report where report_id = $1""",
        report_id,
    )
    if not report:
        return None
    return {
        "report": report,
        "decisions": await con.fetch(
            "select hop, agency, topic, decision, decided_at from router.hop where report_id = $1 order by number",
            report_id,
        ),
        "steps": await con.fetch(
            """select sequence, status, reason, agency, actor, note, evidence, expected_at, moved_because, at
                 from router.transition where report_id = $1 order by sequence""",
            report_id,
        ),
        "clocks": await con.fetch(
            """select c.clock, c.run, c.state, e.at as started_at, c.due_at, c.amount, c.rule_id, c.calendar_version,
                      c.provisional
                 from router.clock c
                 join router.clock_event e on e.report_id = c.report_id and e.clock = c.clock and e.run = c.run
                                          and e.kind in ('start', 'restart')
                where c.report_id = $1 order by c.clock""",
            report_id,
        ),
        "details": await con.fetch("select details from intake.details($1)", [report_id]),
        "replies": await con.fetch("select at, action, text from intake.replies($1)", [report_id]),
    }

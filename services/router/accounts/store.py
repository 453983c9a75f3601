"""The SQL that accounts for every report: what is wrong with whom, and who waits longest."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import asyncpg

from shared.database import Connection

Asker: TypeAlias = "Connection | asyncpg.Connection[asyncpg.Record]"


async def wrong(
    con: Asker, statuses: Sequence[str], final: Sequence[str], since: datetime, again: Sequence[UUID] = ()
) -> list[tuple[UUID, str]]:
    """Reports whose state, steps and clocks disagree, with what is wrong: of those changed `since`, and `again` these.

    unknown-state; steps-disagree (a gap, or the last step is not the state); nothing-waits (open, and no clock runs);
    clock-behind-end (over, and a clock is not stopped); nobody-has-it (an agency should, and there is none).
    """
    rows = await con.fetch(
        """select r.report_id,
                  case when not r.status = any($1) then 'unknown-state'
                       when t.steps <> r.sequence or t.last <> r.sequence or t.status <> r.status then 'steps-disagree'
                       when not r.status = any($2) and c.running = 0 then 'nothing-waits'
                       when r.status = any($2) and c.standing > 0 then 'clock-behind-end'
                       when r.agency is null
                            and r.status in ('assigned', 'in_progress', 'answered', 'completed', 'reopened')
                       then 'nobody-has-it' end as wrong
             from router.report r
             cross join lateral (
                  select count(*)::int as steps, max(sequence) as last,
                         (array_agg(status order by sequence desc))[1] as status
                    from router.transition t where t.report_id = r.report_id) t
             cross join lateral (
                  select count(*) filter (where state = 'running') as running,
                         count(*) filter (where state <> 'stopped') as standing
                    from (select distinct on (clock)
                                 case kind when 'pause' then 'paused' when 'stop' then 'stopped' else 'running' end
                                 as state
                            from router.clock_event e where e.report_id = r.report_id
                           order by clock, number desc) now) c
            where r.updated_at >= $3 or r.report_id = any($4::uuid[])""",
        list(statuses),
        list(final),
        since,
        list(again),
    )
    return [(row["report_id"], row["wrong"]) for row in rows if row["wrong"]]


async def known(con: Asker) -> set[UUID]:
    """Every report that the router has."""
    return {row["report_id"] for row in await con.fetch("select report_id from router.report")}


async def waits(con: Asker, now: datetime) -> tuple[float, float]:
    """Seconds that the longest wait at the desk lasts, and that the oldest due step was not taken; 0 where none is."""
    row = await con.fetchrow(
        """select (select min(since) from router.report where status = 'at_desk') as unassigned,
                  least((select min(next_at) from router.report where next_at is not null and agency is null),
                        (select min(next_at) from router.report where next_at is not null and agency is not null))
                  as due"""
    )
    assert row is not None  # noqa: S101 - a query without a table has one row
    found = (row["unassigned"], row["due"])
    unassigned, untaken = (max(0.0, (now - at).total_seconds()) if at else 0.0 for at in found)
    return unassigned, untaken


async def on_time(con: Asker, settlement: str) -> tuple[int, int, int]:
    """Reports that were closed on time, that are closed, and that are open and overdue, by the citizen's clock."""
    row = await con.fetchrow(
        """with late as (select distinct report_id from router.clock_step where clock = $1 and kind = 'breached')
           select count(*) filter (where r.status = 'closed' and late.report_id is null) as on_time,
                  count(*) filter (where r.status = 'closed') as closed,
                  count(*) filter (where late.report_id is not null
                                     and r.status not in ('closed', 'referred', 'rejected', 'withdrawn')) as overdue
             from router.report r left join late using (report_id)
            where r.status = 'closed' or late.report_id is not null""",
        settlement,
    )
    assert row is not None  # noqa: S101 - an aggregate has one row
    return row["on_time"], row["closed"], row["overdue"]

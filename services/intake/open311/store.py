"""Every SQL statement of the Open311 door. It reads the view that intake keeps; what it writes are clients' keys."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias

import asyncpg

from services.intake.open311.answers import Hop, Report, Step
from services.intake.open311.keys import Client
from services.intake.open311.query import Names, Page, Search
from services.intake.open311.states import CLOSED
from shared.database import Connection, Pool

# The command's own connection, outside any pool.
Operator: TypeAlias = "asyncpg.Connection[Any]"

# A question of the public waits for no one; the batches of reports come first.
_SECONDS: Final = 5

# The last step of each report: `timeline_pkey`, read backwards, one row. Its topic: `routed_topic_pkey`.
_SHOWN: Final = """
    select r.report_id, r.tracking_code, r.accepted, r.received_at, coalesce(o.topic, r.accepted->>'topic') as topic,
           coalesce(s.status, 'received') as status, s.agency, s.note, s.expected_at,
           coalesce(s.at, r.received_at) as updated_at
      from intake.report r
      left join intake.routed_topic o using (report_id)
      left join lateral (select t.status, t.agency, t.note, t.expected_at, t.at from intake.timeline t
                          where t.report_id = r.report_id order by t.sequence desc limit 1) s on true
"""


async def find(pool: Pool, names: Names) -> list[Report]:
    """The reports so named, confidential ones too: what may be shown is not decided here."""
    rows = await pool.fetch(
        # report_pkey or report_tracking_code_key
        _SHOWN + " where r.report_id = any($1::uuid[]) or r.tracking_code = any($2::text[])",
        names.ids,
        names.codes,
        timeout=_SECONDS,
    )
    return [_report(row) for row in rows]


async def search(pool: Pool, wanted: Search) -> list[Report]:
    """One page of what everybody may see, the newest first."""
    values: list[object] = [wanted.start, wanted.end, wanted.page.size, wanted.page.offset]
    filters = ""
    if wanted.services is not None:
        values.append(wanted.services)
        filters += f" and coalesce(o.topic, r.accepted->>'topic', '') = any(${len(values)}::text[])"
    if wanted.closed is not None:
        values.append(CLOSED)
        filters += f" and (coalesce(s.status, 'received') = any(${len(values)}::text[])) = {wanted.closed}"
    rows = await pool.fetch(
        # report_by_time, read until the page is full; a span has at most 90 days
        f"""{_SHOWN}
             where r.received_at >= $1 and r.received_at < $2 and not (r.accepted->'confidential')::boolean {filters}
             order by r.received_at desc, r.report_id limit $3 offset $4""",
        *values,
        timeout=_SECONDS,
    )
    return [_report(row) for row in rows]


async def steps(pool: Pool, start: datetime, end: datetime, page: Page) -> list[Step]:
    """One page of what happened to reports that everybody may see, the oldest first."""
    rows = await pool.fetch(
        # timeline_by_time, then report_pkey
        """select t.report_id, t.sequence, t.status, t.note, t.at
             from intake.timeline t join intake.report r using (report_id)
            where t.at >= $1 and t.at < $2 and not (r.accepted->'confidential')::boolean
            order by t.at, t.report_id, t.sequence limit $3 offset $4""",
        start,
        end,
        page.size,
        page.offset,
        timeout=_SECONDS,
    )
    return [Step(*row.values()) for row in rows]


async def keep_topics(con: Connection, hops: Sequence[Hop]) -> None:
    """Keep the topic of the latest hop of each report."""
    latest = {hop.report_id: hop for hop in sorted(hops, key=lambda hop: hop.hop)}.values()
    await con.execute(
        """insert into intake.routed_topic (report_id, hop, topic)
           select * from unnest($1::uuid[], $2::int[], $3::text[])
           on conflict (report_id) do update set hop = excluded.hop, topic = excluded.topic
            where routed_topic.hop < excluded.hop""",
        [hop.report_id for hop in latest],
        [hop.hop for hop in latest],
        [hop.topic for hop in latest],
    )


async def clients(pool: Pool) -> Mapping[bytes, Client]:
    """The clients whose keys are valid, by the hash of the key."""
    rows = await pool.fetch(
        "select hash, name, channel, agency, per_minute from intake.api_key where revoked_at is null", timeout=_SECONDS
    )
    return {row["hash"]: Client(row["name"], row["channel"], row["agency"], row["per_minute"]) for row in rows}


async def insert_key(con: Operator, client: Client, hash_of_key: bytes) -> bool:
    """Keep a new key; False where a key of that name is there already."""
    done = await con.execute(
        """insert into intake.api_key (name, hash, channel, agency, per_minute) values ($1, $2, $3, $4, $5)
           on conflict (name) do nothing""",
        client.name,
        hash_of_key,
        client.channel,
        client.agency,
        client.per_minute,
    )
    return bool(done.endswith(" 1"))


async def revoke_key(con: Operator, name: str) -> bool:
    """Make a key invalid; False where none of that name is valid."""
    done = await con.execute(
        "update intake.api_key set revoked_at = now() where name = $1 and revoked_at is null", name
    )
    return bool(done.endswith(" 1"))


async def list_keys(con: Operator) -> Sequence[asyncpg.Record]:
    """All keys, revoked ones too, without what they are."""
    return await con.fetch(
        "select name, channel, agency, per_minute, created_at, revoked_at from intake.api_key order by created_at, name"
    )


def _report(row: asyncpg.Record) -> Report:
    return Report(*row.values())

"""What became of each dead letter: a row in its service's schema. Its bytes stay in Kafka, they may hold identity."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg

from shared.database import Connection
from shared.dead_letters import Letter

Settled = Literal["replayed", "dropped"]


async def note(con: Connection, schema: str, letters: Sequence[Letter]) -> None:
    """Remember `letters`, each once; those that are refused commands need nobody."""
    await con.executemany(
        f"""insert into {schema}.dead_letter
                (letter_id, topic, partition, "offset", arrived_at, reason, attempts, digest, state)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            on conflict (letter_id) do nothing""",
        [
            (
                one.letter_id, one.topic, one.partition, one.offset, one.arrived_at, one.reason, one.attempts,
                one.digest, "refused" if one.refused else "waiting",
            )
            for one in letters
        ],
    )  # fmt: skip


async def waiting(con: Connection, schema: str) -> list[asyncpg.Record]:
    """Per topic: how many letters wait for an operator, and the Unix time at which the first of them arrived."""
    return await con.fetch(
        f"""select topic, count(*) as letters, extract(epoch from min(arrived_at))::float8 as oldest
              from {schema}.dead_letter where state = 'waiting' group by topic"""
    )


async def rows(con: Connection, schema: str, *, everything: bool, reason: str | None) -> list[asyncpg.Record]:
    """The letters of a service, oldest first: those that wait, or all of them."""
    return await con.fetch(
        f"""select '{schema}' as service, letter_id, topic, partition, "offset", arrived_at, reason, attempts, state,
                   settled_at, settled_by, why
              from {schema}.dead_letter
             where ($1 or state = 'waiting') and ($2::text is null or reason = $2)
             order by arrived_at, letter_id""",
        everything,
        reason,
    )


async def locked(con: Connection, schema: str, letter_id: UUID) -> asyncpg.Record | None:
    """One letter, held until the transaction ends, so that two operators do not settle it at once."""
    return await con.fetchrow(f"select * from {schema}.dead_letter where letter_id = $1 for update", letter_id)


async def settle(con: Connection, schema: str, letter_id: UUID, state: Settled, by: str, why: str | None) -> None:
    """Say what an operator did with a letter."""
    await con.execute(
        f"""update {schema}.dead_letter set state = $2, settled_at = now(), settled_by = $3, why = $4
             where letter_id = $1""",
        letter_id,
        state,
        by,
        why,
    )


async def arrivals(con: Connection, schema: str, replays: dict[UUID, bytes]) -> dict[UUID, datetime]:
    """When the messages of these letters first came, where letter and SHA-256 of the value belong together."""
    found = await con.fetch(
        f"""select letter_id, arrived_at from {schema}.dead_letter
              join unnest($1::uuid[], $2::bytea[]) as replay (letter_id, digest) using (letter_id, digest)""",
        list(replays),
        list(replays.values()),
    )
    return {row["letter_id"]: row["arrived_at"] for row in found}

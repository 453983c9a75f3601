"""Transactional outbox: events are committed with the state they tell of, then published in that order.

One row holds the events of one transaction. Publication is serial within a service, guarded by an advisory lock, and
reads rows in the order of their ids: changes of one report wait for each other on its row, so their ids, and with them
the messages on its partition, are in the order of the changes, whichever instance publishes them. Which rows there are
is always asked of the database; what this process itself put in them it need not read again.
"""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

import asyncpg

from shared import log, metrics
from shared.database import Connection, Pool
from shared.dead_letters import letter_in, store
from shared.envelope import Event
from shared.failures import Stopping, back_off, is_transient
from shared.publisher import Publisher

_ROWS_AT_ONCE = 50
_SWEEP_SECONDS = 1.0
_ROWS_REMEMBERED = 50
# What a row holds, empty where this process put it there and remembers it.
_UNLESS_OWN = ", ".join(
    f"case when own_id is null then {column} end as {column}" for column in ("topics", "keys", "payloads", "headers")
)
_as_json = json.JSONEncoder(separators=(",", ":")).encode  # made once: json.dumps makes one each time


class _Row(NamedTuple):
    """Which row: by number and instant, as numbers come again where a database was put back to an earlier state."""

    id: int
    created_at: datetime


class Outbox:
    """The outbox table of one service's schema."""

    def __init__(self, schema: str, pool: Pool, publisher: Publisher) -> None:
        self._schema = schema
        self._pool = pool
        self._publisher = publisher
        self._wake = asyncio.Event()
        self._round: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._stopping = False
        self._remembered: dict[_Row, Sequence[Event]] = {}
        self._log = log.get(f"{schema}.outbox")

    async def add(self, con: Connection, events: Sequence[Event]) -> None:
        """Store `events`, in order, inside the caller's transaction."""
        if events:
            row = await con.fetchrow(
                f"""insert into {self._schema}.outbox (topics, keys, payloads, headers) values ($1, $2, $3, $4)
                    returning id, created_at""",
                [event.topic for event in events],
                [event.key for event in events],
                [event.value for event in events],
                # latin-1 maps each byte to one character, so foreign headers of a dead letter survive as they came
                [_as_json([[name, value.decode("latin-1")] for name, value in event.headers]) for event in events],
            )
            self._remember(_Row(*row) if row else None, events)
        letters = [letter for letter in map(letter_in, events) if letter]
        if letters:
            await store.note(con, self._schema, letters)

    def _remember(self, row: _Row | None, events: Sequence[Event]) -> None:
        """Keep `events` until they are published; those whose transaction failed make room in the end."""
        if row is not None:
            self._remembered[row] = events
        while len(self._remembered) > _ROWS_REMEMBERED:
            del self._remembered[next(iter(self._remembered))]

    async def flush(self) -> None:
        """Return when everything committed before this call is on its topic. Waits while the broker is away."""
        if self._stopping:
            raise Stopping
        self._wake.set()
        await asyncio.shield(self._round)

    def publish_soon(self) -> None:
        """Have what is committed published without waiting for it."""
        self._wake.set()

    async def run(self) -> None:
        """Publish what is committed: at once when asked, and each second what another instance left behind."""
        while not self._stopping:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _SWEEP_SECONDS)
            self._wake.clear()
            asked, self._round = self._round, asyncio.get_running_loop().create_future()
            if await self._drain_patiently():
                asked.set_result(None)
            else:
                asked.set_exception(Stopping)
        self._round.cancel()

    async def _drain_patiently(self) -> bool:
        """True when all is published, False when the service stops before the broker is back."""
        for pause in back_off():
            try:
                await self._drain()
            except Exception as error:
                if not is_transient(error):
                    self._log.exception("outbox.failed")
                metrics.RETRIES.labels("outbox").inc()
                if self._stopping:
                    break
                await asyncio.sleep(pause)
            else:
                return True
        return False

    async def _drain(self) -> None:
        more = True
        while more:
            # The lock and the rows' deletion live in one transaction: an instance that dies gives both back. A deletion
            # that a crash of the database undoes makes repeats with the same ids, so nobody waits for its disk.
            async with self._pool.acquire() as con, con.transaction():
                await con.execute(
                    "select set_config('synchronous_commit', 'off', true), pg_advisory_xact_lock(hashtext($1))",
                    f"{self._schema}.outbox",
                )
                own = dict(self._remembered)  # a copy, as others may be forgotten while the database answers
                rows = await con.fetch(
                    f"""with taken as (
                            delete from {self._schema}.outbox
                             where id in (select id from {self._schema}.outbox order by id limit $1)
                            returning *)
                        select id, created_at, {_UNLESS_OWN}
                          from taken left join unnest($2::bigint[], $3::timestamptz[]) as own (own_id, made_at)
                                            on (id, created_at) = (own_id, made_at)
                         order by id""",
                    _ROWS_AT_ONCE,
                    [row.id for row in own],
                    [row.created_at for row in own],
                )
                await self._publisher.publish([event for row in rows for event in own.get(_which(row)) or _read(row)])
            for row in rows:
                self._remembered.pop(_which(row), None)
            more = len(rows) == _ROWS_AT_ONCE

    async def observe(self) -> None:
        """Tell how much waits, for the broker and for an operator, and since when."""
        row = await self._pool.fetchrow(
            f"select count(*) as rows, extract(epoch from min(created_at))::float8 as oldest from {self._schema}.outbox"
        )
        if row:
            metrics.OUTBOX_EVENTS.set(row["rows"])
            metrics.OUTBOX_OLDEST.set(row["oldest"] or 0)
        async with self._pool.acquire() as con:
            waiting = await store.waiting(con, self._schema)
        metrics.DEAD_LETTERS_WAITING.clear()
        for topic in waiting:
            metrics.DEAD_LETTERS_WAITING.labels(topic["topic"]).set(topic["letters"])
        metrics.DEAD_LETTERS_OLDEST.set(min((topic["oldest"] for topic in waiting), default=0))

    def stop(self) -> None:
        """Finish the round in hand and take no new one; what is left is published after the next start."""
        self._stopping = True
        self._wake.set()


def _which(row: asyncpg.Record) -> _Row:
    return _Row(row["id"], row["created_at"])


def _read(row: asyncpg.Record) -> list[Event]:
    return [
        Event(topic, key, value, tuple((name, text.encode("latin-1")) for name, text in json.loads(headers)))
        for topic, key, value, headers in zip(row["topics"], row["keys"], row["payloads"], row["headers"], strict=True)
    ]

"""The dead letters of a deployment: rows say what became of each, Kafka has the bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import asyncpg

from console.deployment import all_records, connect
from shared import topics
from shared.dead_letters import as_it_came, letter_of, store
from shared.envelope import Event
from shared.publisher import Publisher


class Ambiguous(Exception):
    """No letter, or several, have an id that begins so."""


@dataclass(frozen=True, slots=True)
class Found:
    """A letter: its row, and the message as it is to be sent again; None where Kafka has forgotten it."""

    row: asyncpg.Record
    event: Event | None


class Queue:
    """What waits in all three services."""

    _con: Any

    def __init__(self, database_url: str, bootstrap_servers: str) -> None:
        self._url = database_url
        self._servers = bootstrap_servers

    async def __aenter__(self) -> Self:
        """Connect to the database; the broker is asked when it is needed."""
        self._con = await connect(self._url)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._con.close()

    async def letters(self, *, everything: bool, reason: str | None) -> list[asyncpg.Record]:
        """The rows of all services, oldest first."""
        found = [
            row
            for service in topics.SERVICES
            for row in await store.rows(self._con, service, everything=everything, reason=reason)
        ]
        return sorted(found, key=lambda row: row["arrived_at"])

    async def find(self, named: Sequence[str]) -> list[Found]:
        """The letters whose ids begin like `named`, in that order, with their bytes.

        Raises:
            Ambiguous: one of `named` is too short to tell, or names none.
        """
        rows = await self.letters(everything=True, reason=None)
        chosen = [_only(rows, one) for one in dict.fromkeys(named)]
        events: dict[UUID, Event] = {}
        for service in {row["service"] for row in chosen}:
            wanted = {row["letter_id"] for row in chosen if row["service"] == service}
            events |= await self._read(service, wanted)
        return [Found(row, events.get(row["letter_id"])) for row in chosen]

    async def replay(self, letters: Sequence[Found], by: str) -> list[tuple[UUID, str]]:
        """Send each again that nobody settled before; says of each what was done."""
        publisher = Publisher(self._servers, "tanggap-dead-letters")
        await publisher.start()
        try:
            return [(one.row["letter_id"], await self._replay(publisher, one, by)) for one in letters]
        finally:
            await publisher.stop()

    async def _replay(self, publisher: Publisher, letter: Found, by: str) -> str:
        service, letter_id = letter.row["service"], letter.row["letter_id"]
        async with self._con.transaction():
            row = await store.locked(self._con, service, letter_id)
            if row is None or row["state"] in {"replayed", "dropped"}:
                return f"{row['state']} before" if row else "gone"
            if letter.event is None:
                return "expired"
            # Sent before it is marked: after a crash in between it is sent twice, never not at all.
            await publisher.publish([letter.event])
            await store.settle(self._con, service, letter_id, "replayed", by, None)
        return "replayed"

    async def drop(self, letters: Sequence[Found], by: str, why: str) -> list[tuple[UUID, str]]:
        """Settle each without sending it; says of each what was done."""
        done = []
        for letter in letters:
            service, letter_id = letter.row["service"], letter.row["letter_id"]
            async with self._con.transaction():
                row = await store.locked(self._con, service, letter_id)
                waits = row is not None and row["state"] == "waiting"
                if waits:
                    await store.settle(self._con, service, letter_id, "dropped", by, why)
            done.append((letter_id, "dropped" if waits else f"{row['state']} before" if row else "gone"))
        return done

    async def _read(self, service: str, wanted: set[UUID]) -> dict[UUID, Event]:
        """The messages of these letters, from the service's topic of them."""
        name = topics.dead_letters(service).name
        found: dict[UUID, Event] = {}
        async for record in all_records(name):
            letter = letter_of(name, record.headers, record.value)
            if letter and letter.letter_id in wanted:
                found[letter.letter_id] = as_it_came(letter, record.key, record.value, record.headers)
        return found


def _only(rows: Sequence[asyncpg.Record], named: str) -> asyncpg.Record:
    fitting = [row for row in rows if str(row["letter_id"]).startswith(named.lower())]
    if len(fitting) != 1:
        raise Ambiguous(f"{named}: {'no dead letter' if not fitting else f'{len(fitting)} dead letters'} begin so")
    return fitting[0]

"""What is committed is published, in the order of the changes, whoever is left to publish it."""

import json
from uuid import uuid4

import asyncpg

from shared import topics
from tests.integration.conftest import System, until

_INSERT = "insert into router.outbox (topics, keys, payloads, headers) values ($1, $2, $3, $4)"


def row(key: str, *numbers: int) -> tuple[list[str], list[bytes], list[bytes], list[str]]:
    """An outbox row whose events go to a topic that nobody here reads, so that only its publication is seen."""
    return (
        [topics.REQUESTED.name] * len(numbers),
        [key.encode()] * len(numbers),
        [json.dumps({"number": number}).encode() for number in numbers],
        [json.dumps([["n", str(number)]]) for number in numbers],
    )


async def numbers(system: System, key: str) -> list[int]:
    return [event["number"] for event in await system.events(topics.REQUESTED.name, key)]


async def test_what_a_dead_process_committed_is_published_by_who_lives(system: System) -> None:
    key = str(uuid4())
    await system.rows(_INSERT, *row(key, 1, 2, 3))
    assert await until(lambda: numbers(system, key)) == [1, 2, 3]
    assert not await system.rows("select 1 from router.outbox where $1 = any(keys)", key.encode())


async def test_rows_are_published_in_the_order_of_their_changes(system: System) -> None:
    key = str(uuid4())
    con = await asyncpg.connect(system.addresses["TANGGAP_DATABASE_URL"])
    try:
        async with con.transaction():
            for first in range(0, 300, 3):
                await con.execute(_INSERT, *row(key, first, first + 1, first + 2))
    finally:
        await con.close()

    async def all_there() -> list[int] | None:
        found = await numbers(system, key)
        return found if len(found) == 300 else None

    assert await until(all_there) == list(range(300))


async def test_what_is_not_committed_is_never_published(system: System) -> None:
    lost, kept = str(uuid4()), str(uuid4())
    con = await asyncpg.connect(system.addresses["TANGGAP_DATABASE_URL"])
    try:
        transaction = con.transaction()
        await transaction.start()
        await con.execute(_INSERT, *row(lost, 1))
        await transaction.rollback()
        await con.execute(_INSERT, *row(kept, 1))
    finally:
        await con.close()
    assert await until(lambda: numbers(system, kept)) == [1]
    assert not await numbers(system, lost)

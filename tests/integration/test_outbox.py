"""What is committed is published, in the order of the changes, whoever is left to publish it."""

import asyncio
import json
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from shared import database, topics
from shared.database import Pool
from shared.envelope import Event
from shared.outbox import Outbox
from shared.publisher import Publisher
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

    async def gone() -> bool:  # the deletion is committed when all are on the topic, so a moment after them
        return not await system.rows("select 1 from router.outbox where $1 = any(keys)", key.encode())

    assert await until(gone)


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


@pytest.fixture
async def pool(system: System) -> AsyncIterator[Pool]:
    """A pool for an outbox of its own, as the services' own are emptied by them."""
    pool = await database.connect(system.addresses["TANGGAP_DATABASE_URL"], "test", 4)
    await pool.execute("create schema alone")
    await pool.execute("create table alone.outbox (like router.outbox including all)")
    yield pool
    await pool.execute("drop schema alone cascade")
    await pool.close()


@pytest.fixture
async def outbox(system: System, pool: Pool) -> AsyncIterator[Outbox]:
    """An outbox whose rounds begin when a test asks for them."""
    publisher = Publisher(system.addresses["TANGGAP_KAFKA_BOOTSTRAP_SERVERS"], "test")
    await publisher.start()
    outbox = Outbox("alone", pool, publisher)
    yield outbox
    outbox.stop()
    await publisher.stop()


async def published(outbox: Outbox) -> None:
    running = asyncio.create_task(outbox.run())
    await outbox.flush()
    outbox.stop()
    await running


def event(key: str, number: int) -> Event:
    return Event(topics.REQUESTED.name, key.encode(), json.dumps({"number": number}).encode(), ())


async def test_rows_remembered_and_forgotten_are_published_in_one_order(
    system: System, pool: Pool, outbox: Outbox
) -> None:
    """More transactions than are remembered, with rows of another process between them."""
    key = str(uuid4())
    for number in range(0, 240, 2):
        async with pool.acquire() as con, con.transaction():
            await outbox.add(con, [event(key, number)])
        await pool.execute(_INSERT.replace("router.", "alone."), *row(key, number + 1))
    await published(outbox)
    assert await numbers(system, key) == list(range(240))


async def test_a_row_with_the_number_of_another_that_is_remembered_is_read(
    system: System, pool: Pool, outbox: Outbox
) -> None:
    """A database put back to an earlier state gives numbers again that a living process still remembers."""
    key = str(uuid4())
    async with pool.acquire() as con, con.transaction():
        await outbox.add(con, [event(key, 1)])
    await pool.execute("truncate alone.outbox restart identity")
    await pool.execute(_INSERT.replace("router.", "alone."), *row(key, 2))
    assert await pool.fetchval("select id from alone.outbox") == 1
    await published(outbox)
    assert await numbers(system, key) == [2]

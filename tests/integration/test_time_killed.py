"""The router killed at each point of a transition, with every door in the midst of one: nothing missing, nothing new.

The points of docs/delivery.md. The router is held at a point by a lock that the test takes in PostgreSQL, and killed
there; nothing in the router knows of it.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from deploy.local.stack import quiet
from services.intake.identity import report_id
from shared import kinds, topics
from shared.envelope import id_of
from tests.builders import submission
from tests.integration.command import tanggap
from tests.integration.conftest import System, until
from tests.integration.given import POTHOLE, begun, unpublished
from tests.integration.test_life import reply, update
from tests.open_clocks import CLOCK, fall_due

_GATE = 7_700_077  # an advisory lock that nobody else takes
_AT_COMMIT = f"""
    create function router.wait_for_test() returns trigger language plpgsql as
        'begin perform pg_advisory_xact_lock_shared({_GATE}); return null; end';
    create constraint trigger wait_for_test after delete on router.outbox
        deferrable initially deferred for each row execute function router.wait_for_test()"""


@dataclass
class Doors:
    """A report at each door, what is asked there, and the events that this must make: by id, whatever happens."""

    opened: UUID
    updated: UUID
    replied: UUID
    decided: UUID
    timed: UUID
    order: dict[str, Any]

    @property
    def expected(self) -> dict[UUID, set[UUID]]:
        """The ids of the events of each report; an id is a function of what caused it."""

        def steps(report: UUID, count: int) -> set[UUID]:
            return {id_of(kinds.STATUS_CHANGED.type, report, number) for number in range(1, count + 1)}

        def routed(report: UUID, count: int) -> set[UUID]:
            return {id_of(kinds.REPORT_ROUTED.type, report, number) for number in range(1, count + 1)}

        deadlines = {id_of(kinds.DEADLINE_WARNED.type, self.timed, CLOCK, 1, number) for number in (1, 2)}
        deadlines |= {id_of(kinds.DEADLINE_BREACHED.type, self.timed, CLOCK, 1, 3)}
        return {
            self.opened: steps(self.opened, 2) | routed(self.opened, 1),
            self.updated: steps(self.updated, 3) | routed(self.updated, 1),
            self.replied: steps(self.replied, 3) | routed(self.replied, 1),
            self.decided: steps(self.decided, 3) | routed(self.decided, 2),
            self.timed: steps(self.timed, 2) | routed(self.timed, 1) | deadlines,
        }


async def all_doors(system: System) -> tuple[Doors, list[Callable[[], Awaitable[object]]]]:
    """Reports, and for each door what somebody there is about to do."""
    one, two, three, four = await begun(system, 4)
    fresh = submission(text=POTHOLE)
    doors = Doors(
        report_id("web", fresh["external_id"]), one.report_id, two.report_id, three.report_id, four.report_id,
        {"command_id": str(uuid4()), "agency": "dlhkp" if three.agency != "dlhkp" else "dishub"},
    )  # fmt: skip

    async def time_comes() -> None:
        con = await asyncpg.connect(system.addresses["TANGGAP_DATABASE_URL"])
        try:
            await fall_due(con, [doors.timed], datetime.now(UTC))
        finally:
            await con.close()

    return doors, [
        lambda: system.publish(fresh),
        lambda: update(system, doors.updated, one.agency, "acknowledge"),
        lambda: reply(system, two.tracking_code, "withdraw"),
        time_comes,
    ]


@asynccontextmanager
async def owner(system: System) -> AsyncIterator[asyncpg.Connection]:
    con = await asyncpg.connect(system.addresses["TANGGAP_DATABASE_URL"])
    try:
        yield con
    finally:
        await con.close()


async def waiting(con: asyncpg.Connection, words: str) -> int:
    """How many statements of the router that begin so wait for a lock."""
    await con.execute("select pg_stat_clear_snapshot()")  # within a transaction it would show the first look for ever
    found: int = await con.fetchval(
        """select count(*) from pg_stat_activity
            where application_name = 'tanggap-router' and wait_event_type = 'Lock' and query ilike $1""",
        f"{words}%",
    )
    return found


async def committed(con: asyncpg.Connection, doors: Doors) -> bool:
    """Whether every door's transaction is in the books."""
    steps = await con.fetchval(
        """select count(*) from router.transition where (report_id, sequence) in
           (select * from unnest($1::uuid[], array[2, 3, 3, 3]))""",
        [doors.opened, doors.updated, doors.replied, doors.decided],
    )
    taken = await con.fetchval("select count(*) from router.clock_step where report_id = $1", doors.timed)
    return bool(steps == 4 and taken)


async def all_done(system: System, doors: Doors) -> bool:
    """Whether every door's work is committed and published, all three steps of the clock among it."""
    async with owner(system) as con:
        steps = await con.fetchval("select count(*) from router.clock_step where report_id = $1", doors.timed)
        done = steps == 3 and await committed(con, doors)
    return done and not await unpublished(system, list(doors.expected))


@asynccontextmanager
async def before_the_commit(con: asyncpg.Connection, _doors: Doors) -> AsyncIterator[Callable[[], Awaitable[object]]]:
    """All is written but the events, which come last."""
    async with con.transaction():
        await con.execute("lock table router.outbox in exclusive mode")

        async def there() -> bool:
            return await waiting(con, "insert into router.outbox") == 5

        yield there


@asynccontextmanager
async def before_the_publication(
    con: asyncpg.Connection, doors: Doors
) -> AsyncIterator[Callable[[], Awaitable[object]]]:
    """All is committed, and nobody may publish."""
    await con.execute("select pg_advisory_lock(hashtext('router.outbox'))")
    try:
        yield lambda: committed(con, doors)
    finally:
        await con.execute("select pg_advisory_unlock(hashtext('router.outbox'))")


@asynccontextmanager
async def within_the_publication(
    con: asyncpg.Connection, doors: Doors
) -> AsyncIterator[Callable[[], Awaitable[object]]]:
    """Kafka has all events, and the database still has them too."""
    await con.execute("select pg_advisory_lock($1)", _GATE)
    await con.execute(_AT_COMMIT)
    await con.execute("select pg_advisory_lock(hashtext('router.outbox'))")
    held = True

    async def there() -> bool:
        nonlocal held
        if held and await committed(con, doors):
            await con.execute("select pg_advisory_unlock(hashtext('router.outbox'))")
            held = False
        return not held and await waiting(con, "commit") == 1

    try:
        yield there
    finally:
        await con.execute("select pg_advisory_unlock_all()")
        await con.execute("drop trigger wait_for_test on router.outbox")
        await con.execute("drop function router.wait_for_test()")


@pytest.mark.parametrize(
    ("point", "again"),
    [(before_the_commit, False), (before_the_publication, True), (within_the_publication, True)],
    ids=lambda value: getattr(value, "__name__", None),
)
async def test_killed_there_with_every_door_at_work_the_same_events_follow(
    system: System, point: Any, again: bool
) -> None:
    key = json.loads((await tanggap(system.addresses, "desk", "key", uuid4().hex[:8], "--json")).stdout)["key"]
    doors, asked = await all_doors(system)
    router = system.stack.members["router"]

    def decide() -> Awaitable[httpx.Response]:
        url = f"{system.addresses['TANGGAP_ROUTER_URL']}/desk/v1/reports/{doors.decided}/assign"
        return system.http.post(url, headers={"Authorization": f"Bearer {key}"}, json=doors.order)

    async with owner(system) as con, point(con, doors) as there:
        deciding = asyncio.ensure_future(decide())
        await asyncio.gather(*(ask() for ask in asked))
        await until(there)
        await router.kill()
        # The database learns of it at once, as it does where nothing keeps a dead client's statement waiting.
        await con.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tanggap-router'"
        )
        with pytest.raises(httpx.TransportError):
            await deciding
        seen = await told(system, doors)
    await router.start(quiet)
    answer = (await decide()).json()
    assert (answer["sequence"], answer["repeated"]) == (3, again)

    await until(lambda: all_done(system, doors))
    await nothing_but_what_was_expected(system, doors)
    if point is within_the_publication:
        now = await told(system, doors)
        published = {event: len(values) for events in seen.values() for event, values in events.items()}
        twice = {event for events in now.values() for event, values in events.items() if len(values) > 1}
        assert twice, "what was published and not yet struck out is published again"
        assert twice <= published.keys()


async def test_killed_before_it_told_kafka_what_it_had_done_it_does_nothing_twice(system: System) -> None:
    """All three topics are read again from their beginning: what was done long ago is recognised, too."""
    doors, asked = await all_doors(system)
    await asyncio.gather(*(ask() for ask in asked))
    key = json.loads((await tanggap(system.addresses, "desk", "key", uuid4().hex[:8], "--json")).stdout)["key"]
    url = f"{system.addresses['TANGGAP_ROUTER_URL']}/desk/v1/reports/{doors.decided}/assign"
    await system.http.post(url, headers={"Authorization": f"Bearer {key}"}, json=doors.order)

    await until(lambda: all_done(system, doors))
    router = system.stack.members["router"]
    await router.kill()
    ends: dict[TopicPartition, int] = {}
    for topic in (topics.ACCEPTED.name, topics.UPDATES.name, topics.REPLIES.name):
        ends |= await rewound(system, topic)
    await router.start(quiet)

    async def read_again() -> bool:
        places = {place.topic for place in ends}
        reached = [offset for topic in places for offset in (await offsets(system, topic)).items()]
        return all(dict(reached).get(place, 0) >= end for place, end in ends.items() if end)

    await until(read_again)
    await nothing_but_what_was_expected(system, doors)


async def told(system: System, doors: Doors) -> dict[UUID, dict[UUID, list[bytes]]]:
    """What is on the router's topics of each report: by the event's id, every value that was published under it."""
    found: dict[bytes, dict[UUID, list[bytes]]] = {str(report).encode(): defaultdict(list) for report in doors.expected}
    for topic in (topics.STATUS, topics.ROUTED, topics.DEADLINES):
        for record in await system.read(topic.name):
            if record.key in found:  # others write rubbish to these topics
                found[record.key][UUID(dict(record.headers)["ce_id"].decode())].append(record.value or b"")
    return {UUID(report.decode()): events for report, events in found.items()}


async def nothing_but_what_was_expected(system: System, doors: Doors) -> None:
    """Each event with its own id and one content, the steps in order, nothing left behind."""
    found = await told(system, doors)
    assert {report: set(events) for report, events in found.items()} == doors.expected
    assert all(len(set(values)) == 1 for events in found.values() for values in events.values())
    for report in doors.expected:
        steps = [event["sequence"] for event in await system.events(topics.STATUS.name, report)]
        first = list(dict.fromkeys(steps))
        assert first == sorted(first)
    assert not await unpublished(system, list(found))
    rows = await system.rows(
        "select report_id, status from router.report where report_id = any($1::uuid[])", list(doors.expected)
    )
    assert {row["report_id"]: row["status"] for row in rows} == {
        doors.opened: "assigned",
        doors.updated: "in_progress",
        doors.replied: "withdrawn",
        doors.decided: "assigned",
        doors.timed: "assigned",
    }


async def rewound(system: System, topic: str) -> dict[TopicPartition, int]:
    """Set the router's place on a topic back to the beginning, once its dead member is forgotten; where it was."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=system.addresses["TANGGAP_KAFKA_BOOTSTRAP_SERVERS"],
        group_id=f"router.{topic}",
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        places = [TopicPartition(topic, number) for number in range(topics.PARTITIONS)]
        consumer.assign(places)
        reached = {place: (await consumer.committed(place)) or 0 for place in places}

        async def set_back() -> bool:
            try:
                await consumer.commit(dict.fromkeys(places, 0))
            except KafkaError:
                return False
            return True

        await until(set_back)
        return reached
    finally:
        await consumer.stop()


async def offsets(system: System, topic: str) -> dict[TopicPartition, int]:
    """The router's places on a topic."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=system.addresses["TANGGAP_KAFKA_BOOTSTRAP_SERVERS"],
        group_id=f"router.{topic}",
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        places = [TopicPartition(topic, number) for number in range(topics.PARTITIONS)]
        consumer.assign(places)
        return {place: (await consumer.committed(place)) or 0 for place in places}
    finally:
        await consumer.stop()

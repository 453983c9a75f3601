"""Very many clocks due at one instant, and two routers: each is told of once. For figures: tests/bench/bench_due.py."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg

from deploy.local.stack import PACK, quiet
from services.router.rules import Rules
from shared import topics
from shared.pack import load_pack
from tests.bench.bench_due import another_router
from tests.integration.conftest import System, until
from tests.open_clocks import CLOCK, fall_due, seed, told

CLOCKS = 700  # more than a router takes in hand at once, so that both have some


async def test_a_burst_is_told_of_once_by_two_routers(system: System) -> None:
    con = await asyncpg.connect(system.addresses["TANGGAP_DATABASE_URL"])
    second = another_router(system.stack, 2)
    try:
        ids = await seed(con, Rules.of(load_pack(PACK)), uuid4().hex, CLOCKS, datetime.now(UTC))
        await second.start(quiet)
        due_at = datetime.now(UTC) + timedelta(seconds=3)
        await fall_due(con, ids, due_at)

        async def all_taken() -> bool:
            left = "select count(*) from router.report where report_id = any($1::uuid[]) and next_at <= $2"
            return bool(await con.fetchval(left, ids, due_at) == 0)

        await until(all_taken)
        keys = {str(one).encode() for one in ids}
        found: Counter[tuple[object, ...]] = Counter()

        async def all_told() -> bool:
            found.clear()
            records = [record for record in await system.read(topics.DEADLINES.name) if record.key in keys]
            found.update(told(record.key, record.value, dict(record.headers)) for record in records)
            return len(found) >= CLOCKS

        await until(all_told)
        await asyncio.sleep(1.5)  # a router's next look at what is due
        await all_told()
        assert set(found.values()) == {1}
        assert {(report, clock) for report, clock, _ in found} == {(one, CLOCK) for one in ids}
        assert len({event_id for *_, event_id in found}) == CLOCKS
    finally:
        await con.close()
        await second.stop()

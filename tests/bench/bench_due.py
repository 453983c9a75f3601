"""What time costs the router: a burst of clocks due at one instant, and a scan for a few due among very many.

Run: `python -m tests.bench.bench_due burst [clocks] [routers]`, `python -m tests.bench.bench_due scan [clocks]`. The
clocks are put into the tables as the router would have begun them; the routers are processes of their own, as deployed.
Prints figures with their conditions; judges nothing but that each clock is told of once. The stack has its own folder
and is stopped at the end.
"""

import asyncio
import os
import platform
import shutil
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.member import Member
from deploy.local.ports import Ports
from deploy.local.service import Service
from deploy.local.stack import PACK, Stack, quiet
from services.router.cases.store import DUE
from services.router.rules import Rules
from shared import topics
from shared.pack import load_pack
from tests.open_clocks import fall_due, seed, told

HOME = Path(__file__).parents[2] / ".tanggap" / "bench-due"


def another_router(stack: Stack, number: int) -> Member:
    """One more router beside the stack's own; to be started and stopped by the caller."""
    port = Ports().take(18_100 + number)
    settings = {"TANGGAP_INSTANCE": str(number), "TANGGAP_HTTP_PORT": str(port)}
    return Member(Service("router", stack.home / f"router-{number}", port, stack.env("router") | settings))


async def burst(clocks: int, routers: int) -> None:
    """So many clocks are due at one instant: how long until each is told of, and once."""
    stack = Stack(HOME, settings={"TANGGAP_LOG_LEVEL": "warning"})
    async with stack:
        await stack.start()
        await stack.prepare()
        con = await asyncpg.connect(stack.addresses()["TANGGAP_DATABASE_URL"])
        ids = await seed(con, Rules.of(load_pack(PACK)), "burst", clocks, datetime.now(UTC))
        await con.execute("vacuum analyze")
        members = [stack.members["router"], *(another_router(stack, number) for number in range(2, routers + 1))]
        await asyncio.gather(*(member.start(quiet) for member in members))
        try:
            due_at = datetime.now(UTC) + timedelta(seconds=5 + clocks / 1_000)
            await fall_due(con, ids, due_at)
            if datetime.now(UTC) > due_at:
                print("the clocks were due before they were all there: the figure is too good")
            seen, last = await _count(stack.addresses()["TANGGAP_KAFKA_BOOTSTRAP_SERVERS"], clocks)
        finally:
            await con.close()
            await asyncio.gather(*(member.stop() for member in members))
    told_once = seen.keys() == set(ids) and set(seen.values()) == {1}
    seconds = last - due_at.timestamp()
    print(
        f"{clocks:,} clocks due at one instant, {routers} routers: the last one told of {seconds:.1f} s after it, "
        f"{clocks / seconds:,.0f}/s; each once: {told_once}"
    )
    if not told_once:
        sys.exit(1)


async def _count(servers: str, clocks: int) -> tuple[Counter[UUID], float]:
    """How often each report is told of, and when (Unix time) the last one was."""
    consumer = AIOKafkaConsumer(bootstrap_servers=servers, auto_offset_reset="earliest")
    await consumer.start()
    seen: Counter[UUID] = Counter()
    last, quiet_since = 0.0, time.monotonic()
    try:
        consumer.assign([TopicPartition(topics.DEADLINES.name, number) for number in range(topics.PARTITIONS)])
        # Five seconds in which nothing comes after the last one: nothing is told of twice.
        while len(seen) < clocks or time.monotonic() - quiet_since < 5:
            if time.monotonic() - quiet_since > 120:
                break
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    seen[told(record.key, record.value, dict(record.headers))[0]] += 1
                    last, quiet_since = max(last, record.timestamp / 1000), time.monotonic()
    finally:
        await consumer.stop()
    return seen, last


async def scan(clocks: int) -> None:
    """A hundred clocks are due among so many open ones: how long the router's own question for them takes."""
    stack = Stack(HOME)
    async with stack:
        await stack.members["postgres"].start(quiet)
        await stack._postgres.ensure_database()
        await stack._command("migrate")
        con = await asyncpg.connect(stack.addresses()["TANGGAP_DATABASE_URL"])
        try:
            await _million(con, clocks)
            await _time_scan(con)
        finally:
            await con.close()


async def _million(con: asyncpg.Connection, clocks: int) -> None:
    """Open reports that an agency has, each with its next step somewhere in the next two months; 100 are due."""
    await con.execute(
        """insert into router.report
                  (report_id, tracking_code, status, sequence, agency, hop, accepted, received_at, since, acted_at,
                   rule_id, trace, next_at, updated_at)
           select gen_random_uuid(), n::text, 'assigned', 2, 'pupr', 1, '{}', now(), now(), now(), 'uji', '',
                  case when n <= 100 then now() - interval '1 hour' else now() + n * interval '60 days' / $1 end, now()
             from generate_series(1, $1::int) n""",
        clocks,
    )
    await con.execute("vacuum analyze router.report")


async def _time_scan(con: asyncpg.Connection) -> None:
    seconds = []
    question = DUE.format(whose="not null")
    for _ in range(50):
        began = time.perf_counter()
        async with con.transaction():
            rows = await con.fetch(question, datetime.now(UTC), datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0), 500)
        seconds.append(time.perf_counter() - began)
        assert len(rows) == 100
    total = await con.fetchval("select count(*) from router.report")
    print(
        f"{total:,} open reports, 100 due: found in {median(seconds) * 1e3:.1f} ms (median of {len(seconds)}), "
        f"{max(seconds) * 1e3:.1f} ms the slowest, locks and rows included"
    )


def main() -> None:
    """Print the figures with their conditions."""
    what, *numbers = sys.argv[1:] or ["burst"]
    sizes = [int(number) for number in numbers]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    shutil.rmtree(HOME, ignore_errors=True)
    if what == "scan":
        asyncio.run(scan(*(sizes or [1_000_000])))
    else:
        asyncio.run(burst(*(sizes[:1] or [50_000]), *(sizes[1:2] or [2])))
    shutil.rmtree(HOME, ignore_errors=True)


if __name__ == "__main__":
    main()

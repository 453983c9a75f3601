"""A backlog much larger than memory would bear: what the services' memory does while they work it off."""

import asyncio
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from aiokafka import AIOKafkaProducer

from tests.chaos.cast import Cast
from tests.chaos.drained import lag, waits
from tests.chaos.quiet import hush
from tests.chaos.schedule import SERVICES
from tests.chaos.site import Site

Told = Callable[[str], None]


async def run(home: Path, messages: int, within: float, told: Told) -> dict[str, tuple[float, float, float]]:
    """Resident memory in MB of each service: at rest, its highest in `within` seconds of working, and at their end.

    The reports lie on the topic before the services come up.
    """
    hush()
    shutil.rmtree(home, ignore_errors=True)
    async with Site(home, direct=True) as site:
        await site.start()
        await asyncio.sleep(5)
        rest = _resident(site)
        for name in SERVICES:
            await site.instances[name][0].stop()
        await _publish(site, messages)
        told(f"{messages:,} reports wait")
        await asyncio.gather(*(site.instances[name][0].start(lambda _line: None) for name in SERVICES))
        highest = dict(rest)
        began = time.monotonic()
        left = 1
        while left and time.monotonic() - began < within:
            for _ in range(20):
                await asyncio.sleep(0.5)
                for name, megabytes in _resident(site).items():
                    highest[name] = max(highest[name], megabytes)
            left = await lag(site.kafka_address) + await waits(site.addresses["TANGGAP_DATABASE_URL"])
            told(f"{time.monotonic() - began:6.0f} s: {left:,} left, {_resident(site)}")
        ends = _resident(site)
    return {name: (rest[name], highest[name], ends[name]) for name in SERVICES}


def _resident(site: Site) -> dict[str, float]:
    """Megabytes, as the kernel counts them (Linux)."""
    found = {}
    for name in SERVICES:
        status = Path(f"/proc/{site.instances[name][0].pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        found[name] = round(int(line.split()[1]) / 1024, 1)
    return found


async def _publish(site: Site, messages: int) -> None:
    cast = Cast(1, "backlog", lives=0.0, doors=0.0)
    producer = AIOKafkaProducer(bootstrap_servers=site.kafka_address, linger_ms=20, max_batch_size=2**18)
    await producer.start()
    try:
        sent = []
        for number in range(messages):
            part = cast.part(number)
            sent.append(await producer.send("reports.submitted", part.message, partition=part.partition))
            if len(sent) == 5000:
                await asyncio.gather(*sent)
                sent.clear()
        await asyncio.gather(*sent)
    finally:
        await producer.stop()

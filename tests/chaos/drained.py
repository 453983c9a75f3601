"""Whether all that was sent has been worked off: no lag, empty outboxes, nothing to tell."""

import asyncio
import time
from collections.abc import Callable

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from tests.chaos.cast import PARTITIONS
from tests.chaos.site import Site

_WAITS = """select (select count(*) from intake.outbox) + (select count(*) from router.outbox)
                 + (select count(*) from notifier.outbox)
                 + (select count(*) from notifier.notification where next_attempt_at is not null) as waits"""


async def lag(kafka: str) -> int:
    """Messages that a service has not settled yet, over all its groups."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await consumer.start()
    await admin.start()
    try:
        behind = 0
        for group, _ in await admin.list_consumer_groups():
            # A group is named after its service and its topic.
            topic = group.partition(".")[2]
            places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
            ends = await consumer.end_offsets(places)
            settled = await admin.list_consumer_group_offsets(group)
            behind += sum(end - (settled[place].offset if place in settled else 0) for place, end in ends.items())
        return behind
    finally:
        await admin.close()
        await consumer.stop()


async def waits(database_url: str) -> int:
    """Transactions whose events are not published, and messages that are not sent."""
    con = await asyncpg.connect(database_url, timeout=5)
    try:
        found: int = await con.fetchval(_WAITS)
        return found
    finally:
        await con.close()


async def wait_until_drained(site: Site, unfinished: Callable[[], int], within: float = 300.0) -> float:
    """Seconds until nothing waits anywhere, twice in a row; `within` where it never came to that."""
    began = time.monotonic()
    quiet = 0
    while quiet < 2 and time.monotonic() - began < within:
        try:
            left = unfinished() + await waits(site.addresses["TANGGAP_DATABASE_URL"]) + await lag(site.kafka_address)
        except (OSError, asyncpg.PostgresError, KafkaError, TimeoutError):
            left = 1
        quiet = 0 if left else quiet + 1
        await asyncio.sleep(0.5)
    return time.monotonic() - began

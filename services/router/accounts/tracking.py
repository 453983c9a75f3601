"""What waits on a topic before the router: seen from Kafka, so that it is true also where no router reads."""

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.router.watch.tracking import committed
from shared.topics import PARTITIONS


async def oldest_unhandled(servers: str, topic: str) -> float | None:
    """When (Unix time, by the broker) the oldest message of `topic` came that is not handled; None where none waits."""
    reached = await committed(servers, topic)
    consumer = AIOKafkaConsumer(bootstrap_servers=servers, max_partition_fetch_bytes=65_536)
    await consumer.start()
    try:
        places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        first, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
        next_ones = {place: max(reached.get(place, 0), first[place]) for place in places}
        waiting = [place for place in places if next_ones[place] < ends[place]]
        consumer.assign(waiting)
        found: list[float] = []
        for place in waiting:
            consumer.seek(place, next_ones[place])
        while waiting:
            for place, records in (await consumer.getmany(*waiting, timeout_ms=1000)).items():
                waiting.remove(place)
                found.append(records[0].timestamp / 1000)
        return min(found, default=None)
    finally:
        await consumer.stop()

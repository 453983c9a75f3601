"""How far the doors have read: time waits until what came while the router was away is carried out."""

from collections.abc import Mapping, Sequence
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from shared.topics import PARTITIONS, Topic


class Backlog:
    """What lay on the doors' topics when the router came up.

    An answer that came in time while the router was away must not be overtaken by the breach of its deadline.
    """

    def __init__(self, servers: str, topics: Sequence[Topic]) -> None:
        self._servers = servers
        self._names: Final = [topic.name for topic in topics]
        self._ends: dict[TopicPartition, int] | None = None
        self._read = False

    async def is_read(self) -> bool:
        """Whether all of it is carried out, by whichever router; once it is, nobody asks again."""
        if not self._read:
            ends = await self._left()
            done = [await committed(self._servers, name) for name in self._names]
            reached = {place: offset for offsets in done for place, offset in offsets.items()}
            self._read = all(reached.get(place, 0) >= end for place, end in ends.items())
        return self._read

    async def _left(self) -> dict[TopicPartition, int]:
        """The end of each partition that held anything."""
        if self._ends is None:
            consumer = AIOKafkaConsumer(bootstrap_servers=self._servers)
            await consumer.start()
            try:
                places = [TopicPartition(name, number) for name in self._names for number in range(PARTITIONS)]
                first, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
            finally:
                await consumer.stop()
            self._ends = {place: end for place, end in ends.items() if end > first[place]}
        return self._ends


async def committed(servers: str, topic: str) -> Mapping[TopicPartition, int]:
    """The next message to handle on each partition of `topic` on which any was handled."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        offsets = await admin.list_consumer_group_offsets(f"router.{topic}")
    finally:
        await admin.close()
    return {place: kept.offset for place, kept in offsets.items() if place.topic == topic and kept.offset >= 0}

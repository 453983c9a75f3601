"""A topic that tests look at again and again: what was read once is kept, only what is new is asked for."""

import asyncio

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from shared.topics import MESSAGE_BYTES, PARTITIONS


class Followed:
    """Everything on a topic, partition by partition."""

    def __init__(self, servers: str, topic: str) -> None:
        self._servers = servers
        self._places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        self._records: list[ConsumerRecord] = []
        self._consumer: AIOKafkaConsumer | None = None
        self._reading = asyncio.Lock()

    async def records(self) -> list[ConsumerRecord]:
        """What is there now; raises a KafkaError where the broker does not say."""
        async with self._reading:
            try:
                await self._read_on()
            except KafkaError:
                await self.close()
                raise
            return list(self._records)

    async def _read_on(self) -> None:
        if self._consumer is None:
            self._records = []
            self._consumer = AIOKafkaConsumer(
                bootstrap_servers=self._servers,
                auto_offset_reset="earliest",
                max_partition_fetch_bytes=MESSAGE_BYTES,
            )
            await self._consumer.start()
            self._consumer.assign(self._places)
        self._consumer.resume(*self._places)
        ends = await self._consumer.end_offsets(self._places)
        while any([await self._consumer.position(place) < ends[place] for place in self._places]):
            for records in (await self._consumer.getmany(timeout_ms=500)).values():
                self._records += records
        self._consumer.pause(*self._places)  # nobody fetches behind the back of the tests

    async def close(self) -> None:
        """Read no more; what was read is forgotten."""
        consumer, self._consumer = self._consumer, None
        if consumer:
            await consumer.stop()

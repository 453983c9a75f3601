"""Publishing to Kafka: idempotent producer, acks from all replicas, one Kafka batch per partition."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import DefaultPartitioner

from shared import metrics
from shared.dead_letters import letter_in
from shared.envelope import Event
from shared.topics import MESSAGE_BYTES


class Publisher:
    """Sends events; the partition follows from the key by Kafka's own murmur2 rule, as in every other client."""

    def __init__(self, bootstrap_servers: str, client_id: str) -> None:
        self._producer = AIOKafkaProducer(
            bootstrap_servers=bootstrap_servers,
            client_id=client_id,
            enable_idempotence=True,
            max_batch_size=1024 * 1024,
            max_request_size=MESSAGE_BYTES,
            request_timeout_ms=15_000,
        )
        self._partition = DefaultPartitioner()

    async def start(self) -> None:
        """Connect; raises a KafkaError or OSError where no broker answers."""
        await self._producer.start()

    async def stop(self) -> None:
        """Disconnect."""
        await self._producer.stop()

    async def answers(self, seconds: float = 2.0) -> bool:
        """True if a broker answers a request for metadata within `seconds`."""
        try:
            return bool(await asyncio.wait_for(self._producer.client.force_metadata_update(), seconds))
        except (KafkaError, OSError, TimeoutError):
            return False

    async def publish(self, events: Sequence[Event]) -> None:
        """Return when the broker has all of `events`, those with one key in the order given.

        Raises:
            KafkaError: some may not have arrived, or may have; publish them all again.
        """
        slots: dict[tuple[str, int], list[Event]] = defaultdict(list)
        for event in events:
            partitions = sorted(await self._producer.partitions_for(event.topic))
            slots[event.topic, self._partition(event.key, partitions, partitions)].append(event)
        await asyncio.gather(*(self._send(*slot, queue) for slot, queue in slots.items()))
        for topic, count in Counter(event.topic for event in events).items():
            metrics.PUBLISHED.labels(topic).inc(count)
        for letter in filter(None, map(letter_in, events)):
            metrics.DEAD_LETTERS.labels(letter.topic, letter.reason).inc()

    async def _send(self, topic: str, partition: int, queue: Sequence[Event]) -> None:
        """One partition: each batch waits for the one before, so that a failure cannot reorder them."""
        waiting = list(reversed(queue))
        while waiting:
            batch = self._producer.create_batch()
            while waiting:
                event = waiting[-1]
                headers = list(event.headers)
                if batch.append(key=event.key, value=event.value, timestamp=None, headers=headers) is None:
                    break  # full: the next batch takes it
                waiting.pop()
            await (await self._producer.send_batch(batch, topic, partition=partition))

"""Publishing to Kafka: idempotent producer, acks from all replicas, one Kafka batch per partition."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from typing import Final

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.cluster import ClusterMetadata
from aiokafka.errors import KafkaError, LeaderNotAvailableError
from aiokafka.partitioner import murmur2

from shared import log, metrics
from shared.dead_letters import letter_in
from shared.envelope import Event
from shared.topics import MESSAGE_BYTES

_SECONDS: Final = 15.0  # for one request, and for a producer to come up
_SECONDS_TO_END: Final = 2.0

# The library computes it in Python, byte by byte, and the events of a report come close together.
_hash_of: Final = lru_cache(maxsize=10_000)(murmur2)

Slot = tuple[str, int]


class Publisher:
    """Sends events; the partition follows from the key by Kafka's own murmur2 rule, as in every other client.

    A producer of which a batch failed is replaced by a new one: the numbers of that batch are used up, and the broker
    would refuse every later batch of its partition as out of order (KIP-360; aiokafka does not begin anew by itself).
    """

    def __init__(self, bootstrap_servers: str, client_id: str) -> None:
        self._servers = bootstrap_servers
        self._client_id = client_id
        self._producer = self._new_producer()
        self._failed: AIOKafkaProducer | None = None
        self._renewing = asyncio.Lock()
        self._retiring: set[asyncio.Task[None]] = set()
        self._log = log.get("publisher")

    def _new_producer(self) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            bootstrap_servers=self._servers,
            client_id=self._client_id,
            enable_idempotence=True,
            max_batch_size=1024 * 1024,
            max_request_size=MESSAGE_BYTES,
            request_timeout_ms=int(_SECONDS * 1000),
        )

    async def start(self) -> None:
        """Connect; raises a KafkaError or OSError where no broker answers."""
        await self._producer.start()

    async def stop(self) -> None:
        """Disconnect; what the broker does not take now is given up."""
        retiring = list(self._retiring)
        for task in retiring:
            task.cancel()
        await asyncio.gather(*retiring, return_exceptions=True)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._producer.stop(), _SECONDS_TO_END)

    async def answers(self, seconds: float = 2.0) -> bool:
        """True if a broker answers a request for metadata within `seconds`."""
        try:
            return bool(await asyncio.wait_for(self._producer.client.force_metadata_update(), seconds))
        except (KafkaError, OSError, TimeoutError):
            return False

    async def publish(self, events: Sequence[Event]) -> None:
        """Return when the broker has all of `events`, those with one key in the order given.

        Raises:
            KafkaError: some may not have arrived, or may have; publish them all again. None is on its way any more.
            OSError, TimeoutError: no broker answers.
        """
        producer = await self._sound_producer()
        sent_to = Counter(event.topic for event in events)
        partitions = {topic: sorted(await producer.partitions_for(topic)) for topic in sent_to}
        slots: dict[Slot, list[Event]] = defaultdict(list)
        for event in events:
            slots[event.topic, _partition(event.key, partitions[event.topic])].append(event)
        await leaders_known(producer.client, slots)
        sent = await asyncio.gather(
            *(_send(producer, *slot, queue) for slot, queue in slots.items()), return_exceptions=True
        )
        if failures := [failure for failure in sent if failure is not None]:
            self._failed = producer
            raise failures[0]
        for topic, count in sent_to.items():
            metrics.PUBLISHED.labels(topic).inc(count)
        for letter in filter(None, map(letter_in, events)):
            metrics.DEAD_LETTERS.labels(letter.topic, letter.reason).inc()

    async def _sound_producer(self) -> AIOKafkaProducer:
        """The producer; a new one where a batch of it failed."""
        async with self._renewing:
            old = self._producer
            if self._failed is self._producer:
                fresh = self._new_producer()
                try:
                    await asyncio.wait_for(fresh.start(), _SECONDS)
                except BaseException:
                    await fresh.stop()
                    raise
                # What others have on the way with the old one is left to arrive.
                retiring = asyncio.create_task(old.stop())
                self._retiring.add(retiring)
                retiring.add_done_callback(self._retiring.discard)
                self._producer = fresh
                self._log.warning("producer.renewed")
            return self._producer


async def leaders_known(client: AIOKafkaClient, slots: Iterable[Slot]) -> None:
    """Nothing where each partition has a leader.

    Handed a batch for one without, aiokafka would ask for leaders without a pause, and in the end let the batch fail.

    Raises:
        LeaderNotAvailableError: also after a look, one has none.
    """
    places = [TopicPartition(*slot) for slot in slots]
    if not all(map(partial(_is_led, client.cluster), places)):
        await client.force_metadata_update()
        if not all(map(partial(_is_led, client.cluster), places)):
            raise LeaderNotAvailableError


def _partition(key: bytes, there: Sequence[int]) -> int:
    """As Kafka's own clients choose it: the hash without its sign, by the number of partitions."""
    digest: int = _hash_of(key)
    return there[(digest & 0x7FFF_FFFF) % len(there)]


def _is_led(cluster: ClusterMetadata, place: TopicPartition) -> bool:
    return cluster.leader_for_partition(place) not in (None, -1)


async def _send(producer: AIOKafkaProducer, topic: str, partition: int, queue: Sequence[Event]) -> None:
    """One partition: each batch waits for the one before, so that a failure cannot reorder them."""
    waiting = list(reversed(queue))
    while waiting:
        batch = producer.create_batch()
        while waiting:
            event = waiting[-1]
            if batch.append(key=event.key, value=event.value, timestamp=None, headers=list(event.headers)) is None:
                break  # full: the next batch takes it
            waiting.pop()
        await (await producer.send_batch(batch, topic, partition=partition))

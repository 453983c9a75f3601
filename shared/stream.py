"""Consuming: batches from Kafka to a handler, each until it is settled, with the failures in classes.

FastStream commits the offsets of a batch after the handler returned, so a handler returns only when all it decided is
committed and published. A batch that arrives twice must change nothing the second time.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaAckableMessage

from shared import log, metrics
from shared.database import Pool
from shared.dead_letters import dead_letter, digest, replay_of, store
from shared.envelope import Record
from shared.failures import Stopping, back_off, is_transient
from shared.outbox import Outbox
from shared.settings import Settings
from shared.topics import Topic

# Bytes of one partition that wait in memory: a few batches' worth. What is larger comes alone all the same (KIP-74).
_READ_AHEAD = 256 * 1024

# After a batch of fewer messages the next waits so many seconds for company: a transaction, a publication and an offset
# commit cost as much as some ten messages.
_SMALL = 25
_GATHERED = 0.1

Batch = Sequence[Record]
Handler = Callable[[Batch], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A topic and the handler that takes its batches. The group is the service's name and the topic's.

    With `dated_by_arrival`, what an operator sends again counts from when it first came: a clock started then.
    `readers` share the partitions as so many instances would: while the database is at work for one, the next decides.
    """

    topic: Topic
    handler: Handler
    dated_by_arrival: bool = False
    readers: int = 1


class Consumers:
    """The subscriptions of one service."""

    def __init__(self, service: str, settings: Settings, pool: Pool, outbox: Outbox) -> None:
        self._service = service
        self._settings = settings
        self._pool = pool
        self._outbox = outbox
        self._stopping = False
        self._log = log.get(f"{service}.stream")
        self._broker = KafkaBroker(
            settings.kafka_bootstrap_servers,
            client_id=f"{service}-{settings.instance}",
            ack_policy=AckPolicy.NACK_ON_ERROR,
            allow_auto_create_topics=False,
            apply_types=False,
            graceful_timeout=6.0,
            request_timeout_ms=15_000,
            logger=None,
        )
        self._subscribers: list[Any] = []
        self._handled: dict[TopicPartition, tuple[int, float]] = {}

    def add(self, subscription: Subscription) -> None:
        """Take `subscription` on; nothing is read before `start`."""
        for reader in range(subscription.readers):
            self._add(subscription, f"{self._settings.instance}.{reader}" if reader else self._settings.instance)
        # A series that appears with its first event shows no rate for it.
        metrics.RETRIES.labels(subscription.topic.name)
        metrics.BATCH_SECONDS.labels(subscription.topic.name)
        metrics.BATCH_MESSAGES.labels(subscription.topic.name)

    def _add(self, subscription: Subscription, member: str) -> None:
        topic = subscription.topic.name
        group = f"{self._service}.{topic}"

        async def as_it_came(batch: Any) -> KafkaAckableMessage:  # noqa: ANN401 - FastStream's hook is untyped
            """A batch with its headers untouched.

            FastStream's own parser decodes every header as UTF-8 and, where one is not, drops the whole batch without
            an acknowledgement: the next commit passes over it and up to `batch_records` messages are lost.
            """
            return KafkaAckableMessage(
                body=b"",
                headers={},
                raw_message=batch,
                message_id=f"{batch[0].partition}-{batch[0].offset}",
                consumer=subscriber.consumer,
            )

        subscriber: Any = self._broker.subscriber(
            topic,
            batch=True,
            group_id=group,
            group_instance_id=f"{group}.{member}",
            auto_offset_reset="earliest",
            max_records=self._settings.batch_records,
            batch_timeout_ms=20,
            max_partition_fetch_bytes=_READ_AHEAD,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=2_000,
            rebalance_timeout_ms=15_000,
            # A handler waits out a dependency that is away; membership is kept by heartbeats meanwhile.
            max_poll_interval_ms=24 * 3_600_000,
            no_reply=True,  # a reply_to header of an outsider must not make us publish
            parser=as_it_came,
            decoder=_records,
        )

        async def take(batch: Any) -> None:  # noqa: ANN401 - FastStream would build a model of a narrower type
            started = time.perf_counter()
            handler = self._dated(subscription.handler) if subscription.dated_by_arrival else subscription.handler
            await self._settle(batch, handler)
            metrics.BATCH_SECONDS.labels(topic).observe(time.perf_counter() - started)
            metrics.BATCH_MESSAGES.labels(topic).observe(len(batch))
            self._note_handled(batch)
            if len(batch) < _SMALL and not self._stopping:
                await asyncio.sleep(_GATHERED)

        subscriber(take)
        self._subscribers.append(subscriber)

    async def start(self) -> None:
        """Join the groups and read; raises where the broker does not answer."""
        await self._broker.start()

    async def stop(self) -> None:
        """Finish the batches in hand, take no new one, leave the groups. Under ten seconds."""
        self._stopping = True
        await self._broker.stop()

    def _dated(self, handler: Handler) -> Handler:
        """`handler` with each replay of a dead letter dated as it first came."""

        async def handle(batch: Batch) -> None:
            replays = {letter: digest(record.value) for record in batch if (letter := replay_of(record))}
            if replays:
                async with self._pool.acquire() as con:
                    first = await store.arrivals(con, self._service, replays)
                batch = [_dated(record, first) for record in batch]
            await handler(batch)

        return handle

    async def _settle(self, batch: Batch, handler: Handler) -> None:
        """Try until the batch is done; a message that can never succeed is found by halving and set aside."""
        for attempt, pause in enumerate(back_off(), start=1):
            try:
                await handler(batch)
            except Stopping:
                raise
            except Exception as error:
                if not is_transient(error):
                    await self._isolate(batch, handler, error, attempt)
                    return
                metrics.RETRIES.labels(batch[0].topic).inc()
                self._log.warning("batch.waits", topic=batch[0].topic, messages=len(batch), error=type(error).__name__)
            else:
                return
            if self._stopping:
                raise Stopping
            await asyncio.sleep(pause)

    async def _isolate(self, batch: Batch, handler: Handler, error: Exception, attempts: int) -> None:
        if len(batch) > 1:
            half = len(batch) // 2
            await self._settle(batch[:half], handler)
            await self._settle(batch[half:], handler)
            return
        self._log.error("message.poison", topic=batch[0].topic, offset=batch[0].offset, exc_info=error)

        async def set_aside(poison: Batch) -> None:
            async with self._pool.acquire() as con, con.transaction():
                letter = dead_letter(self._service, poison[0], f"unexpected-{type(error).__name__.lower()}", attempts)
                await self._outbox.add(con, [letter])
            await self._outbox.flush()

        await self._settle(batch, set_aside)

    def _note_handled(self, batch: Batch) -> None:
        for record in batch:
            self._handled[TopicPartition(record.topic, record.partition)] = (record.offset + 1, record.timestamp / 1000)

    async def observe(self) -> None:
        """Tell how far each partition is behind, from what the client already knows: no request."""
        metrics.LAG_MESSAGES.clear()  # a partition that went to another instance is told of there
        behind = dict.fromkeys([topic for subscriber in self._subscribers for topic in subscriber.topic_names], 0.0)
        for subscriber in self._subscribers:
            consumer: AIOKafkaConsumer | None = subscriber.consumer
            for place in consumer.assignment() if consumer else ():
                waiting, since = await self._waiting(consumer, place)
                metrics.LAG_MESSAGES.labels(place.topic, place.partition).set(waiting)
                behind[place.topic] = max(behind[place.topic], time.time() - since if waiting else 0.0)
        for topic, seconds in behind.items():
            metrics.LAG_SECONDS.labels(topic).set(seconds)

    async def _waiting(self, consumer: AIOKafkaConsumer, place: TopicPartition) -> tuple[int, float]:
        """Messages not yet handled, and the Unix time of the last one that was."""
        next_offset, handled_at = self._handled.get(place, (None, time.time()))
        if next_offset is None:
            next_offset = await consumer.position(place)
        return max(0, (consumer.highwater(place) or 0) - next_offset), handled_at


def _dated(record: Any, first: dict[UUID, datetime]) -> Record:  # noqa: ANN401 - aiokafka's record is a dataclass
    letter = replay_of(record)
    at = first.get(letter) if letter else None
    dated: Record = replace(record, timestamp=int(at.timestamp() * 1000)) if at else record
    return dated


async def _records(message: KafkaAckableMessage) -> Any:  # noqa: ANN401 - FastStream hands its message through
    return message.raw_message

"""Topics as an outsider reads them: every record from the first to the last, in the order of each partition."""

import hashlib
from collections.abc import AsyncIterator
from uuid import UUID

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from tests.chaos.cast import PARTITIONS
from tests.chaos.judgement import Judgement


async def whole(kafka: str, topic: str) -> AsyncIterator[ConsumerRecord]:
    """Everything on a topic now."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=4 * 2**20,
        max_poll_records=4000,
    )
    await consumer.start()
    try:
        places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        while any([await consumer.position(place) < ends[place] for place in places]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    yield record
    finally:
        await consumer.stop()


def print_of(value: bytes | None) -> bytes:
    """Eight bytes that stand for a message: two that differ have different ones."""
    return hashlib.blake2b(value or b"", digest_size=8).digest()


def header(record: ConsumerRecord, name: str) -> str:
    """A header's text; empty where there is none."""
    return next((value.decode("utf-8", "replace") for key, value in record.headers if key == name), "")


class Effects:
    """The events of one topic by what they tell of; the same effect told twice must be told with the same event."""

    def __init__(self, judgement: Judgement, topic: str) -> None:
        self._judgement, self._topic = judgement, topic
        self._seen: dict[tuple[object, ...], bytes] = {}
        self._places: dict[UUID, int] = {}
        self.repeats = 0

    def is_new(self, record: ConsumerRecord, report_id: UUID, *effect: object) -> bool:
        """Whether this effect was not told before; blames what breaks a rule on the way."""
        if record.key != str(report_id).encode():
            self._judgement.blame("without-key", f"{self._topic} {record.partition}/{record.offset}")
        if self._places.setdefault(report_id, record.partition) != record.partition:
            self._judgement.blame("two-partitions", f"{self._topic} {report_id}")
        told = print_of(header(record, "ce_id").encode() + b"\0" + (record.value or b""))
        before = self._seen.setdefault((report_id.bytes, *effect), told)
        if before is told:
            return True
        self.repeats += 1
        if before != told:
            self._judgement.blame("different-repeat", f"{self._topic} {report_id} {effect}")
        return False

"""What the broker refuses, or is not there for, does not stop what comes after it."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

from shared.envelope import Event
from shared.publisher import Publisher
from tests.integration.conftest import System


@pytest.fixture
async def narrow_topic(system: System) -> str:
    """A topic that takes no message over a kilobyte."""
    name = f"narrow-{uuid4()}"
    admin = AIOKafkaAdminClient(bootstrap_servers=system.addresses["TANGGAP_KAFKA_BOOTSTRAP_SERVERS"])
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, 12, 1, topic_configs={"max.message.bytes": "1024"})])
    finally:
        await admin.close()
    return name


@pytest.fixture
async def publisher(system: System) -> AsyncIterator[Publisher]:
    publisher = Publisher(system.addresses["TANGGAP_KAFKA_BOOTSTRAP_SERVERS"], "test")
    await publisher.start()
    yield publisher
    await publisher.stop()


async def test_an_event_that_the_broker_refuses_does_not_stop_those_after_it(
    system: System, publisher: Publisher, narrow_topic: str
) -> None:
    def event(value: bytes, key: bytes = b"one") -> Event:
        return Event(narrow_topic, key, value, ())

    others = [event(b"other", str(number).encode()) for number in range(50)]
    await publisher.publish([event(b"first")])
    for _ in range(2):
        with pytest.raises(KafkaError):
            await publisher.publish([event(b"x" * 2000), *others])
    await asyncio.gather(*(publisher.publish([event(str(number).encode())]) for number in range(10)))
    found = [record.value for record in await system.read(narrow_topic) if record.key == b"one"]
    assert found[0] == b"first"
    assert sorted(found[1:]) == sorted(str(number).encode() for number in range(10))

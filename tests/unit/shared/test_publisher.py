"""Nothing is handed to the producer for a partition that has no leader."""

from typing import Any

import pytest
from aiokafka.cluster import ClusterMetadata
from aiokafka.errors import LeaderNotAvailableError
from aiokafka.protocol.metadata import MetadataResponse_v1

from shared.publisher import leaders_known

TOPIC = "reports.accepted"
NONE = -1  # what a broker that stops says of the partitions it led


class Client:
    """A client that knows what it was told, and is told the next thing when it asks."""

    def __init__(self, *leaders: int) -> None:
        self.cluster = ClusterMetadata()
        self._leaders = list(leaders)
        self.told()

    def told(self) -> None:
        partitions = [(0, number, leader, [1], [1]) for number, leader in enumerate([1, self._leaders.pop(0)])]
        self.cluster.update_metadata(
            MetadataResponse_v1([(1, "kafka", 9092, None)], 1, [(0, TOPIC, False, partitions)])
        )

    async def force_metadata_update(self) -> bool:
        self.told()
        return True


def asked_for(client: Client) -> Any:
    return leaders_known(client, [(TOPIC, 0), (TOPIC, 1)])


async def test_with_leaders_for_all_nothing_is_asked() -> None:
    await asked_for(Client(1))


async def test_a_leader_that_is_back_is_found_by_asking() -> None:
    await asked_for(Client(NONE, 1))


async def test_without_a_leader_nothing_is_sent() -> None:
    with pytest.raises(LeaderNotAvailableError):
        await asked_for(Client(NONE, NONE))

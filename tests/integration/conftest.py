"""A real stack for the tests: Kafka, PostgreSQL, a mail catcher and the services, started once, ended with them."""

import asyncio
import itertools
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer, ConsumerRecord

from deploy.local.stack import Stack
from shared import topics
from shared.envelope import Headers
from shared.topics import MESSAGE_BYTES
from tests.integration.followed import Followed

PACK = Path(__file__).resolve().parents[2] / "deploy" / "packs" / "kota-pasuruan"
_PAGE = 200  # mails: the catcher reads each from its file when it is listed first
Seen = Callable[[], Awaitable[Any]]


class System:
    """A running stack as outsiders see it: topics, tables, HTTP paths and mails."""

    def __init__(
        self, stack: Stack, producer: AIOKafkaProducer, http: httpx.AsyncClient, owner: "asyncpg.Pool[asyncpg.Record]"
    ) -> None:
        self.stack = stack
        self.addresses = stack.addresses()
        self.producer = producer
        self.http = http
        self._owner = owner
        self._topics: dict[str, Followed] = {}
        self._mails: dict[str, dict[str, Any]] = {}

    async def publish(
        self, value: object, headers: Headers = (), topic: str = topics.SUBMITTED.name, key: bytes | None = None
    ) -> ConsumerRecord:
        """Publish as a channel would: bytes as they are, anything else as JSON."""
        raw = value if isinstance(value, bytes) or value is None else json.dumps(value).encode()
        return await self.producer.send_and_wait(topic, raw, key=key, headers=list(headers))

    async def rows(self, sql: str, *values: object) -> list[asyncpg.Record]:
        """Rows of the database, read as its owner."""
        return await self._owner.fetch(sql, *values)

    async def read(self, topic: str) -> list[ConsumerRecord]:
        """Everything on a topic now, partition by partition."""
        if topic not in self._topics:
            self._topics[topic] = Followed(self.addresses["TANGGAP_KAFKA_BOOTSTRAP_SERVERS"], topic)
        return await self._topics[topic].records()

    async def events(self, topic: str, report_id: object) -> list[dict[str, Any]]:
        """The events of one report on a topic, in their order."""
        return [json.loads(record.value) for record in await self.read(topic) if record.key == str(report_id).encode()]

    async def outcomes(self, report_id: object) -> list[dict[str, Any]]:
        """What became of the messages to the reporter of one report."""
        return [
            event for event in await self.events(topics.OUTCOMES.name, report_id) if event["audience"] == "reporter"
        ]

    async def mails(self) -> list[dict[str, Any]]:
        """Every mail that was caught, newest first; those that were listed before are not asked for again."""
        url = f"{self.addresses['TANGGAP_MAIL_URL']}/api/v1/messages"
        fresh: list[dict[str, Any]] = []
        while True:
            page = (await self.http.get(url, params={"start": len(fresh), "limit": _PAGE})).json()["messages"]
            new = list(itertools.takewhile(lambda mail: mail["ID"] not in self._mails, page))
            fresh += new
            if len(new) < _PAGE:
                break
        self._mails = {mail["ID"]: mail for mail in fresh} | self._mails
        return list(self._mails.values())

    async def mails_to(self, address: str) -> list[dict[str, Any]]:
        """The mails that this address got."""
        return [mail for mail in await self.mails() if mail["To"][0]["Address"] == address]

    async def get(self, service: str, path: str) -> httpx.Response:
        """An HTTP path of a service."""
        return await self.http.get(self.addresses[f"TANGGAP_{service.upper()}_URL"] + path)

    async def close(self) -> None:
        """Look no more."""
        for topic in self._topics.values():
            await topic.close()


@asynccontextmanager
async def outsiders(stack: Stack) -> AsyncIterator[System]:
    """A stack with an outsider's tools."""
    addresses = stack.addresses()
    producer = AIOKafkaProducer(
        bootstrap_servers=addresses["TANGGAP_KAFKA_BOOTSTRAP_SERVERS"], max_request_size=MESSAGE_BYTES
    )
    await producer.start()
    # No statement is kept: tests change tables under it.
    owner = asyncpg.create_pool(addresses["TANGGAP_DATABASE_URL"], min_size=0, max_size=8, statement_cache_size=0)
    async with httpx.AsyncClient(timeout=10) as http, owner:
        system = System(stack, producer, http, owner)
        yield system
        await system.close()
    await producer.stop()


async def until(seen: Seen, seconds: float = 60.0) -> Any:
    """What `seen` returns as soon as it is something; the test fails where it never is."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        found = await seen()
        if found:
            return found
        if asyncio.get_running_loop().time() > deadline:
            pytest.fail(f"not seen within {seconds:g} s")
        await asyncio.sleep(0.1)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """The whole stack, running."""
    # A copy, as a test puts another version there while the services run.
    pack = shutil.copytree(PACK, tmp_path_factory.mktemp("packs") / PACK.name)
    settings = {"TANGGAP_SENDING_LEASE_SECONDS": "8"}
    async with Stack(tmp_path_factory.mktemp("stack"), fast=True, pack=pack, settings=settings) as running:
        await running.start()
        await running.start_services()
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def system(stack: Stack) -> AsyncIterator[System]:
    """The stack with an outsider's tools."""
    async with outsiders(stack) as system:
        yield system


@pytest.fixture
def samples() -> Path:
    """The invented reports."""
    return Path(__file__).resolve().parents[2] / "deploy" / "samples" / "reports.jsonl"

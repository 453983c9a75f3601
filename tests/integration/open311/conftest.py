"""Clients of the door, each with its key."""

from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from tests.integration.conftest import System
from tests.integration.open311.client import Client, new_key


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    # The server closes an idle connection after five seconds: the client has to be the first.
    async with httpx.AsyncClient(timeout=30, limits=httpx.Limits(keepalive_expiry=2)) as http:
        yield http


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def client(system: System, http: httpx.AsyncClient) -> Client:
    return Client(
        system, http, await new_key(system.addresses, "open311-test", "--channel", "open311", "--per-minute", "100000")
    )


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def agency(system: System, http: httpx.AsyncClient) -> Client:
    return Client(system, http, await new_key(system.addresses, "dinas-test", "--agency", "dishub"))

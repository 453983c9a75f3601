"""PostgreSQL through asyncpg: one pool a service, as the service's own role."""

import asyncio
import json
from collections.abc import Coroutine
from typing import Any, TypeAlias, TypeVar

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from shared.failures import is_transient

Connection: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Answer = TypeVar("Answer")


async def _json_as_values(con: "asyncpg.Connection[asyncpg.Record]") -> None:
    await con.set_type_codec("jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads)


async def _connect(*where: Any, **how: Any) -> "asyncpg.Connection[asyncpg.Record]":  # noqa: ANN401 - asyncpg's own
    """A new connection.

    A server that cannot give one for an inner reason (class XX or 58: "could not write init file" on a full disk) is
    away, and that is no fault of the message for which it was asked.
    """
    try:
        return await asyncpg.connect(*where, **how)
    except (asyncpg.InternalServerError, asyncpg.PostgresSystemError) as error:
        raise ConnectionError(f"the database gives no connection: {error}") from error


async def _as_it_is(_con: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Nothing to undo on a connection that comes back: every lock and setting of ours ends with its transaction.

    The driver's own way asks the server to forget what was never said: a round trip for each transaction.
    """


async def connect(url: str, service: str, size: int) -> Pool:
    """A pool of at most `size` connections; raises where the database does not answer."""
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=size,
        timeout=5,
        command_timeout=30,
        connect=_connect,
        init=_json_as_values,
        reset=_as_it_is,
        server_settings={
            "application_name": f"tanggap-{service}",
            # A stopped process must not keep its locks: the others could not publish.
            "idle_in_transaction_session_timeout": "15000",
            "jit": "off",
        },
    )


async def soon(answer: Coroutine[Any, Any, Answer], seconds: float) -> Answer | None:
    """What the database answers; None where it is away, or does not within `seconds`.

    A driver that gives a question up first waits for the server to agree, which one that stands still never does.
    """
    asked = asyncio.create_task(answer)
    await asyncio.wait({asked}, timeout=seconds)
    if not asked.done():
        asked.cancel()
        return None
    try:
        return asked.result()
    except Exception as error:
        if is_transient(error):
            return None
        raise


class Pulse:
    """Whether the database answers. One question at a time: one that hangs holds one connection, and not all."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._asked: asyncio.Task[bool] | None = None

    async def beats(self, seconds: float = 2.0) -> bool:
        """True if an answer comes within `seconds`."""
        if self._asked is None or self._asked.done():
            self._asked = asyncio.create_task(self._ask(seconds))
        await asyncio.wait({self._asked}, timeout=seconds)
        return self._asked.done() and self._asked.result()

    async def _ask(self, seconds: float) -> bool:
        try:
            return bool(await self._pool.fetchval("select true", timeout=seconds))
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False

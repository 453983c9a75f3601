"""The clients' keys as this process knows them: read again every ten seconds, so a revoked key is dead soon after."""

import asyncio
from collections.abc import Mapping
from typing import Final

from services.intake.open311 import store
from services.intake.open311.keys import Client, hashed
from services.intake.open311.limits import Allowance
from shared.database import Pool
from shared.failures import is_transient

FRESH_SECONDS: Final = 10.0
# A key unknown here may be new: look again, but a flood of wrong keys must not become a flood of queries.
_LOOKS_A_MINUTE: Final = 60
_LOOKS_AT_ONCE: Final = 10
# While the database is away reports are still taken: they are durable in Kafka.
_STALE_SECONDS: Final = 600.0


class Keyring:
    """All valid keys of a deployment: a handful."""

    def __init__(self) -> None:
        self._clients: Mapping[bytes, Client] = {}
        self._read_at: float | None = None
        self._lock = asyncio.Lock()
        self._looks = Allowance(_LOOKS_A_MINUTE, _LOOKS_AT_ONCE)

    async def client(self, key: str, pool: Pool) -> Client | None:
        """Who holds `key`; None where nobody does.

        Raises:
            Exception: the database is away and has been for ten minutes (see `failures.is_transient`).
        """
        digest = hashed(key)
        await self._read(pool, FRESH_SECONDS)
        now = asyncio.get_running_loop().time()
        if digest not in self._clients and not self._looks.wait("", now):
            self._looks.take("", now)
            await self._read(pool, 0.0)
        return self._clients.get(digest)

    async def _read(self, pool: Pool, older_than: float) -> None:
        async with self._lock:
            age = self._age()
            if age is not None and age < older_than:
                return
            try:
                self._clients = await store.clients(pool)
            except Exception as error:
                if age is None or age > _STALE_SECONDS or not is_transient(error):
                    raise
            else:
                self._read_at = asyncio.get_running_loop().time()

    def _age(self) -> float | None:
        return None if self._read_at is None else asyncio.get_running_loop().time() - self._read_at

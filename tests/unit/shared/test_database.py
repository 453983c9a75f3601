"""The database that gives no connection is not the message's fault; one that stands still is soon known."""

import asyncio
from typing import Any

import pytest

from shared import database
from shared.failures import is_transient

SAID = {
    "XX000": "could not write init file",  # the disk is full after a crash
    "58030": "could not read file",
    "57P03": "the database system is starting up",
    "53300": "sorry, too many clients already",
    "28P01": "password authentication failed",
}


@pytest.mark.parametrize("code", SAID)
async def test_a_connection_that_is_refused_can_be_asked_for_again(code: str) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1024)
        fields = b"".join(b"%c%s\0" % (name, said.encode()) for name, said in zip(b"SVCM", (
            "FATAL", "FATAL", code, SAID[code]), strict=True))  # fmt: skip
        writer.write(b"E" + (len(fields) + 5).to_bytes(4) + fields + b"\0")
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Exception, match=SAID[code]) as refused:
            await database.connect(f"postgresql://a:b@127.0.0.1:{port}/c?sslmode=disable", "test", 1)
    assert is_transient(refused.value)


class Frozen:
    """A pool whose server stands still: a question ends when the server goes on, whoever gives it up."""

    def __init__(self) -> None:
        self.thawed = asyncio.Event()
        self.asked = 0

    async def fetchval(self, _sql: str, timeout: float) -> bool:  # noqa: ASYNC109 - as the driver has it
        self.asked += 1
        await self.thawed.wait()
        return True


async def test_a_server_that_stands_still_is_known_by_one_question() -> None:
    pool: Any = Frozen()
    pulse = database.Pulse(pool)
    assert [await pulse.beats(0.01) for _ in range(3)] == [False] * 3
    assert pool.asked == 1
    pool.thawed.set()
    assert await pulse.beats(1)
    assert await pulse.beats(1)
    assert pool.asked == 2

"""Whatever a server says while it gives no connection, the message for which it was asked is not to blame."""

import asyncio

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

"""A mail relay that takes everything and remembers, of each mail, only which it was and for whom."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from uuid import UUID

from deploy.local.ports import LOOPBACK

_MESSAGE_ID = re.compile(rb"^Message-ID: <([0-9a-f-]{36})@", re.MULTILINE | re.IGNORECASE)


class Relay:
    """RFC 5321 as far as a client needs it.

    `first` maps a mail's own id to the recipient's name; `again` counts those that came more than once; `strange` are
    recipients of mails without an id, or with one that somebody else had got.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.first: dict[bytes, bytes] = {}
        self.again: Counter[bytes] = Counter()
        self.strange: list[bytes] = []
        self.told: Callable[[bytes], None] = lambda _recipient: None
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen."""
        self._server = await asyncio.get_running_loop().create_server(lambda: _Talk(self), LOOPBACK, self.port)

    async def close(self) -> None:
        """Listen no more."""
        if self._server:
            self._server.close()

    def take(self, recipient: bytes, mail: bytes) -> None:
        """Remember a mail. It counts from here on, whether or not its sender hears so."""
        found = _MESSAGE_ID.search(mail)
        name = recipient.partition(b"@")[0]
        mine = UUID(found[1].decode()).bytes if found else b""
        if not found or self.first.get(mine, name) != name:
            self.strange.append(name)
        elif mine in self.first:
            self.again[mine] += 1
        else:
            self.first[mine] = name
        self.told(name)

    def times(self, mail: bytes) -> int:
        """How often the mail with this id came."""
        return (mail in self.first) + self.again[mail]


class _Talk(asyncio.Protocol):
    """One connection."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._rest = bytearray()
        self._recipient = b""
        self._in_data = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while self._step():
            pass

    def _step(self) -> bool:
        end = b"\r\n.\r\n" if self._in_data else b"\r\n"
        whole, found, rest = bytes(self._rest).partition(end)
        if not found:
            return False
        self._rest = bytearray(rest)
        if self._in_data:
            self._in_data = False
            self._relay.take(self._recipient, whole)
            self._transport.write(b"250 taken\r\n")
        else:
            self._command(whole)
        return True

    def _command(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"RCPT":
            self._recipient = line.partition(b"<")[2].partition(b">")[0]
        self._in_data = verb == b"DATA"
        self._transport.write({b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}.get(verb, b"250 ok\r\n"))
        if verb == b"QUIT":
            self._transport.close()

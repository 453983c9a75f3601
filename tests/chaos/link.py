"""A TCP door in front of a server that passes bytes on until it is told to hurt: cut, stall, lose answers."""

import asyncio
import contextlib
import socket
import struct

from deploy.local.ports import LOOPBACK

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER on, nothing to wait for: the peer sees a reset, not an end


class Link:
    """The way from one service to one server.

    Args:
        name: `intake-kafka`, say.
        port: where the service connects.
        target: the server's own port.
    """

    def __init__(self, name: str, port: int, target: int) -> None:
        self.name = name
        self.port = port
        self.target = target
        self.refusing = False
        self.stalled = False
        self.unheard = False
        self._pairs: set[_Pair] = set()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Near(self), LOOPBACK, self.port, backlog=512)

    async def close(self) -> None:
        """Cut everything and listen no more."""
        self.cut()
        if self._server:
            self._server.close()

    def cut(self) -> None:
        """Reset every connection, and every new one until `heal`."""
        self.refusing = True
        self.reset()

    def reset(self) -> None:
        """Reset every connection there is; new ones pass."""
        for pair in list(self._pairs):
            pair.abort()

    def stall(self) -> None:
        """Hold every byte, in both directions, until `heal`; connections stay."""
        self.stalled = True
        for pair in self._pairs:
            pair.regulate()

    def hold_requests(self) -> None:
        """Hold every byte from the service, while the server's still reach it; `heal` resets these connections."""
        self.unheard = True
        for pair in self._pairs:
            pair.regulate()

    def lose_answers(self) -> None:
        """On each connection there is: the request is acted on, its answer is thrown away, the connection is reset."""
        for pair in self._pairs:
            pair.doomed = True

    def heal(self) -> None:
        """Be a plain door again. What was held back unheard is thrown away with its connection."""
        if self.unheard:
            self.reset()
        self.refusing = self.stalled = self.unheard = False
        for pair in self._pairs:
            pair.regulate()

    def keep(self, pair: "_Pair") -> None:
        """A connection more."""
        self._pairs.add(pair)

    def drop(self, pair: "_Pair") -> None:
        """A connection less."""
        self._pairs.discard(pair)


class _Pair:
    """The two halves of a connection; reading stands still while the link is stalled or the other half is full."""

    def __init__(self, link: Link, near: asyncio.Transport) -> None:
        self.link = link
        self.near: asyncio.Transport = near
        self.far: asyncio.Transport | None = None
        self.doomed = False
        self.full = {"near": False, "far": False}

    def regulate(self) -> None:
        for transport, other in ((self.near, "far"), (self.far, "near")):
            if transport is None or transport.is_closing():
                continue
            held = self.link.stalled or (self.link.unheard and transport is self.near)
            if held or self.full[other] or self.far is None:
                transport.pause_reading()
            else:
                transport.resume_reading()

    def abort(self) -> None:
        self.link.drop(self)
        for transport in (self.near, self.far):
            if transport is not None:
                _reset(transport)


class _Near(asyncio.Protocol):
    """The half towards the service."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._connecting: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._pair = _Pair(self._link, transport)
        _prompt(transport)
        if self._link.refusing:
            self._pair.abort()
            return
        self._link.keep(self._pair)
        transport.pause_reading()
        self._connecting = asyncio.create_task(self._connect())

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(lambda: _Far(self._pair), LOOPBACK, self._link.target)
        except OSError:
            self._pair.abort()

    def data_received(self, data: bytes) -> None:
        if self._pair.far is not None:
            self._pair.far.write(data)

    def pause_writing(self) -> None:
        self._pair.full["near"] = True
        self._pair.regulate()

    def resume_writing(self) -> None:
        self._pair.full["near"] = False
        self._pair.regulate()

    def eof_received(self) -> bool:
        if self._pair.far is not None and self._pair.far.can_write_eof():
            self._pair.far.write_eof()
        return True

    def connection_lost(self, error: Exception | None) -> None:
        self._link.drop(self._pair)
        if self._pair.far is not None:
            self._pair.far.close() if error is None else _reset(self._pair.far)


class _Far(asyncio.Protocol):
    """The half towards the server."""

    def __init__(self, pair: _Pair) -> None:
        self._pair = pair

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        _prompt(transport)
        self._pair.far = transport
        if self._pair.near.is_closing():
            _reset(transport)
        self._pair.regulate()

    def data_received(self, data: bytes) -> None:
        if self._pair.doomed:
            self._pair.abort()
        else:
            self._pair.near.write(data)

    def pause_writing(self) -> None:
        self._pair.full["far"] = True
        self._pair.regulate()

    def resume_writing(self) -> None:
        self._pair.full["far"] = False
        self._pair.regulate()

    def connection_lost(self, error: Exception | None) -> None:
        self._pair.near.close() if error is None else _reset(self._pair.near)


def _prompt(transport: asyncio.Transport) -> None:
    transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _reset(transport: asyncio.Transport) -> None:
    if not transport.is_closing():
        with contextlib.suppress(OSError):
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    transport.abort()

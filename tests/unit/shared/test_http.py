"""A request's body: whole, or known to be too long or too slow."""

import asyncio
from collections.abc import Sequence

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from shared import http
from shared.http import TooLong, read_body


def request(pieces: Sequence[bytes | None], *, ends: bool = True) -> Request:
    """A request whose body comes in pieces; None is a client that is gone. Without an end nothing more comes."""
    messages: list[Message] = [
        {"type": "http.request", "body": piece, "more_body": not ends or number < len(pieces)}
        if piece is not None
        else {"type": "http.disconnect"}
        for number, piece in enumerate(pieces, start=1)
    ]

    async def receive() -> Message:
        if not messages:
            await asyncio.Event().wait()
        return messages.pop(0)

    return Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive)


async def test_a_body_is_read_to_its_end() -> None:
    assert await read_body(request([b"ab", b"", b"cd"]), 4) == b"abcd"


async def test_one_that_is_too_long_is_not_read_to_its_end() -> None:
    with pytest.raises(TooLong):
        await read_body(request([b"ab", b"cd", b"e"], ends=False), 4)


async def test_one_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "BODY_SECONDS", 0.01)
    with pytest.raises(TimeoutError):
        await read_body(request([b"ab"], ends=False), 4)


async def test_a_client_that_is_gone_is_told_apart() -> None:
    with pytest.raises(ClientDisconnect):
        await read_body(request([b"ab", None], ends=False), 4)

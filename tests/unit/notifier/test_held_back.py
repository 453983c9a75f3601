"""What is no attempt: a provider that is away, busy, or refuses us as a whole; against servers on this machine."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from pydantic_core import Url

from services.notifier.carrier import Away, Broken
from services.notifier.delivery import Result
from services.notifier.email import Mail
from services.notifier.gateways.format import read_account
from services.notifier.gateways.sending import Gateway
from services.notifier.messages import Words
from tests.unit.notifier.letters import message

WORDS = Words("Laporan", "Laporan diteruskan.\n")
Say = Callable[[bytes], bytes | None]


@asynccontextmanager
async def listening(greeting: bytes, say: Say, until: bytes = b"\r\n") -> AsyncIterator[int]:
    """A server that answers each request, which ends with `until`; None closes the connection."""

    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        writer.write(greeting)
        try:
            while (answer := say(await reader.readuntil(until))) is not None:
                writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


async def mailed(say: Say) -> Result:
    async with listening(b"220 x\r\n", say) as port:
        carrier = Mail(Url(f"smtp://127.0.0.1:{port}"), "laporan@kota.example.org", 1, 2.0, None)
        async with carrier.session() as session:
            return await session.send(message(), WORDS, "warga@example.org")


def relay(at: bytes, answer: bytes | None) -> Say:
    """A relay that takes everything up to the command `at`."""

    def say(line: bytes) -> bytes | None:
        if line.upper().startswith(at):
            return answer
        return b"354 go\r\n" if line.upper().startswith(b"DATA") else b"250 ok\r\n"

    return say


@pytest.mark.parametrize("answer", [b"421 busy\r\n", b"452 full\r\n", b"550 who are you\r\n", b"530 log in\r\n"])
async def test_a_relay_that_refuses_our_sender_refuses_us_all(answer: bytes) -> None:
    with pytest.raises(Away):
        await mailed(relay(b"MAIL", answer))


@pytest.mark.parametrize(
    ("answer", "status"), [(b"550 no such user\r\n", "permanent-failure"), (b"450 later\r\n", "temporary-failure")]
)
async def test_a_relay_that_refuses_one_address_refuses_that_one(answer: bytes, status: str) -> None:
    assert (await mailed(relay(b"RCPT", answer))).status == status


async def test_a_connection_that_breaks_before_the_text_left_nothing_behind() -> None:
    with pytest.raises(Broken) as broken:
        await mailed(relay(b"RCPT", None))
    assert broken.value.result.status == "temporary-failure"


async def test_a_connection_that_breaks_after_that_leaves_it_unknown() -> None:
    with pytest.raises(Broken) as broken:
        await mailed(relay(b"DATA", None))
    assert broken.value.result.status == "unknown"


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [
        (429, "Retry-After: 120", 120.0),
        (503, "Retry-After: 7", 7.0),
        (429, "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT", 0.0),
        (429, "X: 1", 0.0),
        (401, "X: 1", 0.0),
    ],
)
async def test_a_gateway_that_holds_us_back_says_for_how_long(status: int, header: str, seconds: float) -> None:
    answer = f"HTTP/1.1 {status} X\r\n{header}\r\ncontent-length: 0\r\n\r\n".encode()
    async with listening(b"", lambda _head: answer, until=b"\r\n\r\n") as port:
        carrier = Gateway("sms", read_account(f"twilio+http://AC1:secret@127.0.0.1:{port}?from=1708"), 1, 2.0)
        async with carrier.session() as session:
            with pytest.raises(Away) as away:
                await session.send(message(kind="sms"), WORDS, "+6281200001234")
    assert away.value.seconds == seconds


async def test_a_gateway_that_nobody_answers_for_is_away() -> None:
    carrier = Gateway("sms", read_account("twilio+http://AC1:secret@127.0.0.1:9?from=1708"), 1, 2.0)
    async with carrier.session() as session:
        with pytest.raises(Away):
            await session.send(message(kind="sms"), WORDS, "+6281200001234")


async def test_each_turn_of_a_message_has_a_key_of_its_own_and_each_attempt_of_it_the_same() -> None:
    heads: list[bytes] = []

    def say(head: bytes) -> bytes:
        heads.append(head)
        return b"HTTP/1.1 500 X\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"

    async with listening(b"", say, until=b"\r\n\r\n") as port:
        mine = read_account(f"whatsapp-cloud+http://1:token@127.0.0.1:{port}?key=1")
        for turn, attempt in ((0, 1), (0, 2), (1, 3)):
            async with Gateway("whatsapp", mine, 1, 2.0).session() as session:
                await session.send(message(kind="whatsapp", turn=turn, attempt=attempt), WORDS, "+6281200001234")
    keys = [line for head in heads for line in head.lower().split(b"\r\n") if line.startswith(b"idempotency-key")]
    assert keys[0] == keys[1] != keys[2]


async def test_a_second_answer_to_one_message_is_not_taken_for_the_next_ones() -> None:
    answered: list[bytes] = []

    def say(_head: bytes) -> bytes:
        body = b'{"messages":[{"id":"%d"}]}' % len(answered)
        answered.append(b"HTTP/1.1 200 X\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
        return answered[-1] * 2

    async with listening(b"", say, until=b"\r\n\r\n") as port:
        account = read_account(f"whatsapp-cloud+http://1:token@127.0.0.1:{port}")
        async with Gateway("whatsapp", account, 1, 2.0).session() as session:
            results = [await session.send(message(kind="whatsapp"), WORDS, "+6281200001234") for _ in range(3)]
    assert [result.provider_message_id for result in results] == ["0", "1", "2"]

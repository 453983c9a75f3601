"""The relay's connections: kept for the next mails, and replaced where the relay has closed them."""

import base64

import pytest
from pydantic_core import Url

from services.notifier.carrier import Broken
from services.notifier.email import Mail
from tests.unit.notifier.letters import message
from tests.unit.notifier.test_held_back import WORDS, Say, listening, relay


class Counting:
    """A relay that takes everything, and counts how often it is greeted."""

    def __init__(self, say: Say) -> None:
        self.greeted = 0
        self._say = say
        self._in_text = False

    def __call__(self, line: bytes) -> bytes | None:
        if self._in_text and line != b".\r\n":
            return b""
        self.greeted += line.upper().startswith(b"EHLO")
        answer = self._say(line)
        self._in_text = (answer or b"").startswith(b"354")
        return answer


async def send(carrier: Mail) -> str:
    async with carrier.session() as session:
        return (await session.send(message(), WORDS, "warga@example.org")).status


# What the relay falls silent on, and how many connections three mails then take.
RELAYS = [
    pytest.param(relay(b"NOTHING", b""), 1, id="the next mail goes over the connection that is there"),
    pytest.param(relay(b"RSET", None), 3, id="a connection that the relay has closed costs no attempt"),
]


@pytest.mark.parametrize(("say", "connections"), RELAYS)
async def test_mails_go_over_as_few_connections_as_the_relay_lets_stand(say: Say, connections: int) -> None:
    seen = Counting(say)
    async with listening(b"220 x\r\n", seen) as port:
        carrier = Mail(Url(f"smtp://127.0.0.1:{port}"), "laporan@kota.example.org", 1, 2.0, None)
        assert [await send(carrier) for _ in range(3)] == ["sent"] * 3
    assert seen.greeted == connections


async def test_a_connection_that_broke_is_not_used_again() -> None:
    seen = Counting(relay(b"DATA", None))
    async with listening(b"220 x\r\n", seen) as port:
        carrier = Mail(Url(f"smtp://127.0.0.1:{port}"), "laporan@kota.example.org", 1, 2.0, None)
        for _ in range(2):
            with pytest.raises(Broken):
                await send(carrier)
    assert seen.greeted == 2


async def test_a_login_is_decoded_as_addresses_are() -> None:
    given: list[bytes] = []

    def say(line: bytes) -> bytes | None:
        if line.upper().startswith(b"EHLO"):
            return b"250-x\r\n250 AUTH PLAIN\r\n"
        if line.upper().startswith(b"AUTH"):
            given.append(base64.b64decode(line.split()[-1]))
            return b"235 ok\r\n"
        return b"354 go\r\n" if line.upper().startswith(b"DATA") else b"250 ok\r\n"

    async with listening(b"220 x\r\n", say) as port:
        url = Url(f"smtp://laporan%40kota.example.org:p%40ss%2Fwort@127.0.0.1:{port}")
        assert await send(Mail(url, "laporan@kota.example.org", 1, 2.0, None)) == "sent"
    assert given == [b"\0laporan@kota.example.org\0p@ss/wort"]

"""Webhooks: signed as Standard Webhooks says, to public addresses only, and what each answer means."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from services.notifier.messages import Words
from services.notifier.webhooks.places import public
from services.notifier.webhooks.sending import Webhooks
from services.notifier.webhooks.signing import read_secrets, signed
from tests.unit.notifier.letters import message

OLD, NEW = (base64.b64encode(bytes([number]) * 24).decode() for number in (1, 2))
SECRETS = read_secrets(f"pupr=whsec_{NEW} pupr=whsec_{OLD}")
WORDS = Words("Laporan baru", "Mohon ditindaklanjuti.")
MESSAGE = replace(message(kind="webhook", audience="agency", template="agency-assigned"), recipient="pupr")
Request = tuple[dict[str, str], bytes]


@asynccontextmanager
async def endpoint(status: int | None) -> AsyncIterator[tuple[str, list[Request]]]:
    """A receiver that answers `status`; None: it drops the connection when it has read everything."""
    seen: list[Request] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
        # Header values keep their case: a signature would not survive otherwise.
        headers |= dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line.startswith("webhook"))
        seen.append((headers, await reader.readexactly(int(headers["content-length"]))))
        if status is not None:
            writer.write(f"HTTP/1.1 {status} X\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n".encode())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/in", seen
    server.close()


def test_our_signature_is_theirs() -> None:
    """The reference library signs the same, letter by letter."""
    body = b'{"type":"report.assigned"}'
    headers = dict(signed("msg_1", 1_700_000_000, body, SECRETS["pupr"][:1]))
    at = datetime.fromtimestamp(1_700_000_000, UTC)
    assert headers["webhook-signature"] == Webhook(f"whsec_{NEW}").sign("msg_1", at, body.decode())


@pytest.mark.parametrize("secret", [OLD, NEW])
async def test_a_receiver_verifies_the_body_that_it_got(secret: str) -> None:
    async with endpoint(204) as (url, seen):
        result = await Webhooks(SECRETS, 1, 5, trial=True).send(MESSAGE, WORDS, url)
    assert (result.status, result.reason) == ("sent", None)
    ((headers, body),) = seen
    Webhook(f"whsec_{secret}").verify(body, headers)
    assert headers["webhook-id"] == str(MESSAGE.notification_id)
    said = json.loads(body)
    assert (said["type"], said["data"]["recipient"], said["data"]["text"]) == ("report.assigned", "pupr", WORDS.text)


@pytest.mark.parametrize(
    ("answered", "status", "reason"),
    [
        (200, "sent", None),
        (302, "temporary-failure", "http-302"),  # not followed: it could lead inside
        (400, "temporary-failure", "http-400"),
        (410, "permanent-failure", "http-410"),
        (500, "temporary-failure", "http-500"),
        (None, "unknown", "connection-lost"),
    ],
)
async def test_what_an_answer_means(answered: int | None, status: str, reason: str | None) -> None:
    async with endpoint(answered) as (url, seen):
        result = await Webhooks(SECRETS, 1, 5, trial=True).send(MESSAGE, WORDS, url)
    assert (result.status, result.reason, len(seen)) == (status, reason, 1)


async def test_an_endpoint_that_is_down_rests_and_others_go_on() -> None:
    hooks = Webhooks(SECRETS, 1, 5, trial=True)
    reasons = [(await hooks.send(MESSAGE, WORDS, "http://127.0.0.1:9/in")).reason for _ in range(2)]
    assert reasons == ["no-connection", "endpoint-rests"]
    async with endpoint(200) as (url, _):
        assert (await hooks.send(MESSAGE, WORDS, url)).status == "sent"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "10.0.0.1"])
async def test_nobody_makes_us_call_an_address_inside(host: str) -> None:
    result = await Webhooks(SECRETS, 1, 5, trial=False).send(MESSAGE, WORDS, f"https://{host}/in")
    assert (result.status, result.reason) == ("technical-failure", "private-address")


@pytest.mark.parametrize(
    ("addresses", "good"),
    [
        (["93.184.215.14"], True),
        (["2606:2800:21f:cb07:6820:80da:af6b:8b2c"], True),
        (["93.184.215.14", "10.0.0.1"], False),  # a name that leads inside as well is a trap
        (["192.168.1.1"], False),
        (["100.64.0.1"], False),
        (["224.0.0.1"], False),
        (["fe80::1%eth0"], False),
        (["::ffff:127.0.0.1"], False),
        (["2002:7f00:1::"], False),
        (["0.0.0.0"], False),  # noqa: S104 - refused
    ],
)
def test_only_public_addresses_are_called(addresses: list[str], good: bool) -> None:
    assert bool(public(addresses)) is good


@pytest.mark.parametrize(
    "setting", ["pupr", "pupr=", "=whsec_AAAA", f"pupr={NEW}", "pupr=whsec_c2hvcnQ=", "pupr=whsec_!"]
)
def test_a_secret_that_is_none_is_named_by_its_place_only(setting: str) -> None:
    with pytest.raises(ValueError, match="entry 1") as error:
        read_secrets(setting)
    assert NEW not in str(error.value)

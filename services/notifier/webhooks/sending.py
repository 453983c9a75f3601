"""The carrier of webhooks: one POST a message, to a public address by TLS, redirects not followed.

A repeat has the same `webhook-id`, so its receiver can tell. One endpoint that is down is in nobody's way: it is left
alone for a while, and its messages wait for their next attempt.
"""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

import httpx

from services.notifier.delivery import Result
from services.notifier.messages import Words
from services.notifier.planning import Message
from services.notifier.webhooks.body import body_of
from services.notifier.webhooks.places import public
from services.notifier.webhooks.signing import signed

_RESTS_SECONDS: Final = 15.0
_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Webhooks:
    """All webhooks as a carrier; each answer is awaited for `timeout` seconds. `trial` allows private addresses."""

    kind: Final = "webhook"
    name: Final = "webhook"
    gives_receipts: Final = False  # the answer is all there is
    weight: Final = 1.0
    tells_repeats: Final = True  # Standard Webhooks: the receiver knows a repeat by its webhook-id

    def __init__(
        self, secrets: Mapping[str, Sequence[bytes]], connections: int, timeout: float, *, trial: bool
    ) -> None:
        self.connections = connections
        self._secrets = secrets
        self._timeout = timeout
        self._trial = trial
        self._rests: dict[str, float] = {}

    @asynccontextmanager
    async def session(self) -> AsyncIterator["Webhooks"]:
        """Endpoints differ from message to message: there is nothing to open."""
        yield self

    async def send(self, message: Message, words: Words, address: str) -> Result:
        """Hand one message over: 2xx is taken, 410 is never again, anything else may be better later."""
        host = urlsplit(address).netloc
        if self._rests.get(host, 0.0) > time.monotonic():
            return Result("temporary-failure", "endpoint-rests")
        body = body_of(message, words)
        keys = self._secrets.get(message.recipient, ())
        headers = {
            "content-type": "application/json",
            "user-agent": "Tanggap-Webhooks/1",
            **signed(str(message.notification_id), int(time.time()), body, keys),
        }
        try:
            return _meaning(await asyncio.wait_for(self._post(address, headers, body), self._timeout))
        except _Refused as refused:
            return Result("technical-failure", str(refused))
        except httpx.HTTPError as error:
            result = _failure(error)
        except TimeoutError:
            result = Result("unknown", "no-answer")
        except OSError:  # the name was not found
            result = Result("temporary-failure", "no-address")
        if result.reason != "connection-lost":
            self._rests[host] = time.monotonic() + _RESTS_SECONDS
        return result

    async def _post(self, address: str, headers: Mapping[str, str], body: bytes) -> int:
        """The status of the answer; its text is nobody's, so at most its head is read.

        The address that was looked at is the one that is called: a name cannot lead elsewhere in between.
        """
        url = httpx.URL(address)
        extensions = {}
        if not self._trial:
            found = await _resolve(url.host, url.port or 443)
            good = public(found)
            if not good:
                raise _Refused("private-address")
            headers = {**headers, "host": url.netloc.decode("ascii")}
            extensions = {"sni_hostname": url.host}
            url = url.copy_with(host=good[0])
        async with (
            httpx.AsyncClient(timeout=self._timeout, trust_env=False, follow_redirects=False) as client,
            client.stream("POST", url, content=body, headers=headers, extensions=extensions) as answer,
        ):
            return answer.status_code


class _Refused(Exception):
    """We do not call this address."""


async def _resolve(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def _failure(error: httpx.HTTPError) -> Result:
    """Once the request is on its way nobody can tell whether it was taken."""
    if isinstance(error, _NOT_SENT):
        return Result("temporary-failure", "no-connection")
    return Result("unknown", "no-answer" if isinstance(error, httpx.TimeoutException) else "connection-lost")


def _meaning(status: int) -> Result:
    if 200 <= status < 300:
        return Result("sent")
    if status == 410:
        return Result("permanent-failure", "http-410")
    return Result("temporary-failure", f"http-{status}")

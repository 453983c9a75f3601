"""A gateway on the wire: HTTP, with each end of a request told apart: not sent, sent, nobody knows."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import httpx

from services.notifier.carrier import Away
from services.notifier.delivery import Result
from services.notifier.gateways.format import Account, Format, Held, Outgoing, Request, read_account, read_answer
from services.notifier.gateways.twilio import Twilio
from services.notifier.gateways.whatsapp_cloud import WhatsAppCloud
from services.notifier.messages import Words
from services.notifier.planning import Message

FORMATS: Final[dict[str, Format]] = {"twilio": Twilio(), "whatsapp-cloud": WhatsAppCloud()}
# They write addresses of requests, and with them numbers of people, into the log.
for _talkative in ("httpx", "httpcore"):
    logging.getLogger(_talkative).setLevel(logging.WARNING)
# Before these nothing of the request went out.
_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_NONE_KEPT: Final = httpx.Limits(max_keepalive_connections=0)


class Gateway:
    """A provider of one kind, as a carrier; each answer is awaited for `timeout` seconds."""

    def __init__(self, kind: str, account: Account, connections: int, timeout: float) -> None:
        self.kind = kind
        self.name = account.name
        self.connections = connections
        self._account = account
        self._format = FORMATS[account.format]
        self._timeout = timeout

    @property
    def weight(self) -> float:
        """Its part of the messages beside others of the kind."""
        return self._account.weight

    @property
    def gives_receipts(self) -> bool:
        """Whether it tells later what became of a message."""
        return self._format.gives_receipts(self._account)

    @property
    def tells_repeats(self) -> bool:
        """Whether a message can be sent again without being received twice: by a key, or because it can be asked."""
        probe = Outgoing(self.kind, "", "", "", "")
        return "key" in self._account.options or self._format.ask(self._account, probe) is not None

    @asynccontextmanager
    async def session(self) -> AsyncIterator["Line"]:
        """A connection for each request: on a kept one, a second answer to a message would pass for the next one's."""
        async with httpx.AsyncClient(
            timeout=self._timeout, trust_env=False, follow_redirects=False, limits=_NONE_KEPT
        ) as client:
            yield Line(client, self.kind, self._account, self._format)


class Line:
    """An open connection to a gateway."""

    def __init__(self, client: httpx.AsyncClient, kind: str, account: Account, spoken: Format) -> None:
        self._client = client
        self._kind = kind
        self._account = account
        self._format = spoken

    async def send(self, message: Message, words: Words, address: str) -> Result:
        """Hand one message over; raises Away where nothing was sent and nothing will be for a while."""
        identity = str(message.notification_id)
        outgoing = Outgoing(self._kind, address, words.text.strip(), identity, message.language)
        try:
            if message.attempt > 1 and (found := await self._sent_before(outgoing)):
                return found
            key = f"{identity}-{message.turn}" if message.turn else identity
            answer = await self._call(self._format.send(self._account, outgoing), key)
            try:
                return self._format.sent(answer.status_code, read_answer(answer.content))
            except Held as held:
                raise Away(str(held), _seconds(answer.headers.get("retry-after", ""))) from held
        except Held as held:
            raise Away(str(held)) from held
        except _NOT_SENT as error:
            raise Away(type(error).__name__) from error
        except httpx.TimeoutException:
            return Result("unknown", "no-answer")
        except httpx.HTTPError:
            return Result("unknown", "connection-lost")

    async def _sent_before(self, outgoing: Outgoing) -> Result | None:
        """What the provider knows of an earlier attempt; where it does not say, nothing is sent."""
        request = self._format.ask(self._account, outgoing)
        if request is None:
            return None
        try:
            answer = await self._call(request, outgoing.notification_id)
        except httpx.HTTPError as error:
            raise Held("cannot-be-asked") from error
        if answer.status_code != 200:
            raise Held(f"cannot-be-asked-{answer.status_code}")
        return self._format.asked(outgoing, read_answer(answer.content))

    async def _call(self, request: Request, key: str) -> httpx.Response:
        headers = {} if request.user else {"Authorization": f"Bearer {request.password}"}
        if request.method == "POST" and "key" in self._account.options:
            headers["Idempotency-Key"] = key
        return await self._client.request(
            request.method,
            request.url,
            params=request.form if request.method == "GET" else None,
            data=request.form if request.method == "POST" else None,
            json=request.body,
            headers=headers,
            auth=httpx.BasicAuth(request.user, request.password) if request.user else None,
        )


def _seconds(retry_after: str) -> float:
    """RFC 9110, section 10.2.3, as far as providers of messages use it: a number of seconds."""
    return float(retry_after) if retry_after.isdecimal() and len(retry_after) < 7 else 0.0


def read_gateways(setting: str) -> list[Account]:
    """The accounts of a setting, separated by blanks.

    Raises:
        ValueError: one is of no known format, or two have one name.
    """
    accounts = [read_account(text) for text in setting.split()]
    for account in accounts:
        if account.format not in FORMATS:
            raise ValueError(f"{account.format!r} is none of {', '.join(FORMATS)}")
    if len({account.name for account in accounts}) < len(accounts):
        raise ValueError("two gateways of a kind need names of their own: ?name=...")
    return accounts

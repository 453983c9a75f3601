"""E-mail by SMTP (RFC 5321, RFC 5322): one message, one recipient, a Message-ID that follows from the notification."""

import asyncio
import base64
import re
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.header import Header
from email.utils import format_datetime
from typing import Final
from urllib.parse import unquote

import aiosmtplib
from pydantic_core import Url

from services.notifier.carrier import Away, Broken
from services.notifier.delivery import Result
from services.notifier.messages import Words
from services.notifier.planning import Message

PROVIDER: Final = "smtp"
_KEPT_OPEN: Final = 5.0  # seconds that a connection waits for the next mail
# What can stand in a header and in an SMTP command as it is; other addresses are none that intake lets through.
_ADDRESS: Final = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")


def compose(message: Message, words: Words, sender: str, recipient: str, unsubscribe: str | None = None) -> bytes:
    """The mail for `message`; all mails about a report are one thread. The same bytes however often it is made.

    Written out here: the standard library takes ten times as long, and what we send has always the same shape.

    Raises:
        ValueError: the address cannot stand in a header, such as one with a line break.
    """
    if not _ADDRESS.fullmatch(recipient):
        raise ValueError("no address for a header")
    domain = sender.rpartition("@")[2]
    # A report is one thread: each mail answers the report itself, which no mail is (RFC 5322, section 3.6.4).
    thread = f"<{message.news.report_id}@{domain}>"
    boundary = f"=_{message.notification_id.hex}"  # no base64 has an underscore
    head = [
        ("From", sender),
        ("To", recipient),
        ("Subject", _encoded(words.subject)),
        ("Date", format_datetime(message.news.at)),
        ("Message-ID", message_id(message, sender)),
        ("References", thread),
        ("In-Reply-To", thread),
        ("Auto-Submitted", "auto-generated"),  # RFC 3834: no out-of-office answers, please
        ("Content-Language", message.language),
        *([("List-Unsubscribe", f"<{unsubscribe}>")] if unsubscribe else []),
        # RFC 8058: one POST to that address is enough.
        *([("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")] if words.stop_url else []),
        *([("Importance", "high")] if message.known.emergency else []),
        ("MIME-Version", "1.0"),
    ]
    parts = [_part("plain", words.text)]
    if words.html is not None:
        parts.append(_part("html", words.html))
        head.append(("Content-Type", f'multipart/alternative; boundary="{boundary}"'))
        body = "".join(f"--{boundary}\r\n{part}" for part in parts) + f"--{boundary}--\r\n"
        return ("".join(f"{name}: {value}\r\n" for name, value in head) + "\r\n" + body).encode("ascii")
    return ("".join(f"{name}: {value}\r\n" for name, value in head) + parts[0]).encode("ascii")


def message_id(message: Message, sender: str) -> str:
    """The same for the same notification, so that whoever gets a repeat can tell."""
    return f"<{message.notification_id}@{sender.rpartition('@')[2]}>"


def _part(kind: str, text: str) -> str:
    coded = base64.encodebytes(text.encode()).decode("ascii").replace("\n", "\r\n")
    return f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{coded}"


def _encoded(subject: str) -> str:
    """RFC 2047 where it is not plain; one line either way but for its folds."""
    plain = " ".join(subject.split())
    if plain.isascii() and plain.isprintable() and "=?" not in plain:
        return plain
    return Header(plain, "utf-8", header_name="Subject").encode(linesep="\r\n")


class Mail:
    """The mail relay as a carrier; each of its answers is awaited for `timeout` seconds."""

    kind: Final = "email"
    name: Final = PROVIDER
    tells_repeats: Final = False  # SMTP has no key, and many a relay does not look at the Message-ID
    gives_receipts: Final = False  # only what cannot be delivered comes back
    weight: Final = 1.0

    def __init__(self, url: Url, sender: str, connections: int, timeout: float, unsubscribe: str | None) -> None:
        self.connections = connections
        self._url = url
        self._sender = sender
        self._timeout = timeout
        self._unsubscribe = unsubscribe
        self._idle: deque[tuple[aiosmtplib.SMTP, float]] = deque()  # each with when it was left, the oldest first

    @asynccontextmanager
    async def session(self) -> AsyncIterator["Mailbox"]:
        """One connection; raises Away where the relay does not answer: nothing was sent."""
        client = await self._left_open() or await self._connect()
        try:
            yield Mailbox(client, self._sender, self._unsubscribe)
        except BaseException:
            client.close()
            raise
        loop = asyncio.get_running_loop()
        self._idle.append((client, loop.time()))
        loop.call_later(_KEPT_OPEN, self._close_idle)

    async def _left_open(self) -> aiosmtplib.SMTP | None:
        """A connection of before that the relay still answers on."""
        while self._idle:
            client, _ = self._idle.pop()
            try:
                await client.rset()
            except (aiosmtplib.SMTPException, OSError):
                client.close()
            else:
                return client
        return None

    def _close_idle(self) -> None:
        left_before = asyncio.get_running_loop().time() - _KEPT_OPEN
        while self._idle and self._idle[0][1] <= left_before:
            self._idle.popleft()[0].close()

    async def _connect(self) -> aiosmtplib.SMTP:
        secure = self._url.scheme == "smtps"
        client = aiosmtplib.SMTP(
            hostname=self._url.host,
            port=self._url.port or (465 if secure else 25),
            username=_decoded(self._url.username),
            password=_decoded(self._url.password),
            use_tls=secure,
            timeout=self._timeout,
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Away(type(error).__name__) from error
        return client


class Mailbox:
    """An open connection to the relay."""

    def __init__(self, client: aiosmtplib.SMTP, sender: str, unsubscribe: str | None) -> None:
        self._client = client
        self._sender = sender
        self._unsubscribe = unsubscribe

    async def send(self, message: Message, words: Words, address: str) -> Result:
        """Hand one mail over; raises Broken with what is known of it where the connection does not work any more.

        A relay that refuses our sender would refuse every mail: that is no attempt, and raises Away.
        """
        stoppable = words.stop_url
        if stoppable is None and self._unsubscribe:
            stoppable = self._unsubscribe.format(code=message.news.tracking_code)
        try:
            raw = compose(message, words, self._sender, address, stoppable)
        except ValueError:  # a line break in an address, say: never a header of somebody else's making
            return Result("permanent-failure", "bad-address")
        handed_over = False
        try:
            await self._greet()
            await self._client.rcpt(address)
            handed_over = True
            await self._client.data(raw)
        except aiosmtplib.SMTPResponseException as error:
            result = Result(_failure(error.code), f"smtp-{error.code}")
            await self._reset(result)
            return result
        except (aiosmtplib.SMTPException, OSError) as error:
            # Once the text is on its way nobody can tell whether the relay took it.
            raise Broken(Result("unknown" if handed_over else "temporary-failure", "connection-lost")) from error
        return Result("sent", None, message_id(message, self._sender))

    async def _greet(self) -> None:
        try:
            await self._client.mail(self._sender)
        except aiosmtplib.SMTPResponseException as error:
            raise Away(f"smtp-{error.code}") from error

    async def _reset(self, result: Result) -> None:
        try:
            await self._client.rset()
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Broken(result) from error


def _failure(code: int) -> str:
    """RFC 5321, section 4.2.1: 4yz may work later, 5yz will not."""
    return "temporary-failure" if 400 <= code < 500 else "permanent-failure"


def _decoded(part: str | None) -> str | None:
    """A part of an address as it is meant: a login with an @ can stand in it only as %40 (RFC 3986, section 2.1)."""
    return unquote(part) if part else None

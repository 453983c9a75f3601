"""A gateway that speaks Twilio's and Meta's formats, takes an Idempotency-Key, and misbehaves by a drawn lot."""

import asyncio
import json
import random
from collections import Counter
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

# Each way to misbehave with its weight; `well` is the rest.
WAYS = {
    "well": 64,
    "drops": 8,  # takes the message and closes the connection
    "fails-after": 8,  # takes the message and answers 500
    "late": 4,  # takes the message and answers when nobody listens any more
    "never": 2,  # takes the message and says nothing
    "twice": 4,  # takes the message and answers two times
    "rubbish": 6,  # takes the message and answers what nobody can read
    "busy": 4,  # takes nothing and answers 429
}
LATE = 1.5


class Misbehaving:
    """Requests of one gateway. `messages` counts what it would deliver, by key or by number."""

    def __init__(self, seed: int, *, takes_key: bool) -> None:
        self.messages: Counter[str] = Counter()
        self.taken: dict[str, dict[str, str]] = {}
        self.ways: Counter[str] = Counter()
        self.requests = 0
        self._takes_key = takes_key
        self._lot = random.Random(seed)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Requests on one connection."""
        try:
            while (head := await reader.readuntil(b"\r\n\r\n")) and await self._answer(head.decode(), reader, writer):
                pass
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass  # cancelled: the run is over
        finally:
            writer.close()

    async def _answer(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        method, target, _ = head.split(" ", 2)
        headers = dict(line.split(": ", 1) for line in head.lower().split("\r\n")[1:] if line)
        if method == "GET":
            to = parse_qs(urlsplit(target).query)["To"][0]
            say(writer, 200, {"messages": [taken for taken in self.taken.values() if taken["to"] == to]})
            return True
        body = (await reader.readexactly(int(headers["content-length"]))).decode()
        self.requests += 1
        way = self._lot.choices(list(WAYS), list(WAYS.values()))[0]
        self.ways[way] += 1
        await asyncio.sleep(self._lot.uniform(0.0, 0.06))
        if way == "busy":
            say(writer, 429, {})
            return True
        return await self._behave(way, self._take(body, headers), writer)

    def _take(self, body: str, headers: dict[str, str]) -> dict[str, object]:
        """The message is on its way from here on, unless its key says that it already was."""
        if body.startswith("{"):
            message = json.loads(body)
            to, text = message["to"], message["text"]["body"]
        else:
            form = parse_qs(body)
            to, text = form["To"][0], form["Body"][0]
        key = headers["idempotency-key"] if self._takes_key else uuid4().hex
        if key not in self.taken:
            self.taken[key] = {"to": to, "body": text, "sid": f"SM{uuid4().hex}", "status": "queued"}
            self.messages[to.removeprefix("+")] += 1
        sid = self.taken[key]["sid"]
        return {"sid": sid, "messages": [{"id": sid}]}

    async def _behave(self, way: str, answer: dict[str, object], writer: asyncio.StreamWriter) -> bool:
        if way == "drops":
            return False
        if way in {"late", "never"}:
            await asyncio.sleep(LATE if way == "late" else 20)
        if way == "never":
            return False
        if way in {"fails-after", "rubbish"}:
            say(writer, 500 if way == "fails-after" else 200, "<html>")
            return True
        for _ in range(2 if way == "twice" else 1):
            say(writer, 200, answer)
        return True


class SmtpSink:
    """An SMTP server that takes mails and, now and then, breaks off instead of saying so."""

    def __init__(self, seed: int) -> None:
        self.messages: Counter[str] = Counter()
        self._lot = random.Random(seed)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        writer.write(b"220 sink\r\n")
        to = ""
        try:
            while line := await reader.readline():
                if line.upper().startswith(b"RCPT TO:"):
                    to = line.decode().split("<")[1].split(">")[0]
                if line[:4].upper() == b"DATA":
                    writer.write(b"354 go on\r\n")
                    await reader.readuntil(b"\r\n.\r\n")
                    self.messages[to] += 1
                    await asyncio.sleep(self._lot.uniform(0.0, 0.06))
                    if self._lot.random() < 0.05:
                        break
                writer.write(b"250 ok\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def say(writer: asyncio.StreamWriter, status: int, answer: object) -> None:
    """An HTTP answer."""
    body = json.dumps(answer).encode()
    head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)

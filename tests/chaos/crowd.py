"""Load from outside: channels and an HTTP client that file reports, agencies that work, reporters that reply."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from tests.chaos.cast import PARTITIONS, Cast, Part, Scene
from tests.chaos.ledger import Ledger

_TICK = 0.05  # seconds
_PATIENCE = 30.0  # of the HTTP client
_OTHER = ("dishub", "dlhkp")  # two agencies: who does not want a report names the other


@dataclass(slots=True)
class _Life:
    part: Part
    scene: int = 0  # the next one
    sequence: int = 0  # the last step that was seen
    code: str = ""
    agency: str = ""


class Crowd:
    """Everybody outside. They know the addresses and the contract, and nothing of the inside.

    Whoever gets no answer asks again with the same id, for ever: that is what at-least-once means for a channel.
    """

    def __init__(self, kafka: str, door: Callable[[], str | None], api_key: str, cast: Cast, rate: float) -> None:
        self._kafka, self._door, self._api_key, self._cast, self.rate = kafka, door, api_key, cast, rate
        self.ledger = Ledger()
        self.next = 0  # the next report's number
        self.errors: list[BaseException] = []
        self.began: Callable[[int], None] = lambda _number: None  # told when a report is filed
        self.ended: Callable[[int], None] = lambda _number: None  # told when a life has come to its end
        self._tasks: set[asyncio.Task[Any]] = set()
        self._lives: dict[bytes, _Life] = {}
        self._filing = True
        self._watching: list[asyncio.Task[Any]] = []

    async def start(self) -> None:
        """Begin."""
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self._kafka, acks="all", linger_ms=5, request_timeout_ms=10_000, metadata_max_age_ms=5_000
        )
        await self._producer.start()
        self._http = httpx.AsyncClient(timeout=_PATIENCE, trust_env=False)
        self._watching = [asyncio.create_task(self._file_steadily()), asyncio.create_task(self._watch())]

    async def stop_filing(self, within: float = 120.0) -> None:
        """File no new report; return when every message that was begun is taken."""
        self._filing = False
        await asyncio.wait_for(self._watching[0], within)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within)

    def unfinished(self) -> int:
        """Lives in which something is still to happen, and messages that nobody took yet."""
        return len(self._tasks) + sum(1 for life in self._lives.values() if life.agency)

    async def stop(self) -> None:
        """Go home."""
        for task in (*self._watching, *self._tasks):
            task.cancel()
        await asyncio.gather(*self._watching, *self._tasks, return_exceptions=True)
        await self._http.aclose()
        await self._producer.stop()

    def check(self) -> None:
        """Raise what went wrong in the crowd itself."""
        for task in self._watching:
            if task.done() and not task.cancelled() and (error := task.exception()):
                raise error
        if self.errors:
            raise self.errors[0]

    # --- reports ----------------------------------------------------------------------------------------------------

    async def _file_steadily(self) -> None:
        began, base = time.monotonic(), self.next
        rate = self.rate
        while self._filing:
            if self.rate != rate:
                began, base, rate = time.monotonic(), self.next, self.rate
            due = base + int((time.monotonic() - began) * rate)
            while self.next < due:
                self._file(self._cast.part(self.next))
                self.next += 1
            await asyncio.sleep(_TICK)

    def _file(self, part: Part) -> None:
        self.began(part.number)
        if part.life:
            self._lives[str(part.report_id).encode()] = _Life(part)
            self.ledger.lives[part.number] = 0
        self._spawn(self._post(part) if part.door else self._publish(part))

    async def _publish(self, part: Part) -> None:
        await self._send("reports.submitted", part.message, part.partition)
        self.ledger.take(part.number)
        if part.twice or part.conflict:
            await asyncio.sleep(part.number % 7 * 0.4)
            await self._send("reports.submitted", part.message if part.twice else part.other_message, part.partition)

    async def _post(self, part: Part) -> None:
        form = {
            "api_key": self._api_key,
            "service_code": "jalan-rusak",
            "description": part.value["text"],
            "lat": "-7.6446",
            "long": "112.9072",
            "email": part.value["reporter"].get("email", ""),
        }
        while True:
            url = self._door()
            try:
                if url is None:
                    raise httpx.ConnectError("nobody is at the door")
                answer = await self._http.post(
                    f"{url}/open311/v2/requests.json",
                    data={name: value for name, value in form.items() if value},
                    headers={"Idempotency-Key": part.external_id},
                )
            except httpx.TransportError:
                self.ledger.answers[0] += 1
                await asyncio.sleep(0.5)
                continue
            self.ledger.answers[answer.status_code] += 1
            if answer.status_code == 200:
                self.ledger.take(part.number)
                return
            self.ledger.lacking_retry += answer.status_code == 503 and "retry-after" not in answer.headers
            await asyncio.sleep(0.5)

    # --- agencies and reporters -------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        """Read reports.status as agencies do, and play the next scene where a status is reached."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self._kafka, auto_offset_reset="earliest")
        await consumer.start()
        try:
            consumer.assign([TopicPartition("reports.status", number) for number in range(PARTITIONS)])
            while True:
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    for record in records:
                        life = self._lives.get(record.key or b"")
                        if life:
                            self._see(life, json.loads(record.value or b"{}"))
        finally:
            await consumer.stop()

    def _see(self, life: _Life, step: dict[str, Any]) -> None:
        if step["sequence"] != life.sequence + 1:
            return  # a repeat; of gaps the oracle tells
        life.sequence += 1
        life.code, life.agency = step["tracking_code"], step["agency"] or life.agency
        if life.sequence == 1:
            return
        awaited = "assigned" if life.scene == 0 else life.part.life[life.scene - 1].leads_to
        if step["status"] != awaited:
            return
        if life.scene == len(life.part.life):
            del self._lives[str(life.part.report_id).encode()]
            self.ended(life.part.number)
        else:
            scene = life.part.life[life.scene]
            life.scene += 1
            self.ledger.lives[life.part.number] = life.scene
            self._spawn(self._play(life, scene))

    async def _play(self, life: _Life, scene: Scene) -> None:
        now = datetime.now(UTC).isoformat()
        identity = str(uuid4())
        if scene.actor == "agency":
            report_id = str(life.part.report_id)
            value = {"update_id": identity, "report_id": report_id, "agency": life.agency}
            if scene.action == "not_ours":
                value["suggested_agency"] = next(code for code in _OTHER if code != life.agency)
            topic, partition = "agencies.updates", UUID(report_id).int % PARTITIONS
        else:
            value = {"reply_id": identity, "tracking_code": life.code, "channel": "web"}
            topic, partition = "reporters.replies", life.part.partition
        message = json.dumps({**value, "action": scene.action, "at": now, **dict(scene.more)}).encode()
        await self._send(topic, message, partition)
        if life.part.number % 5 == 0:  # some say everything twice
            await self._send(topic, message, partition)

    # --- messages ---------------------------------------------------------------------------------------------------

    async def _send(self, topic: str, value: bytes, partition: int) -> None:
        """Return when the broker has it."""
        while True:
            began = time.monotonic()
            try:
                await self._producer.send_and_wait(topic, value, partition=partition)
            except KafkaError:
                self.ledger.failed.append(began)
                await asyncio.sleep(0.5)
            else:
                return

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.errors.append(error)

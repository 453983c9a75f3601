"""The life of a service: come up when broker and database do, work, stop with nothing half done."""

import asyncio
import gc
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import uvicorn
from aiokafka.admin import AIOKafkaAdminClient
from starlette.applications import Starlette
from starlette.routing import Route

from shared import database, http, log, metrics, topics
from shared.failures import back_off, is_transient
from shared.outbox import Outbox
from shared.pack import Pack, PackError, load_pack
from shared.publisher import Publisher
from shared.settings import Settings, stop
from shared.stream import Consumers, Subscription

VERSION = "0.1.0"
Work = Callable[[], Awaitable[object]]
T = TypeVar("T")


class Service:
    """What a service stands on. `pool`, `outbox` and `publisher` are there once `subscriptions` are asked for."""

    pool: database.Pool
    outbox: Outbox

    def __init__(self, name: str, settings: Settings) -> None:
        log.set_up(name, settings.log_level)
        self.name = name
        self.settings = settings
        self.log = log.get(name)
        self.pack: Pack = self.usable(lambda: load_pack(settings.pack))
        self.publisher: Publisher | None = None
        self.connected = False
        self._pulse: database.Pulse | None = None
        self._consumers: Consumers | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()
        self._checks: Mapping[str, http.Check] = {
            "database": self._database_answers,
            "broker": self._broker_answers,
            "consumers": self._consumers_run,
        }
        for check in self._checks:
            metrics.DEPENDENCY_UP.labels(check).set(0)
        metrics.BUILD.labels(name, VERSION, self.pack.version).set(1)

    @staticmethod
    def usable(made: Callable[[], T]) -> T:
        """What is made of the pack's files; the process ends where they cannot be used."""
        try:
            return made()
        except PackError as error:
            stop(f"TANGGAP_PACK: {error}")

    # --- what a service says of itself ----------------------------------------------------------------------------

    def subscriptions(self) -> Sequence[Subscription]:
        """The topics the service reads."""
        raise NotImplementedError

    def paths(self) -> Sequence[Route]:
        """HTTP paths beside the common ones."""
        return ()

    def chores(self) -> Sequence[tuple[float, Work]]:
        """What is done each so many seconds, and at once when it comes up."""
        return ()

    # --- life -------------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT."""
        app = Starlette(routes=[*http.routes(self._checks), *self.paths()], lifespan=self._lifespan)
        uvicorn.run(
            app,
            host=self.settings.http_host,
            port=self.settings.http_port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=3,
            timeout_keep_alive=75,  # longer than clients keep an idle connection: they close it, not we
        )

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        self._start("come-up", self._come_up_or_end())
        try:
            yield
        finally:
            await self._go_down()

    async def _come_up_or_end(self) -> None:
        """A service that cannot come up ends: half a service would look alive and do nothing."""
        try:
            await self._come_up()
        except Exception:
            self.log.exception("start.impossible")
            signal.raise_signal(signal.SIGTERM)

    async def _come_up(self) -> None:
        await self._patiently("database", self._connect_database)
        await self._patiently("broker", self._connect_broker)
        self.outbox = Outbox(self.name, self.pool, self._connected_publisher())
        self._start("outbox", self.outbox.run())
        self._consumers = Consumers(self.name, self.settings, self.pool, self.outbox)
        for subscription in self.subscriptions():
            self._consumers.add(subscription)
        await self._patiently("consumers", self._consumers.start)
        for seconds, work in (*self.chores(), (2.0, self._observe)):
            metrics.CHORE_FAILURES.labels(work.__name__)
            self._start(work.__name__, self._again_and_again(seconds, work))
        self.connected = True
        # What lives for good is not looked at again. A batch makes some hundred thousand objects and no rings: looking
        # for rings each 700 would cost a quarter of the time.
        gc.collect()
        gc.freeze()
        gc.set_threshold(100_000, 20, 20)
        self.log.info("service.up", pack_version=self.pack.version)

    async def _go_down(self) -> None:
        self.log.info("service.stopping")
        started = time.monotonic()
        self._stopping.set()
        if self._consumers:
            await self._consumers.stop()
        if hasattr(self, "outbox"):
            self.outbox.stop()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=max(0.1, 8.0 - (time.monotonic() - started)))
        for task in self._tasks:
            task.cancel()
        if self.publisher:
            await self.publisher.stop()
        if hasattr(self, "pool"):
            self.pool.terminate()
        self.log.info("service.stopped", seconds=round(time.monotonic() - started, 3))

    def _start(self, name: str, work: Any) -> None:  # noqa: ANN401 - any coroutine
        self._tasks.append(asyncio.create_task(work, name=name))

    async def _patiently(self, what: str, work: Work) -> None:
        """Wait for `what` as long as it takes; `/health/ready` tells that it is missing."""
        for pause in back_off(first=0.1, most=0.5):
            try:
                await work()
            except Exception as error:
                if not is_transient(error):
                    self.log.exception("start.failed", waiting_for=what)
                self.log.warning("start.waits", waiting_for=what, error=type(error).__name__)
            else:
                return
            if await self._stopped_within(pause):
                raise asyncio.CancelledError

    async def _again_and_again(self, seconds: float, work: Work) -> None:
        while True:
            try:
                await work()
            except Exception as error:
                metrics.CHORE_FAILURES.labels(work.__name__).inc()
                if not is_transient(error):
                    self.log.exception("chore.failed", chore=work.__name__)
            if await self._stopped_within(seconds):
                return

    async def _stopped_within(self, seconds: float) -> bool:
        if self._stopping.is_set():  # a wait of no length would never look
            return True
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True

    # --- dependencies -----------------------------------------------------------------------------------------------

    async def _connect_database(self) -> None:
        url = str(self.settings.database_url)
        self.pool = await database.connect(url, self.name, self.settings.database_pool)
        self._pulse = database.Pulse(self.pool)

    async def _connect_broker(self) -> None:
        if self.publisher is None:
            publisher = Publisher(self.settings.kafka_bootstrap_servers, f"{self.name}-{self.settings.instance}")
            try:
                await publisher.start()
            except BaseException:
                await publisher.stop()
                raise
            self.publisher = publisher
        await self._topics_exist()

    async def _topics_exist(self) -> None:
        """A consumer of a topic that comes later would wait minutes to see it: wait here instead."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.settings.kafka_bootstrap_servers)
        await admin.start()
        try:
            missing = {topic.name for topic in topics.ALL} - set(await admin.list_topics())
        finally:
            await admin.close()
        if missing:
            raise TimeoutError(f"topics not created yet: {sorted(missing)}")

    def _connected_publisher(self) -> Publisher:
        assert self.publisher is not None  # noqa: S101 - _connect_broker set it
        return self.publisher

    async def _database_answers(self) -> bool:
        return self._pulse is not None and await self._pulse.beats()

    async def _broker_answers(self) -> bool:
        return self.publisher is not None and await self.publisher.answers()

    async def _consumers_run(self) -> bool:
        return self.connected and not self._stopping.is_set()

    async def _observe(self) -> None:
        for name, check in self._checks.items():
            metrics.DEPENDENCY_UP.labels(name).set(await check())
        await self.outbox.observe()
        if self._consumers:
            await self._consumers.observe()

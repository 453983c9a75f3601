"""Apache Kafka, one node in KRaft combined mode, on the loopback address."""

import asyncio
import base64
import contextlib
import os
import shutil
import uuid
from pathlib import Path

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from deploy.local.child import Child, Recipe
from deploy.local.failure import StackError
from deploy.local.jar_lock import read_lock
from deploy.local.jars import fetch
from deploy.local.java import Java, find_java
from deploy.local.part import Told, plain_environment
from deploy.local.ports import LOOPBACK

_LOG4J = Path(__file__).with_name("log4j2.properties")
_LARGEST_BATCH = 4 * 2**20 + 64 * 2**10  # bytes: a value of 4 MiB with headers, key and framing

_SETTINGS = f"""\
process.roles=broker,controller
node.id=1
controller.listener.names=CONTROLLER
listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=CLIENT
# The project creates its topics; a typing error must not create another.
auto.create.topics.enable=false
message.max.bytes={_LARGEST_BATCH}
replica.fetch.max.bytes={_LARGEST_BATCH}
socket.request.max.bytes={16 * 2**20}
# One node: nothing can be replicated, and few partitions of its own make it start and stop quickly.
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
# A consumer that starts gets its partitions at once, not after three seconds of waiting for others.
group.initial.rebalance.delay.ms=0
# After a crash the controller turns the restarted broker away until the session of the lost one has ended.
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=3000
# A small machine.
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size={16 * 2**20}
"""


class Kafka:
    """The broker below `home`; its data survives a restart, also on other ports."""

    name = "kafka"

    def __init__(self, home: Path, cache: Path, port: int, controller_port: int, *, fast: bool) -> None:
        self._folder = home / "kafka"
        self._log = home / "log" / "kafka.log"
        self._jars = cache / "jars"
        version = next(jar.version for jar in read_lock() if jar.artifact.startswith("kafka_"))
        self._formatted = cache / f"kafka-{version}-formatted"
        self._port = port
        self._controller_port = controller_port
        self._fast = fast
        self._java: Java | None = None
        self._class_path = ""

    @property
    def address(self) -> str:
        """`host:port` for clients."""
        return f"{LOOPBACK}:{self._port}"

    async def prepare(self, told: Told) -> None:
        """Find Java, have the jars, write the settings, format the storage once.

        Raises:
            StackError: no Java, no jars, or Kafka's own tool would not format.
        """
        self._java = await asyncio.to_thread(find_java)
        paths = await asyncio.to_thread(fetch, read_lock(), self._jars, told)
        self._class_path = os.pathsep.join(str(path) for path in paths)
        self._write_settings()
        data = self._folder / "data"
        if not (data / "meta.properties").exists():
            # An empty storage is the same for every stack of this version: the tool's second of Java is spent once.
            if not self._formatted.exists():
                told("formatting its storage")
                await self._format()
                await asyncio.to_thread(_keep, data, self._formatted)
            await asyncio.to_thread(shutil.copytree, self._formatted, data, dirs_exist_ok=True)

    def _write_settings(self) -> None:
        (self._folder / "tmp").mkdir(parents=True, exist_ok=True)
        placed = f"""\
listeners=CLIENT://{self.address},CONTROLLER://{LOOPBACK}:{self._controller_port}
advertised.listeners=CLIENT://{self.address}
controller.quorum.voters=1@{LOOPBACK}:{self._controller_port}
log.dirs={self._folder / "data"}
"""
        (self._folder / "server.properties").write_text(_SETTINGS + placed, encoding="utf-8")

    async def _format(self) -> None:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        tool = ("kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "--config=server.properties")
        formatting = Child(self._java_recipe("-XX:TieredStopAtLevel=1", *tool))
        if await formatting.finished(within=60) != 0:
            await formatting.kill()
            raise StackError(
                "kafka-not-formatted",
                "Kafka's storage tool could not format the broker's folder.",
                f"Remove {self._folder} and try again.",
                self._log,
                formatting.logged_from,
            )

    def recipe(self) -> Recipe:
        """How the broker is run."""
        # The first compiler alone starts faster and runs slower: right for tests, not for figures.
        compiler = ("-XX:TieredStopAtLevel=1",) if self._fast else ()
        return self._java_recipe("-Xms128m", "-Xmx512m", *compiler, "kafka.Kafka", "server.properties")

    def _java_recipe(self, *arguments: str) -> Recipe:
        if self._java is None:
            message = "prepare() comes first"
            raise RuntimeError(message)
        settings = (
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",  # would write to the system's folder for temporary files
            "-XX:ErrorFile=java-crash.log",
            f"-Djava.io.tmpdir={self._folder / 'tmp'}",
            "-Djava.awt.headless=true",
            f"-Dlog4j2.configurationFile={_LOG4J}",
            f"--class-path={self._class_path}",
        )
        return Recipe(
            command=(str(self._java.program), *settings, *arguments),
            log=self._log,
            environment=plain_environment(),
            folder=self._folder,
            patience=20.0,
        )

    async def is_ready(self) -> bool:
        """Whether it answers a request for metadata with a live broker."""
        try:
            _, writer = await asyncio.open_connection(LOOPBACK, self._port)
        except OSError:
            return False
        writer.close()
        client = AIOKafkaClient(bootstrap_servers=self.address, request_timeout_ms=2_000)
        try:
            await client.bootstrap()
            return bool(client.cluster.brokers())
        except KafkaError:
            return False
        finally:
            with contextlib.suppress(KafkaError, OSError):
                await client.close()


def _keep(data: Path, formatted: Path) -> None:
    """Keep a copy of freshly formatted storage, whole or not at all."""
    unfinished = formatted.with_name(f"{formatted.name}.{uuid.uuid4().hex}")
    shutil.copytree(data, unfinished)
    try:
        unfinished.rename(formatted)
    except OSError:  # another stack was quicker
        shutil.rmtree(unfinished)

"""The system under test: the servers, any number of each service, and a link on every way between them."""

import asyncio
import itertools
import random
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import asyncpg

from deploy.local.addresses import SERVICES, Addresses, with_surroundings
from deploy.local.catcher import CHECKOUT
from deploy.local.child import Child, Recipe
from deploy.local.jars import default_cache
from deploy.local.kafka import Kafka
from deploy.local.keys import keep_keys
from deploy.local.member import Member
from deploy.local.ports import LOOPBACK, Ports
from deploy.local.postgres import Postgres
from deploy.local.service import Service
from tests.chaos.link import Link
from tests.chaos.relay import Relay

MOST = 3  # instances of a service
_PATIENCE = 240.0  # seconds until a start has failed: a machine that others use as well is slow, not broken
# Shorter than a city would set them, so that what a fault leaves is settled while the next ones come.
SETTINGS = {
    "TANGGAP_SENDING_LEASE_SECONDS": "16",
    "TANGGAP_SENDING_RETRY_SECONDS": "2",
    "TANGGAP_LOG_LEVEL": "warning",
}


class _Broker(Kafka):
    """Kafka with a door for each service; what it tells a service of itself is the address of that service's link."""

    def __init__(self, home: Path, ports: Ports, *, quick: bool, direct: bool) -> None:
        super().__init__(home, default_cache(), _port(ports), _port(ports), fast=quick)
        own = {name: _port(ports) for name in SERVICES}
        # The broker's own port, and the one that the service is told.
        self.doors = {name: (port, port if direct else _port(ports)) for name, port in own.items()}

    def _write_settings(self) -> None:
        super()._write_settings()
        file = self._folder / "server.properties"
        lines = file.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if not line.startswith(("listeners=", "advertised.", "listener.security"))]
        names = [name.upper() for name in self.doors]
        controller = next(line for line in lines if line.startswith("listeners=")).partition(",")[2]
        own = ",".join(f"{name.upper()}://{LOOPBACK}:{port}" for name, (port, _) in self.doors.items())
        told = ",".join(f"{name.upper()}://{LOOPBACK}:{link}" for name, (_, link) in self.doors.items())
        kept += [
            f"listeners=CLIENT://{self.address},{own},{controller}",
            f"advertised.listeners=CLIENT://{self.address},{told}",
            "listener.security.protocol.map="
            + ",".join(f"{name}:PLAINTEXT" for name in ("CLIENT", "CONTROLLER", *names)),
            "num.network.threads=1",
        ]
        file.write_text("\n".join(kept) + "\n", encoding="utf-8")


class Instance(Service):
    """One instance of a service, run from a tree of sources."""

    def __init__(self, name: str, number: int, home: Path, tree: Path, port: int, env: Mapping[str, str]) -> None:
        own = {**env, "TANGGAP_INSTANCE": str(number), "TANGGAP_HTTP_PORT": str(port)}
        super().__init__(name, home, port, own)
        self._file = home / "log" / f"{name}-{number}.log"
        self._tree = tree
        self.extra: dict[str, str] = {}

    def recipe(self) -> Recipe:
        """As the local stack runs it, with its own log, from its own tree."""
        plain = super().recipe()
        return replace(plain, log=self._file, folder=self._tree, environment={**plain.environment, **self.extra})


class Site:
    """Everything that runs.

    Args:
        home: data, logs.
        quick: for short runs: the broker starts faster and runs slower. Both servers force nothing less to the disk.
        tree: the sources that the services run from; another than ours to test a changed copy.
        direct: no links, where none of them is to be hurt: whoever passes bytes on takes a third of a core.
    """

    def __init__(self, home: Path, *, quick: bool = False, tree: Path = CHECKOUT, direct: bool = False) -> None:
        self.home = home.resolve()
        self.home.mkdir(parents=True, exist_ok=True)
        self.tree = tree
        ports = Ports()
        keys = keep_keys(self.home / "keys.json")
        self._direct = direct
        self._broker = _Broker(self.home, ports, quick=quick, direct=direct)
        self._database = Postgres(self.home, _port(ports), keys.superuser_password, fast=False)
        self.kafka = Member(self._broker, ready_within=_PATIENCE)
        self.postgres = Member(self._database, ready_within=_PATIENCE)
        self.relay = Relay(_port(ports))
        postgres_port = int(self._database.address.rpartition(":")[2])
        self.links: dict[str, Link] = {}
        for name, (own, link) in self._broker.doors.items():
            self._link(Link(f"{name}-kafka", link, own))
            self._link(Link(f"{name}-postgres", postgres_port if direct else _port(ports), postgres_port))
        self._link(Link("notifier-smtp", self.relay.port if direct else _port(ports), self.relay.port))
        passwords = {name: getattr(keys, f"{name}_password") for name in SERVICES}
        http = {name: [_port(ports) for _ in range(MOST)] for name in SERVICES}
        self._addresses = Addresses(
            kafka=self._broker.address,
            database_url=self._database.url(),
            role_urls={name: self._database.url(name, password) for name, password in passwords.items()},
            service_urls={name: f"http://{LOOPBACK}:{own[0]}" for name, own in http.items()},
            smtp_url=f"smtp://{LOOPBACK}:{self.links['notifier-smtp'].port}",
            mail_url=f"http://{LOOPBACK}:1",  # no catcher runs here
            pack=(CHECKOUT / "deploy" / "packs" / "kota-pasuruan").resolve(),
            offices=self.home / "offices.csv",
            keys=keys,
        )
        self.instances: dict[str, list[Member]] = {
            name: [
                Member(Instance(name, number, self.home, tree, port, self._env(name, port)), ready_within=_PATIENCE)
                for number, port in enumerate(http[name], 1)
            ]
            for name in SERVICES
        }

    def _link(self, link: Link) -> None:
        self.links[link.name] = link

    def _env(self, name: str, port: int) -> dict[str, str]:
        """A service's environment, with every address that of its link."""
        own = self._addresses.for_service(name, port, LOOPBACK)
        own.pop("TANGGAP_OFFICES", None)  # the oracle follows what reporters are told
        own["TANGGAP_KAFKA_BOOTSTRAP_SERVERS"] = f"{LOOPBACK}:{self.links[f'{name}-kafka'].port}"
        door = f"{LOOPBACK}:{self.links[f'{name}-postgres'].port}"
        own["TANGGAP_DATABASE_URL"] = own["TANGGAP_DATABASE_URL"].replace(self._database.address, door)
        return with_surroundings({**own, **SETTINGS})

    @property
    def addresses(self) -> dict[str, str]:
        """As an operator has them: straight to the servers, around every link."""
        return self._addresses.for_operators()

    @property
    def kafka_address(self) -> str:
        """The broker, around every link."""
        return self._broker.address

    @property
    def data(self) -> Path:
        """Where the database keeps its files."""
        return self.home / "postgres"

    def running(self, service: str) -> list[Member]:
        """Its instances that run."""
        return [member for member in self.instances[service] if member.pid is not None]

    async def start(self) -> None:
        """Servers, schemas, topics, links, and one instance of each service."""
        await self.relay.open()
        for link in () if self._direct else self.links.values():
            await link.open()
        await asyncio.gather(self.kafka.start(_quiet), self.postgres.start(_quiet))
        await self._database.ensure_database()
        await asyncio.gather(self.command("migrate"), self.command("topics", "--wait=200"))
        await asyncio.gather(*(self.instances[name][0].start(_quiet) for name in SERVICES))

    async def postgres_version(self) -> str:
        """The database's own word."""
        con = await asyncpg.connect(self.addresses["TANGGAP_DATABASE_URL"])
        try:
            return str(await con.fetchval("show server_version")).partition(" ")[0]
        finally:
            await con.close()

    async def command(self, *arguments: str) -> str:
        """What `tanggap ...` printed; raises RuntimeError with it where the exit status is not 0."""
        status, said = await self.ask(*arguments)
        if status != 0:
            raise RuntimeError(f"tanggap {' '.join(arguments)}: exit status {status}: {said[-2000:]}")
        return said

    async def ask(self, *arguments: str, within: float = 600) -> tuple[int | None, str]:
        """Exit status and output of a `tanggap` command."""
        log = self.home / "log" / f"command-{next(_NUMBERS)}.log"
        program = (sys.executable, "-m", "console", *arguments)
        child = Child(Recipe(program, log, with_surroundings(self.addresses), CHECKOUT))
        try:
            status = await child.finished(within)
        finally:
            await child.kill()
        return status, log.read_text(encoding="utf-8")

    async def stop(self) -> None:
        """Stop everything."""
        members = list(itertools.chain(*self.instances.values()))
        for member in members:
            member.resume()
        await asyncio.gather(*(member.stop() for member in members))
        await asyncio.gather(self.kafka.stop(), self.postgres.stop())
        for link in self.links.values():
            await link.close()
        await self.relay.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()


_NUMBERS = itertools.count(1)


def _quiet(_line: str) -> None:
    """Tells nobody."""


def _port(ports: Ports) -> int:
    """Anywhere in the spare range: the usual ports are for those who are at work beside us."""
    return ports.take(random.randrange(20_000, 30_000))

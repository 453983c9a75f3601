"""The stack: real Kafka, real PostgreSQL, a mail catcher and the three services, as children of this process.

async with Stack(home) as stack:
    await stack.start(print)           # the three servers
    await stack.start_services(print)  # schemas, topics, then the three services
"""

import asyncio
import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.local.addresses import SERVICES, Addresses, with_surroundings
from deploy.local.catcher import CHECKOUT, MailCatcher
from deploy.local.child import Child, Recipe
from deploy.local.claim import Claim
from deploy.local.failure import StackError
from deploy.local.jars import default_cache
from deploy.local.kafka import Kafka
from deploy.local.keys import keep_keys
from deploy.local.layout import Layout
from deploy.local.member import Member
from deploy.local.offices import write_offices
from deploy.local.part import Part, Told
from deploy.local.ports import LOOPBACK
from deploy.local.postgres import Postgres
from deploy.local.service import Service

PACK = CHECKOUT / "deploy" / "packs" / "kota-pasuruan"


def quiet(_line: str) -> None:
    """Tells nobody."""


class Stack:
    """A stack in a folder; its data outlives it.

    The children die with the thread that started them (Linux), so start it from one that lives as long as the stack.

    Args:
        home: where its data, secrets and logs (`log/<name>.log`) live.
        fast: for tests: PostgreSQL does not force writes to the disk, Kafka starts faster and runs slower.
        pack: the deployment's pack.
        settings: further environment of the services, over the stack's own.

    Raises:
        StackError: another process runs a stack in this folder.
    """

    def __init__(
        self, home: Path, *, fast: bool = False, pack: Path = PACK, settings: Mapping[str, str] | None = None
    ) -> None:
        self.home = home.resolve()
        self._claim = Claim(self.home)
        self._settings = dict(settings or {})
        self._keys = keep_keys(self.home / "keys.json")
        self.layout = ports = Layout.choose()
        self._service_ports: Mapping[str, int] = {name: getattr(ports, name) for name in SERVICES}
        self._kafka = Kafka(self.home, default_cache(), ports.kafka, ports.controller, fast=fast)
        self._postgres = Postgres(self.home, ports.postgres, self._keys.superuser_password, fast=fast)
        self._mail = MailCatcher(self.home, ports.smtp, ports.mail)
        self._offices = self.home / "offices.csv"
        write_offices(pack, self._offices)
        self._addresses = self._locate(pack)
        services = (Service(name, self.home, self._service_ports[name], self.env(name)) for name in SERVICES)
        parts: tuple[Part, ...] = (self._kafka, self._postgres, self._mail, *services)
        self.members: Mapping[str, Member] = {part.name: Member(part) for part in parts}

    def _locate(self, pack: Path) -> Addresses:
        passwords = {name: getattr(self._keys, f"{name}_password") for name in SERVICES}
        return Addresses(
            kafka=self._kafka.address,
            database_url=self._postgres.url(),
            role_urls={name: self._postgres.url(name, password) for name, password in passwords.items()},
            service_urls={name: f"http://{LOOPBACK}:{port}" for name, port in self._service_ports.items()},
            smtp_url=self._mail.smtp_url,
            mail_url=self._mail.reading_url,
            pack=pack.resolve(),
            offices=self._offices,
            keys=self._keys,
        )

    def addresses(self) -> dict[str, str]:
        """`TANGGAP_...` settings for operators' commands and for tests."""
        return self._addresses.for_operators()

    def env(self, service: str) -> dict[str, str]:
        """The whole environment of a service's process."""
        own = self._addresses.for_service(service, self._service_ports[service], LOOPBACK)
        return with_surroundings({**own, **self._settings})

    async def start(self, told: Told = quiet) -> None:
        """Start Kafka, PostgreSQL and the mail catcher side by side.

        Raises:
            StackError: one of them failed; none is left running.
        """
        await self._start_together((self._kafka.name, self._postgres.name, self._mail.name), told)
        await self._postgres.ensure_database()

    async def prepare(self, told: Told = quiet) -> None:
        """Bring schemas, roles and topics up to date, by the commands that every deployment uses.

        Raises:
            StackError: a command failed.
        """
        for command in (("migrate",), ("topics",)):
            told(f"{command[0]}: started")
            await self._command(*command)

    async def start_services(self, told: Told = quiet) -> None:
        """`prepare()`, then start intake, router and notifier side by side.

        Raises:
            StackError: a command failed or a service did not become ready.
        """
        await self.prepare(told)
        written = [name for name in SERVICES if importlib.util.find_spec(f"services.{name}.__main__")]
        await self._start_together(tuple(written), told)

    async def start_everything(self, told: Told = quiet) -> None:
        """`start()` and `start_services()` at once: each step begins as soon as what it needs is there.

        The services wait for the broker and its topics by themselves, so that they are loaded while it starts.

        Raises:
            StackError: one of them failed; none is left running.
        """
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.members[self._mail.name].start(told))
                group.create_task(self.members[self._kafka.name].start(told))
                group.create_task(self._command("topics", "--wait=60"))
                group.create_task(self._database_then_services(told))
        except BaseExceptionGroup as failures:
            await self.stop()
            raise _cause(failures) from None

    async def _database_then_services(self, told: Told) -> None:
        await self.members[self._postgres.name].start(told)
        await self._postgres.ensure_database()
        await self._command("migrate")
        await self._start_together(SERVICES, told)

    async def _start_together(self, names: tuple[str, ...], told: Told) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for name in names:
                    group.create_task(self.members[name].start(told))
        except BaseExceptionGroup as failures:
            await asyncio.gather(*(self.members[name].stop() for name in names))
            raise _cause(failures) from None

    async def _command(self, name: str, *arguments: str) -> None:
        log = self.home / "log" / f"{name}.log"
        program = (sys.executable, "-m", "console", name, *arguments)
        child = Child(Recipe(program, log, with_surroundings(self.addresses()), CHECKOUT))
        try:
            status = await child.finished(within=120)
        finally:
            await child.kill()
        if status != 0:
            problem = f"`tanggap {name}` failed (exit status {status})."
            advice = "Mend what the log names and start again."
            raise StackError(f"{name}-failed", problem, advice, log, child.logged_from)

    def check(self) -> None:
        """Nothing while every member that was started runs.

        Raises:
            StackError: one has ended by itself.
        """
        for member in self.members.values():
            member.check()

    def pids(self) -> dict[str, int]:
        """Process ids of the members that run."""
        running = ((name, member.pid) for name, member in self.members.items())
        return {name: pid for name, pid in running if pid is not None}

    async def stop(self) -> None:
        """Stop the services, then the servers; harmless when repeated."""
        try:
            for names in (SERVICES, (self._mail.name, self._kafka.name, self._postgres.name)):
                await asyncio.gather(*(self.members[name].stop() for name in names))
        finally:
            # Only where stopping was itself interrupted, such as by a second Ctrl-C, does anything run here.
            for member in self.members.values():
                member.abandon()
            self._claim.release()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()


def _cause(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first failure; the others follow from it and are told in their logs."""
    first = failures.exceptions[0]
    return _cause(first) if isinstance(first, BaseExceptionGroup) else first

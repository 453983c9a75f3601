"""The hands that do the faults: each returns when its cause is gone, whatever it left behind."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from deploy.local.member import Member
from tests.chaos.disk import Disk
from tests.chaos.schedule import SERVICES, Fault
from tests.chaos.site import MOST, Instance, Site

FAKETIME: Final = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
_SESSION = 10.0  # seconds: session_timeout_ms of the services' consumers


def impossible(site_disk: Disk | None) -> dict[str, str]:
    """The kinds of faults that cannot be done on this machine, and why."""
    reasons = {}
    if site_disk is None:
        reasons["fill-disk"] = "a file system of its own for the database needs root"
    if FAKETIME is None:
        reasons["jump-clock"] = "libfaketime (Debian package libfaketime) is not installed"
    return reasons


class Hands:
    """Does faults to a site. `ended` of a fault is the instant at which its cause was gone."""

    def __init__(self, site: Site, disk: Disk | None = None) -> None:
        self._site = site
        self._disk = disk
        self._locks = {name: asyncio.Lock() for name in (*SERVICES, "kafka", "postgres")}
        self._does: dict[str, Callable[[Fault], Coroutine[Any, Any, float]]] = {
            "kill-service": self._kill_service,
            "cut-connections": self._cut,
            "lose-answers": self._lose_answers,
            "stall-connections": self._stall,
            "scale": self._scale,
            "kill-broker": self._kill_broker,
            "kill-database": self._kill_database,
            "freeze-service": self._freeze,
            "jump-clock": self._jump,
            "roll-all": self._roll,
            "fill-disk": self._fill,
        }

    async def do(self, fault: Fault) -> float:
        """Do it; the monotonic time at which its cause was gone.

        Raises:
            StackError: something did not come up again.
        """
        return await self._does[fault.kind](fault)

    def _one(self, fault: Fault) -> Member:
        running = self._site.running(fault.target)
        return running[int(fault.chance * len(running))]

    async def _restart(self, member: Member) -> float:
        """Kill and start; the cause is gone when the new process is there, not when it is ready."""
        await member.kill()
        began = time.monotonic()
        await member.start(_quiet)
        return began

    async def _kill_service(self, fault: Fault) -> float:
        async with self._locks[fault.target]:
            return await self._restart(self._one(fault))

    async def _kill_broker(self, fault: Fault) -> float:
        async with self._locks["kafka"]:
            await self._site.kafka.kill()
            await asyncio.sleep(fault.size * 2)
            await self._site.kafka.start(_quiet)
            return time.monotonic()

    async def _kill_database(self, fault: Fault) -> float:
        async with self._locks["postgres"]:
            await self._site.postgres.kill()
            await asyncio.sleep(fault.size * 2)
            await self._site.postgres.start(_quiet)
            return time.monotonic()

    async def _cut(self, fault: Fault) -> float:
        link = self._site.links[fault.target]
        link.cut()
        await asyncio.sleep(fault.size * 1.5)
        link.heal()
        return time.monotonic()

    async def _stall(self, fault: Fault) -> float:
        link = self._site.links[fault.target]
        link.stall()
        await asyncio.sleep(0.2 + fault.size * 2.8)
        link.heal()
        return time.monotonic()

    async def _lose_answers(self, fault: Fault) -> float:
        link = self._site.links[fault.target]
        for _ in range(1 + int(fault.size * 4)):
            link.lose_answers()
            await asyncio.sleep(0.3)
        return time.monotonic()

    async def _freeze(self, fault: Fault) -> float:
        async with self._locks[fault.target]:
            member = self._one(fault)
            member.pause()
            await asyncio.sleep(_SESSION + 1 + fault.size * 6)
            member.resume()
            return time.monotonic()

    async def _scale(self, fault: Fault) -> float:
        """One step of 1, 2, 3, 1."""
        async with self._locks[fault.target]:
            members = self._site.instances[fault.target]
            running = self._site.running(fault.target)
            if len(running) < MOST:
                await next(member for member in members if member.pid is None).start(_quiet)
            else:
                await asyncio.gather(*(member.stop() for member in members[1:]))
            return time.monotonic()

    async def _roll(self, _fault: Fault) -> float:
        for name in SERVICES:
            async with self._locks[name]:
                for member in self._site.running(name):
                    await member.stop()
                    await member.start(_quiet)
        return time.monotonic()

    async def _fill(self, _fault: Fault) -> float:
        assert self._disk is not None
        async with self._locks["postgres"]:
            self._disk.fill()
            await asyncio.sleep(3)
            self._disk.free()
            freed = time.monotonic()
            if self._site.postgres.pid is None:  # it gave up: whoever minds it starts it again
                await self._site.postgres.start(_quiet)
                return time.monotonic()
            return freed

    async def _jump(self, fault: Fault) -> float:
        async with self._locks[fault.target]:
            member = self._one(fault)
            assert isinstance(member.part, Instance)
            file = self._site.home / f"clock-{fault.target}"
            _write(file, 0)
            member.part.extra = {
                "LD_PRELOAD": str(FAKETIME),
                "FAKETIME_TIMESTAMP_FILE": str(file),
                "FAKETIME_CACHE_DURATION": "1",
                "DONT_FAKE_MONOTONIC": "1",
            }
            try:
                await self._restart(member)
                _write(file, int((fault.size - 0.5) * 480))
                await asyncio.sleep(3)
                _write(file, 0)
                await asyncio.sleep(1.5)
            finally:
                member.part.extra = {}
            return await self._restart(member)


def _write(file: Path, seconds: int) -> None:
    draft = file.with_suffix(".draft")
    draft.write_text(f"{seconds:+d}\n", encoding="ascii")
    draft.replace(file)


def _quiet(_line: str) -> None:
    """Tells nobody."""

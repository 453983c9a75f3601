"""Faults put into a copy of the sources, to see whether the oracle finds them. The product has no hooks for this."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg

from deploy.local.catcher import CHECKOUT
from tests.chaos.campaign import make_crowd
from tests.chaos.cast import Cast
from tests.chaos.drained import wait_until_drained
from tests.chaos.judgement import Judgement
from tests.chaos.oracle import judge
from tests.chaos.quiet import hush
from tests.chaos.recovery import Recovery
from tests.chaos.site import Site

_RATE: Final = 25.0  # reports a second
_HANDLE: Final = "await self._settle(batch, handler)"


@dataclass(frozen=True, slots=True)
class Mutation:
    """A mistake: `swaps` of text in one file, each of which must fit once; what happens; one of `breaks` is broken."""

    name: str
    file: str
    swaps: tuple[tuple[str, str], ...]
    provoke: Callable[[Site], Awaitable[None]]
    breaks: frozenset[str]


async def _kill_while_it_decides(site: Site) -> None:
    """Intake has a batch in hand and waits for the database when it dies."""
    (intake,) = site.running("intake")
    site.links["intake-postgres"].stall()
    await asyncio.sleep(1.5)
    await intake.kill()
    site.links["intake-postgres"].heal()
    await intake.start(_quiet)


def _kill_unheard(service: str, table: str) -> Callable[[Site], Awaitable[None]]:
    """The service still hears Kafka and writes to its `table`, but nothing that it says reaches Kafka when it dies."""

    async def kill(site: Site) -> None:
        (member,) = site.running(service)
        link = site.links[f"{service}-kafka"]
        con = await asyncpg.connect(site.addresses["TANGGAP_DATABASE_URL"])
        try:
            for _ in range(30):
                if not await _grows(con, table):
                    continue  # it is not back since the last time: nothing would come
                link.hold_requests()
                if await _grows(con, table):
                    break
                link.heal()  # no batch was on its way to it: once more
            else:
                raise RuntimeError(f"no batch was on its way to {service} when it was cut off")
        finally:
            await con.close()
        await asyncio.sleep(0.5)
        await member.kill()
        link.heal()
        await member.start(_quiet)

    return kill


async def _grows(con: "asyncpg.Connection[asyncpg.Record]", table: str) -> bool:
    """Whether something is written to the table within two seconds."""
    counted = f"select count(*) from {table}"
    before = await con.fetchval(counted)
    for _ in range(40):
        await asyncio.sleep(0.05)
        if await con.fetchval(counted) != before:
            return True
    return False


async def _nothing(_site: Site) -> None:
    await asyncio.sleep(1)


MUTATIONS: Final = (
    Mutation(
        "offsets-before-the-work",
        "shared/stream.py",
        ((_HANDLE, f"await subscriber.consumer.commit(); {_HANDLE}"),),
        _kill_while_it_decides,
        frozenset({"lost-report", "table-disagrees"}),  # whatever intake had in hand: reports, or steps to show
    ),
    Mutation(
        "outbox-emptied-before-it-is-published",
        "shared/outbox.py",
        (("                await self._publisher.publish(", "            await self._publisher.publish("),),
        _kill_unheard("intake", "intake.report"),
        frozenset({"lost-report"}),
    ),
    Mutation(
        "messages-without-an-identity",
        "services/notifier/planning.py",
        # Two things keep a repeat from being told: the message's own id, and the index by the event's cause.
        (
            (
                'identity(news, rule.audience, "", kind, rule.template),\n        news=news,',
                'id_of(now, news.report_id, kind),\n        news=news.model_copy(update={"cause": str(now)}),',
            ),
        ),
        _kill_unheard("notifier", "notifier.notification"),
        frozenset({"doubled-message"}),
    ),
    Mutation(
        "events-without-a-key",
        "shared/publisher.py",
        (("_partition(event.key,", '_partition(event.value or b"",'), ("key=event.key,", "key=None,")),
        _nothing,
        frozenset({"without-key", "two-partitions"}),
    ),
)


async def try_out(mutation: Mutation, home: Path) -> Judgement:
    """What the oracle says of a system with this mistake."""
    hush()
    shutil.rmtree(home, ignore_errors=True)
    tree = plant(mutation, home / "tree")
    async with Site(home / "site", quick=True, tree=tree) as site:
        await site.start()
        cast = Cast(1, mutation.name[:20], lives=0.0)
        crowd = await make_crowd(site, cast, _RATE)
        recovery = Recovery(site.relay, cast, lambda: crowd.next)
        await crowd.start()
        try:
            await recovery.seconds_since(0)
            await mutation.provoke(site)
            await asyncio.sleep(1)
            await crowd.stop_filing()
            # What was lost is waited for in vain: not for long.
            await wait_until_drained(site, crowd.unfinished, within=60)
            crowd.check()
        finally:
            await crowd.stop()
        return await judge(site, cast, crowd.ledger)


def plant(mutation: Mutation, tree: Path) -> Path:
    """A copy of the services, and of what they are shipped with, with the mistake in it.

    Raises:
        ValueError: the text to be changed is not there, or not just once: the mistake has to be described anew.
    """
    for folder in ("services", "shared", "deploy/shipped"):
        shutil.copytree(CHECKOUT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__"))
    file = tree / mutation.file
    text = file.read_text(encoding="utf-8")
    for before, after in mutation.swaps:
        if text.count(before) != 1:
            raise ValueError(f"{mutation.name}: {before!r} is {text.count(before)} times in {mutation.file}")
        text = text.replace(before, after)
    file.write_text(text, encoding="utf-8")
    return tree


def _quiet(_line: str) -> None:
    """Tells nobody."""

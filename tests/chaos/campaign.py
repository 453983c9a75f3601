"""A run: a fresh site, load, the faults of a seed one after the other, and the oracle's judgement."""

import asyncio
import json
import shutil
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from deploy.local.catcher import CHECKOUT
from tests.chaos.cast import DOOR, Cast
from tests.chaos.crowd import Crowd
from tests.chaos.disk import Disk
from tests.chaos.drained import wait_until_drained
from tests.chaos.hands import Hands, impossible
from tests.chaos.judgement import Judgement
from tests.chaos.oracle import judge
from tests.chaos.quiet import hush
from tests.chaos.recovery import Recovery
from tests.chaos.schedule import LONG, Fault, schedule
from tests.chaos.site import Site

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is: of `rounds` faults that a seed draws those from `first` to before `last`."""

    seed: int
    rounds: int
    first: int = 0
    last: int | None = None
    rate: float = 100.0  # reports a second
    weights: Mapping[str, int] = field(default_factory=lambda: LONG)
    quick: bool = False
    disk_gibibytes: int = 0  # 0: the database has no disk of its own, and that fault is left out
    tree: Path = CHECKOUT
    warm_up: float = 3.0  # seconds of load before the first fault

    def faults(self, skipped: Collection[str] = ()) -> list[Fault]:
        """Its faults; a kind that cannot be done here (`skipped`) leaves the others as they are."""
        drawn = schedule(self.seed, self.rounds, self.weights)[self.first : self.last]
        return [fault for fault in drawn if fault.kind not in skipped]


@dataclass(frozen=True, slots=True)
class Done:
    """A fault as it was: `took` seconds until its cause was gone, then `recovery` seconds (None: never)."""

    fault: Fault
    at: float
    took: float
    recovery: float | None
    alone: bool


@dataclass(slots=True)
class Account:
    """What a run brought."""

    plan: Plan
    skipped: dict[str, str]
    done: list[Done] = field(default_factory=list)
    judgement: Judgement = field(default_factory=Judgement)
    seconds_of_load: float = 0.0
    seconds_to_drain: float = 0.0
    resent: int = 0
    postgres: str = ""
    door: dict[int, int] = field(default_factory=dict)
    stretches: int = 1

    def add(self, later: "Account") -> None:
        """Take in the account of the next stretch of the same run."""
        self.done += [replace(one, at=one.at + self.seconds_of_load) for one in later.done]
        self.judgement.add(later.judgement)
        self.seconds_of_load += later.seconds_of_load
        self.seconds_to_drain = max(self.seconds_to_drain, later.seconds_to_drain)
        self.resent += later.resent
        self.door = dict(Counter(self.door) + Counter(later.door))
        self.stretches += 1

    @property
    def sound(self) -> bool:
        """Whether nothing was lost, doubled or out of order, and every fault was recovered from."""
        return not self.judgement.wrong and all(one.recovery is not None for one in self.done)


async def run_in_stretches(
    plan: Plan, home: Path, told: Told, reached: Callable[[Account], None], longest: int = 250
) -> Account:
    """A long run as stretches of at most `longest` faults, each a fresh site under load that is judged at its end.

    What is wrong is known early that way, and `reached` hears of all so far after each; the first stretch that is not
    sound is the last, and its site's folder stays.
    """
    account = None
    for first in range(0, plan.rounds, longest):
        room = home / f"from-{first}"
        stretch = await run(replace(plan, first=first, last=first + longest), room, told)
        if account is None:
            account = stretch
        else:
            account.add(stretch)
        reached(account)
        if not stretch.sound:
            break
        shutil.rmtree(room)
    assert account is not None
    return account


async def run(plan: Plan, home: Path, told: Told) -> Account:
    """Do it all; what was wrong is in the account, and the site's folder stays for whoever wants to look."""
    hush()
    shutil.rmtree(home, ignore_errors=True)
    disk = Disk.make(home.with_suffix(".disk"), home / "postgres", plan.disk_gibibytes) if plan.disk_gibibytes else None
    try:
        async with Site(home, quick=plan.quick, tree=plan.tree) as site:
            began = time.monotonic()
            await site.start()
            told(f"everything is up after {time.monotonic() - began:.1f} s")
            return await _hurt(plan, site, disk, told)
    finally:
        if disk:
            disk.remove()


async def _hurt(plan: Plan, site: Site, disk: Disk | None, told: Told) -> Account:
    cast = Cast(plan.seed, f"s{plan.seed}")
    crowd = await make_crowd(site, cast, plan.rate)
    account = Account(plan, {kind: why for kind, why in impossible(disk).items() if kind in plan.weights})
    recovery = Recovery(site.relay, cast, lambda: crowd.next)
    await crowd.start()
    try:
        began = time.monotonic()
        await asyncio.sleep(plan.warm_up)
        for group in _groups(plan.faults(account.skipped)):
            account.done += await _together(group, Hands(site, disk), recovery, began, told)
            crowd.check()
            if account.done[-1].recovery is None:
                break  # it stands: more faults would tell nothing
        account.seconds_of_load = time.monotonic() - began
        await crowd.stop_filing()
        account.seconds_to_drain = await wait_until_drained(site, crowd.unfinished)
        crowd.check()
    finally:
        await crowd.stop()
    account.resent, account.door = crowd.ledger.resent, dict(crowd.ledger.answers)
    account.postgres = await site.postgres_version()
    told(f"drained after {account.seconds_to_drain:.1f} s; judging")
    account.judgement = await judge(site, cast, crowd.ledger)
    return account


async def make_crowd(site: Site, cast: Cast, rate: float) -> Crowd:
    """The crowd of a site, with a key for the HTTP door."""
    said = await site.command("keys", "add", DOOR, "--per-minute", "1000000", "--json")
    key = json.loads(said.splitlines()[-1])["api_key"]

    def door() -> str | None:
        running = site.running("intake")
        return running[0].part.address if running else None

    return Crowd(site.kafka_address, door, key, cast, rate)


def _groups(faults: Sequence[Fault]) -> list[list[Fault]]:
    """Faults that are on at the same time: one that comes at once joins the one before, up to five."""
    groups: list[list[Fault]] = []
    for fault in faults:
        if groups and fault.at_once and len(groups[-1]) < 5:
            groups[-1].append(fault)
        else:
            groups.append([fault])
    return groups


async def _together(group: Sequence[Fault], hands: Hands, recovery: Recovery, began: float, told: Told) -> list[Done]:
    at = time.monotonic()
    async with asyncio.TaskGroup() as tasks:
        doing = [tasks.create_task(_after(hands, fault, place * 0.2)) for place, fault in enumerate(group)]
    ended = [task.result() for task in doing]
    seconds = await recovery.seconds_since(max(ended))
    done = [
        Done(fault, at - began, end - at, seconds, alone=len(group) == 1)
        for fault, end in zip(group, ended, strict=True)
    ]
    what = " + ".join(f"{fault.kind} {fault.target}" for fault in group)
    told(f"{at - began:7.1f} s  {what}: recovered after {'never' if seconds is None else f'{seconds:.1f} s'}")
    return done


async def _after(hands: Hands, fault: Fault, seconds: float) -> float:
    await asyncio.sleep(seconds)
    return await hands.do(fault)

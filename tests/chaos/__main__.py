"""`python -m tests.chaos run --seed 1 --rounds 100`: hurt a running system and have it judged."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from deploy.local.supervise import cancelled_by_signals
from tests.chaos import backlog as heap
from tests.chaos import outage as away
from tests.chaos import proof
from tests.chaos import spike as spikes
from tests.chaos.campaign import Account, Plan, run_in_stretches
from tests.chaos.schedule import LONG

ROOT = Path(__file__).resolve().parents[2]
app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def chaos() -> None:
    """Faults under load, and an oracle."""


@app.command()
def run(
    seed: Annotated[int, typer.Option(help="What is drawn follows from it.")] = 1,
    rounds: Annotated[int, typer.Option(min=1, help="How many faults.")] = 100,
    rate: Annotated[float, typer.Option(min=1, help="Reports a second.")] = 100.0,
    disk: Annotated[int, typer.Option(help="GiB of the database's own disk; 0: none, and it is never full.")] = 16,
    quick: Annotated[bool, typer.Option(help="A broker that starts faster and runs slower: for short runs.")] = False,
    kinds: Annotated[str, typer.Option(help="Only these kinds of faults, separated by commas.")] = "",
    prove: Annotated[bool, typer.Option(help="Write docs/proof.md and its picture.")] = False,
) -> None:
    """Faults of a seed. Exit status 1, and the seed, where anything was lost, doubled or out of order."""
    home = ROOT / ".tanggap" / "chaos" / f"seed-{seed}"

    async def all_of_it() -> bool:
        weights = {kind: LONG[kind] for kind in kinds.split(",")} if kinds else LONG
        busy = os.getloadavg()[0]

        def reached(account: Account) -> None:
            _say(f"{len(account.done)} of {rounds} faults: {'sound' if account.sound else 'NOT SOUND'}")
            if prove:
                proof.write(account, ROOT / "docs", busy)

        with cancelled_by_signals():
            plan = Plan(seed, rounds, rate=rate, weights=weights, quick=quick, disk_gibibytes=disk)
            account = await run_in_stretches(plan, home, _say, reached)
        for kind, why in account.skipped.items():
            _say(f"skipped: {kind}: {why}")
        for name, count in account.judgement.facts.items():
            _say(f"{name}: {count}")
        if not account.sound:
            _say(f"NOT SOUND: seed {seed}, logs in {home / 'log'}\n{account.judgement.text()}")
        return account.sound

    if not asyncio.run(all_of_it()):
        sys.exit(1)


@app.command()
def outage(
    seconds: Annotated[float, typer.Option(min=1, help="How long each server is away.")] = 60.0,
    rate: Annotated[float, typer.Option(min=1, help="Reports a second.")] = 100.0,
) -> None:
    """The broker away, then the database, under load. Exit status 1 where anything was lost or doubled."""

    async def all_of_it() -> bool:
        with cancelled_by_signals():
            found, judgement = await away.run(ROOT / ".tanggap" / "chaos" / "outage", rate, seconds, _say)
        for name, count in judgement.facts.items():
            _say(f"{name}: {count}")
        _say(judgement.text() or "sound")
        return not judgement.wrong and all(one.caught_up is not None for one in found)

    if not asyncio.run(all_of_it()):
        sys.exit(1)


@app.command()
def spike(
    stored: Annotated[int, typer.Option(min=0, help="Reports of earlier years in the tables.")] = 1_000_000,
    seconds: Annotated[float, typer.Option(min=1, help="How long each rate lasts.")] = 120.0,
    factor: Annotated[float, typer.Option(help="What each rate is multiplied by; 1: the plain pattern.")] = 10.0,
) -> None:
    """1-15-1-25-2-35-10 lifecycles a second. Exit status 1 where one was not closed or anything else was wrong."""

    async def all_of_it() -> bool:
        with cancelled_by_signals():
            steps, judgement = await spikes.run(ROOT / ".tanggap" / "chaos" / "spike", stored, seconds, factor, _say)
        for step in steps:
            _say(step.line())
        for name, count in judgement.facts.items():
            _say(f"{name}: {count}")
        _say(judgement.text() or "sound")
        return not judgement.wrong and all(len(step.seconds) == step.lives for step in steps)

    if not asyncio.run(all_of_it()):
        sys.exit(1)


@app.command()
def backlog(
    messages: Annotated[int, typer.Option(min=1, help="Reports that wait when the services come up.")] = 200_000,
    within: Annotated[float, typer.Option(min=1, help="Seconds that are watched at most.")] = 1800.0,
) -> None:
    """Resident memory of the services while they work off a large backlog."""

    async def all_of_it() -> None:
        with cancelled_by_signals():
            found = await heap.run(ROOT / ".tanggap" / "chaos" / "backlog", messages, within, _say)
        for name, (rest, highest, ends) in found.items():
            _say(f"{name}: at rest {rest} MB, highest {highest} MB, at the end {ends} MB")

    asyncio.run(all_of_it())


def _say(line: str) -> None:
    typer.echo(line)
    sys.stdout.flush()


if __name__ == "__main__":
    app()

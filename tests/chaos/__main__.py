"""`python -m tests.chaos run --seed 1 --rounds 100`: hurt a running system and have it judged."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from deploy.local.supervise import cancelled_by_signals
from tests.chaos import proof
from tests.chaos.campaign import Plan
from tests.chaos.campaign import run as run_plan
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
        with cancelled_by_signals():
            account = await run_plan(Plan(seed, rounds, rate, weights, quick, disk), home, _say)
        for kind, why in account.skipped.items():
            _say(f"skipped: {kind}: {why}")
        for name, count in account.judgement.facts.items():
            _say(f"{name}: {count}")
        if prove:
            proof.write(account, ROOT / "docs", busy)
        if not account.sound:
            _say(f"NOT SOUND: seed {seed}, logs in {home / 'log'}\n{account.judgement.text()}")
        return account.sound

    if not asyncio.run(all_of_it()):
        sys.exit(1)


def _say(line: str) -> None:
    typer.echo(line)
    sys.stdout.flush()


if __name__ == "__main__":
    app()

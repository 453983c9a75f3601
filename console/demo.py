"""`tanggap demo`: the main job on a fresh stack, from reports of channels to mails in a mailbox, checked at the end."""

import asyncio
import json
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.deployment import Json, refuse

if TYPE_CHECKING:
    from rich.console import Console

    from console.demo_sums import Counts
    from console.demo_watch import Watch
    from deploy.local.part import Told
    from deploy.local.stack import Stack

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "deploy" / "samples" / "reports.jsonl"
EXPECTED = SAMPLES.with_name("expected.json")


def demo(
    rate: Annotated[float, typer.Option(min=1, help="Reports published a second.")] = 60,
    patience: Annotated[float, typer.Option(min=1, help="Seconds to wait for the last report.")] = 60,
    as_json: Json = False,
) -> None:
    """Start everything afresh, publish the sample reports, show what becomes of each, and check that it adds up.

    Exit status 1 where something fails or does not add up.
    """
    from deploy.local.failure import StackError

    try:
        problems = asyncio.run(_demo(rate, patience, as_json=as_json))
    except StackError as error:
        refuse(str(error), code=error.code, as_json=as_json)
    except asyncio.CancelledError:
        refuse("stopped before the end", code="stopped", as_json=as_json)
    for problem in problems:
        line = json.dumps({"error": "does-not-add-up", "message": problem})
        typer.echo(line if as_json else f"does not add up: {problem}", err=not as_json)
    if problems:
        raise typer.Exit(1)


async def _demo(rate: float, patience: float, *, as_json: bool) -> Sequence[str]:
    from rich.console import Console

    from deploy.local.stack import Stack
    from deploy.local.supervise import cancelled_by_signals

    screen = Console(quiet=as_json)  # people read there; a machine gets its lines beside it
    began = time.monotonic()

    def told(line: str) -> None:
        seconds = time.monotonic() - began
        screen.print(f"[dim]{seconds:5.1f} s[/]  {line}", highlight=False, soft_wrap=True)
        if as_json:
            typer.echo(json.dumps({"message": line, "seconds": round(seconds, 1)}))

    home = ROOT / ".tanggap" / "demo"
    shutil.rmtree(home, ignore_errors=True)
    with cancelled_by_signals():
        async with Stack(home, fast=True) as stack:  # its data is thrown away
            problems = await _run(stack, screen, told, rate, patience)
            seconds = time.monotonic() - began
            if not problems:
                screen.print(f"[green]It adds up[/], {seconds:.1f} s in all.")
            if as_json:
                typer.echo(json.dumps({"adds_up": not problems, "seconds": round(seconds, 1)}))
            return problems


async def _run(stack: "Stack", screen: "Console", told: "Told", rate: float, patience: float) -> Sequence[str]:
    """The main job on `stack`; returns what does not add up."""
    from console.demo_counting import count
    from console.demo_sums import disagreements
    from console.demo_watch import Watch

    await stack.start_everything(told)
    addresses = stack.addresses()
    lines = [line for line in SAMPLES.read_bytes().splitlines() if line.strip()]
    told(f"publishing {len(lines)} reports as their channels would, {rate:g} a second")
    async with Watch(addresses["TANGGAP_KAFKA_BOOTSTRAP_SERVERS"]) as watch:
        await _show(screen, watch, lines, rate, patience, addresses["TANGGAP_DATABASE_URL"])
        counts = await count(watch, addresses, len(lines))
    _each_report(watch, as_json=screen.quiet)
    _sum_up(screen, counts)
    await _one_report(screen, watch, addresses)
    return disagreements(counts, json.loads(EXPECTED.read_text())["counts"])


async def _show(
    screen: "Console", watch: "Watch", lines: Sequence[bytes], rate: float, patience: float, database: str
) -> None:
    """Publish, and show the table until everything published is accounted for or patience ends."""
    from rich.live import Live

    from console.demo_counting import asleep
    from console.publish import send

    publishing = asyncio.create_task(send(watch.servers, lines, rate, lambda: None))
    quiet_since, seen = time.monotonic(), -1
    with Live(watch.table(), console=screen, refresh_per_second=8, transient=True) as live:
        while time.monotonic() - quiet_since < patience:
            await asyncio.sleep(0.2)
            live.update(watch.table())
            now_seen = len(watch.accepted) + len(watch.rejected) + len(watch.outcomes)
            if now_seen != seen:
                quiet_since, seen = time.monotonic(), now_seen
            if publishing.done() and time.monotonic() - quiet_since > 1.0:
                watch.asleep = await asleep(database)
                if watch.all_told:
                    break
    await publishing


def _each_report(watch: "Watch", *, as_json: bool) -> None:
    """Each report with its agency, its deadline and what its reporter got."""
    from console.demo_rows import document, line

    for report_id, row in watch.rows.items():
        asleep = report_id in watch.asleep
        said = json.dumps(document(row, asleep=asleep), ensure_ascii=False) if as_json else line(row, asleep=asleep)
        typer.echo(said)


def _sum_up(screen: "Console", c: "Counts") -> None:
    if screen.quiet:
        typer.echo(json.dumps({"summary": asdict(c)}))
        return
    screen.print()
    screen.print(f"submitted {c.submitted} = accepted {c.accepted} + rejected {c.rejected} + repeated {c.repeated}")
    screen.print(f"accepted {c.accepted} = routed {c.routed} + referred {c.referred} + at the desk {c.at_desk}")
    screen.print(
        f"accepted {c.accepted} = told by mail {c.told} + handed to a channel's bot {c.requested} "
        f"+ waiting for the morning {c.asleep} + without an address we send to {c.untold}"
    )
    screen.print(f"routed {c.routed} = agencies told by mail {c.offices}")
    screen.print(f"mails caught {c.mails}, dead letters {c.dead_letters}")
    screen.print()


async def _one_report(screen: "Console", watch: "Watch", addresses: Mapping[str, str]) -> None:
    """The mail that one reporter got, as it was caught."""
    import httpx

    told = next((row for row in watch.rows.values() if row.mail and row.why.startswith("rule ")), None)
    if told is None or screen.quiet:
        return
    async with httpx.AsyncClient(base_url=addresses["TANGGAP_MAIL_URL"], timeout=30, trust_env=False) as http:
        mail = (await http.get(f"/api/v1/message/{told.mail}")).json()
    screen.rule(mail["Subject"], align="left", style="dim")
    screen.print(mail["Text"].strip(), markup=False, highlight=False)
    screen.rule(style="dim")

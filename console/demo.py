"""`tanggap demo`: the main job on a fresh stack, from reports of channels to mails in a mailbox, checked at the end."""

import asyncio
import json
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
) -> None:
    """Start everything afresh, publish the sample reports, show what becomes of each, and check that it adds up."""
    from deploy.local.failure import StackError

    try:
        problems = asyncio.run(_demo(rate, patience))
    except StackError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except asyncio.CancelledError:
        typer.echo("stopped before the end", err=True)
        raise typer.Exit(1) from None
    for problem in problems:
        typer.echo(f"does not add up: {problem}", err=True)
    if problems:
        raise typer.Exit(1)


async def _demo(rate: float, patience: float) -> Sequence[str]:
    from rich.console import Console

    from deploy.local.stack import Stack
    from deploy.local.supervise import cancelled_by_signals

    screen = Console()
    began = time.monotonic()

    def told(line: str) -> None:
        screen.print(f"[dim]{time.monotonic() - began:5.1f} s[/]  {line}", highlight=False, soft_wrap=True)

    home = ROOT / ".tanggap" / "demo"
    shutil.rmtree(home, ignore_errors=True)
    with cancelled_by_signals():
        async with Stack(home, fast=True) as stack:  # its data is thrown away
            return await _run(stack, screen, told, rate, patience, began)


async def _run(
    stack: "Stack", screen: "Console", told: "Told", rate: float, patience: float, began: float
) -> Sequence[str]:
    """The main job on `stack`; returns what does not add up."""
    from console.demo_sums import disagreements
    from console.demo_watch import Watch

    await stack.start_everything(told)
    addresses = stack.addresses()
    lines = [line for line in SAMPLES.read_bytes().splitlines() if line.strip()]
    told(f"publishing {len(lines)} reports as their channels would, {rate:g} a second")
    async with Watch(addresses["TANGGAP_KAFKA_BOOTSTRAP_SERVERS"]) as watch:
        await _show(screen, watch, lines, rate, patience, addresses["TANGGAP_DATABASE_URL"])
        counts = await _count(watch, addresses, len(lines))
    _sum_up(screen, counts)
    await _one_report(screen, watch, addresses)
    problems = disagreements(counts, json.loads(EXPECTED.read_text())["counts"])
    if not problems:
        screen.print(f"[green]It adds up[/], {time.monotonic() - began:.1f} s in all.")
    return problems


async def _show(
    screen: "Console", watch: "Watch", lines: Sequence[bytes], rate: float, patience: float, database: str
) -> None:
    """Publish, and show the table until everything published is accounted for or patience ends."""
    from rich.live import Live

    from console.publish import send

    publishing = asyncio.create_task(send(watch.servers, lines, rate, lambda: None))
    quiet_since, seen = time.monotonic(), -1
    with Live(watch.table(), console=screen, refresh_per_second=8, transient=False) as live:
        while time.monotonic() - quiet_since < patience:
            await asyncio.sleep(0.2)
            live.update(watch.table())
            now_seen = len(watch.accepted) + len(watch.rejected) + len(watch.outcomes)
            if now_seen != seen:
                quiet_since, seen = time.monotonic(), now_seen
            if publishing.done() and time.monotonic() - quiet_since > 1.0:
                watch.asleep = await _asleep(database)
                if watch.all_told:
                    break
    await publishing


async def _asleep(database: str) -> set[str]:
    """The reports whose reporter is told in the morning: a bot's message rings."""
    import asyncpg

    con = await asyncpg.connect(database)
    try:
        rows = await con.fetch(
            """select report_id from notifier.notification
                where audience = 'reporter' and status = 'created' and next_attempt_at > now() + interval '1 minute'"""
        )
    finally:
        await con.close()
    return {str(row["report_id"]) for row in rows}


async def _count(watch: "Watch", addresses: Mapping[str, str], submitted: int) -> "Counts":
    """Count in topics, database, mailbox and metrics, each by its own means."""
    import asyncpg
    import httpx

    from console.demo_sums import Counts

    con = await asyncpg.connect(addresses["TANGGAP_DATABASE_URL"])
    try:
        tables = await con.fetchrow(
            """select (select count(*) from intake.report) as stored,
                      (select count(*) from router.report where status = 'assigned') as routed,
                      (select count(*) from router.report where status = 'referred') as referred,
                      (select count(*) from router.report where status = 'at_desk') as at_desk,
                      (select count(*) from notifier.notification
                        where status = 'sent' and audience = 'reporter' and kind = 'email') as told,
                      (select count(*) from notifier.notification where status = 'sent' and kind = 'channel')
                          as requested,
                      (select count(*) from notifier.notification
                        where status = 'created' and audience = 'reporter') as asleep,
                      (select count(*) from notifier.notification where status = 'suppressed') as untold,
                      (select count(*) from notifier.notification where status = 'sent' and audience = 'agency')
                          as offices"""
        )
    finally:
        await con.close()
    async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
        mails = (await http.get(f"{addresses['TANGGAP_MAIL_URL']}/api/v1/messages")).json()["total"]
        metrics = (await http.get(f"{addresses['TANGGAP_INTAKE_URL']}/metrics")).text
    repeated = (line for line in metrics.splitlines() if line.startswith("intake_reports_total") and "repeated" in line)
    return Counts(
        submitted=submitted,
        accepted=len(watch.accepted),
        rejected=len(watch.rejected),
        repeated=sum(int(float(line.rpartition(" ")[2])) for line in repeated),
        outcomes=len(watch.outcomes),
        mails=mails,
        dead_letters=watch.dead_letters,
        **dict(tables or {}),
    )


def _sum_up(screen: "Console", c: "Counts") -> None:
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

    from deploy.local.offices import DOMAIN

    told = next((row for row in watch.rows.values() if row.told == "email sent" and row.why[:5] == "rule "), None)
    if told is None:
        return
    async with httpx.AsyncClient(base_url=addresses["TANGGAP_MAIL_URL"], timeout=30, trust_env=False) as http:
        found = (await http.get("/api/v1/messages", params={"limit": 1000})).json()["messages"]
        to_people = (mail for mail in found if not mail["To"][0]["Address"].endswith(f"@{DOMAIN}"))
        identity = next((mail["ID"] for mail in to_people if told.code in mail["Subject"]), None)
        if identity:
            mail = (await http.get(f"/api/v1/message/{identity}")).json()
            screen.rule(mail["Subject"], align="left", style="dim")
            screen.print(mail["Text"].strip(), markup=False, highlight=False)
            screen.rule(style="dim")

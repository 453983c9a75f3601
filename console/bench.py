"""`tanggap bench`: the figures of the README, measured on a fresh local stack."""

import asyncio
import json
import shutil
import statistics
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.deployment import Json

if TYPE_CHECKING:
    import asyncpg

    from deploy.local.stack import Stack

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "deploy" / "samples" / "reports.jsonl"
Figure = tuple[str, float, str]  # what, its value, its unit


def bench(
    reports: Annotated[int, typer.Option(min=100, help="Reports of the burst.")] = 20_000,
    singles: Annotated[int, typer.Option(min=10, help="Reports published one by one, for the latency.")] = 200,
    as_json: Json = False,
) -> None:
    """Measure start, memory, the way of one report and a burst of them, on a fresh local stack."""

    async def show() -> None:
        async for name, value, unit in _figures(reports, singles):
            line = json.dumps({"figure": name, "value": round(value, 3), "unit": unit})
            typer.echo(line if as_json else f"{name:<58} {value:>12,.3f} {unit}")

    asyncio.run(show())


async def _figures(reports: int, singles: int) -> AsyncIterator[Figure]:
    from deploy.local.stack import Stack
    from deploy.local.supervise import cancelled_by_signals

    home = ROOT / ".tanggap" / "bench"
    shutil.rmtree(home, ignore_errors=True)
    with cancelled_by_signals():
        async with Stack(home, settings={"TANGGAP_LOG_LEVEL": "warning", "TANGGAP_OFFICES": ""}) as stack:
            began = time.monotonic()
            await stack.start_everything()
            yield "start of everything, fresh data", time.monotonic() - began, "s"
            for name, megabytes in _resident(stack):
                yield f"{name} at rest", megabytes, "MB resident"
            async for figure in _one_by_one(stack, singles):
                yield figure
            async for figure in _burst(stack, reports):
                yield figure
            for name, megabytes in _resident(stack):
                yield f"{name} after the burst", megabytes, "MB resident"


def _resident(stack: "Stack") -> list[tuple[str, float]]:
    """Resident memory of the services' processes, as the kernel counts it (Linux)."""
    found = []
    for name in ("intake", "router", "notifier"):
        status = Path(f"/proc/{stack.members[name].pid}/status")
        if status.exists():
            line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
            found.append((name, int(line.split()[1]) / 1024))
    return found


def _report(number: int, mark: str, texts: list[str]) -> bytes:
    reporter = {"name": "Rahayu Prameswari", "nik": "3575014107809001", "email": f"r{number}@example.org"}
    return json.dumps(
        {
            "channel": "web",
            "external_id": f"{mark}-{number}",
            "submitted_at": "2026-11-23T10:00:00+07:00",
            "text": texts[number % len(texts)],
            "location": {"lat": -7.6446, "lng": 112.9072},
            "reporter": reporter,
        }
    ).encode()


def _texts() -> list[str]:
    expected = json.loads(SAMPLES.with_name("expected.json").read_text())
    skipped = {*expected["rejected"], *expected["repeated"]}
    lines = enumerate(SAMPLES.read_text().splitlines(), start=1)
    return [json.loads(line)["text"] for number, line in lines if number not in skipped]


async def _one_by_one(stack: "Stack", count: int) -> AsyncIterator[Figure]:
    """From publication by the channel to the mail accepted by its server, one report at a time."""
    import asyncpg

    addresses, texts = stack.addresses(), _texts()
    con = await asyncpg.connect(addresses["TANGGAP_DATABASE_URL"])
    try:
        for number in range(count):
            await _publish(addresses, [_report(number, "single", texts)])
            await _wait(con, "select count(*) from notifier.notification where status = 'sent'", number + 1)
        rows = await con.fetch(
            """select extract(epoch from n.updated_at - n.received_at)::float8 as told,
                      extract(epoch from t.at - r.received_at)::float8 as routed
                 from notifier.notification n
                 join router.report r using (report_id)
                 join router.transition t on t.report_id = r.report_id and t.sequence = 2
                where n.status = 'sent'"""
        )
    finally:
        await con.close()
    for what in ("routed", "told"):
        seconds = sorted(row[what] for row in rows)
        yield f"publication to {what}, one by one, median", statistics.median(seconds) * 1000, "ms"
        yield f"publication to {what}, one by one, 99 %", seconds[int(len(seconds) * 0.99)] * 1000, "ms"


async def _burst(stack: "Stack", count: int) -> AsyncIterator[Figure]:
    """Everything at once: how fast each stage works it off."""
    import asyncpg

    addresses, texts = stack.addresses(), _texts()
    con = await asyncpg.connect(addresses["TANGGAP_DATABASE_URL"])
    try:
        stages = {
            "accepted": "select count(*) from intake.report",
            "routed or at the desk": "select count(*) from router.report",
            "told": "select count(*) from notifier.notification where status = 'sent'",
        }
        before = {stage: await con.fetchval(sql) for stage, sql in stages.items()}
        began = time.monotonic()
        await _publish(addresses, [_report(number, "burst", texts) for number in range(count)])
        yield f"burst of {count} published", count / (time.monotonic() - began), "reports/s"
        for stage, sql in stages.items():
            await _wait(con, sql, before[stage] + count)
            yield f"burst of {count} {stage}, since the first was published", count / (time.monotonic() - began), "/s"
    finally:
        await con.close()


async def _publish(addresses: Mapping[str, str], lines: list[bytes]) -> None:
    from console.publish import send

    await send(addresses["TANGGAP_KAFKA_BOOTSTRAP_SERVERS"], lines, 0, lambda: None)


async def _wait(con: "asyncpg.Connection[asyncpg.Record]", sql: str, count: int) -> None:
    deadline = time.monotonic() + 600
    while await con.fetchval(sql) < count:
        if time.monotonic() > deadline:
            raise TimeoutError(sql)
        await asyncio.sleep(0.02)

"""Health, metrics, waiting for dependencies, graceful stop."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from deploy.local.stack import Stack, quiet
from services.intake.identity import report_id
from tests.builders import submission
from tests.integration.conftest import System, until

EXPOSED = [
    ("intake", "intake_reports_total", {"channel", "outcome"}),
    ("router", "router_routed_total", {"agency", "method"}),
    ("notifier", "notifier_notifications_total", {"kind", "status"}),
    ("intake", "tanggap_batch_seconds_count", {"topic"}),
    ("router", "tanggap_batch_seconds_count", {"topic"}),
    ("intake", "tanggap_publication_seconds_count", {"stage"}),
    ("router", "tanggap_publication_seconds_count", {"stage"}),
    ("notifier", "tanggap_publication_seconds_count", {"stage"}),
    ("intake", "tanggap_consumer_lag_messages", {"topic", "partition"}),
    ("intake", "tanggap_consumer_lag_seconds", {"topic"}),
]


@pytest.mark.parametrize(("service", "metric", "labels"), EXPOSED)
async def test_a_metric_is_there_with_its_labels(system: System, service: str, metric: str, labels: set[str]) -> None:
    report = submission()
    await system.publish(report)
    await until(lambda: system.outcomes(report_id("web", report["external_id"])))

    async def shown() -> list[str]:
        text = (await system.get(service, "/metrics")).text
        return [line for line in text.splitlines() if line.startswith(metric + "{")]

    lines = await until(shown)
    assert set(re.findall(r'(\w+)="', lines[0])) == labels


async def test_messages_that_trickle_in_are_handled_in_company(system: System) -> None:
    async def handled(figure: str) -> float:
        text = (await system.get("intake", "/metrics")).text
        found = re.search(rf'^tanggap_batch_messages_{figure}{{topic="reports.submitted"}} (\S+)$', text, re.MULTILINE)
        return float(found[1]) if found else 0.0

    messages, batches = await handled("sum"), await handled("count")
    for _ in range(60):
        await system.publish(submission())
        await asyncio.sleep(0.01)

    async def all_handled() -> bool:
        return await handled("sum") >= messages + 60

    await until(all_handled)
    assert await handled("count") - batches <= 30  # 19 here; 58 where none waits


async def test_dead_letters_are_counted(system: System) -> None:
    await system.publish(b"{}", headers=[("ce_type", b"something.else")])

    async def shown() -> list[str]:
        text = (await system.get("intake", "/metrics")).text
        return [line for line in text.splitlines() if line.startswith("tanggap_dead_letters_total{")]

    assert any('reason="unknown-type"' in line for line in await until(shown))


@pytest.mark.parametrize("service", ["intake", "router", "notifier"])
async def test_health_and_contract_are_served(system: System, service: str) -> None:
    assert (await system.get(service, "/health/live")).json() == {"status": "live"}
    ready = await system.get(service, "/health/ready")
    assert ready.json()["checks"] == {"database": "ok", "broker": "ok", "consumers": "ok"}
    assert (await system.get(service, "/docs/asyncapi")).json()["asyncapi"].startswith("3.")


async def test_without_broker_or_database_a_service_waits_says_which_and_comes_up(tmp_path: Path) -> None:
    stack = Stack(tmp_path, fast=True)
    async with stack, httpx.AsyncClient(timeout=5) as http:
        url = stack.addresses()["TANGGAP_INTAKE_URL"]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.intake", env=stack.env("intake"), stdout=asyncio.subprocess.DEVNULL
        )
        try:

            async def answer() -> httpx.Response | None:
                try:
                    return await http.get(f"{url}/health/ready")
                except httpx.TransportError:
                    return None

            waiting = await until(answer)
            assert waiting.status_code == 503
            assert waiting.json()["checks"]["database"] == "does not answer"
            assert waiting.json()["checks"]["broker"] == "does not answer"
            assert (await http.get(f"{url}/health/live")).status_code == 200
            await stack.start()
            await stack.prepare()

            async def ready() -> bool:
                found = await answer()
                return found is not None and found.status_code == 200

            await until(ready, seconds=60)
        finally:
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 10) in {0, -signal.SIGTERM}


async def test_a_service_stops_within_ten_seconds_with_nothing_half_done(system: System) -> None:
    reports = [submission() for _ in range(300)]
    await asyncio.gather(*(system.publish(report) for report in reports))
    for name in ("intake", "router", "notifier"):
        process_id = system.stack.members[name].pid
        assert process_id is not None
        os.kill(process_id, signal.SIGTERM)
        await asyncio.wait_for(_gone(process_id), 10)
        await system.stack.members[name].stop()
        await system.stack.members[name].start(quiet)
    ids = [report_id("web", report["external_id"]) for report in reports]

    async def told() -> bool:
        rows = await system.rows(
            "select count(*) as n from notifier.notification where report_id = any($1) and audience = 'reporter'", ids
        )
        return bool(rows[0]["n"] == len(ids))

    await until(told, seconds=60)


async def _gone(process_id: int) -> None:
    while True:
        try:
            state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return
        if state == "Z":
            return
        await asyncio.sleep(0.05)


def test_a_missing_setting_stops_a_service_with_one_line(tmp_path: Path) -> None:
    stopped = subprocess.run(
        [sys.executable, "-m", "services.router"],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert stopped.returncode == 2
    assert "TANGGAP_DATABASE_URL is missing" in stopped.stderr
    assert stopped.stderr.count("\n") == 1

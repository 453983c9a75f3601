"""Identity stays in one place."""

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from services.intake.identity import report_id
from shared import topics
from tests.builders import submission
from tests.integration.conftest import System, until
from tests.integration.people import Search, reports

SECRETS = (
    "Wulandari",
    "3575014107809001",
    "0812-0000-7788",
    "081200007788",
    "wulan.rahasia@example.org",
    "Jl. Rahasia 9",
)


async def test_no_topic_log_metric_or_table_outside_the_vault_holds_an_identity(system: System) -> None:
    report = submission(
        text=f"Saya {SECRETS[0]}, NIK {SECRETS[1]}, HP {SECRETS[2]}, email {SECRETS[4]}: jalan berlubang rusak parah.",
        title=f"Laporan {SECRETS[0]}",
        reporter={
            "name": "Sri Wulandari",
            "nik": SECRETS[1],
            "phone": SECRETS[3],
            "email": SECRETS[4],
            "address": SECRETS[5],
        },
    )
    await system.publish(report)
    await system.publish({**report, "external_id": "", "class": SECRETS[1]})
    identity = report_id("web", report["external_id"])
    await until(lambda: system.outcomes(identity))
    kept = []
    for topic in topics.ALL:
        if not topic.identity:
            kept += [repr((r.key, r.value, r.headers)) for r in await system.read(topic.name)]
    for path in (system.stack.home / "log").glob("*.log"):
        if path.stem in {"intake", "router", "notifier"}:
            kept.append(path.read_text())
    for service in ("intake", "router", "notifier"):
        kept.append((await system.get(service, "/metrics")).text)
    tables = await system.rows(
        """select table_schema, table_name from information_schema.tables
            where table_schema in ('intake', 'router', 'notifier')"""
    )
    for table in tables:
        kept.append(repr(await system.rows(f"select * from {table['table_schema']}.{table['table_name']}")))
    everything = "\n".join(kept)
    assert "jalan berlubang rusak parah" in everything
    assert not [secret for secret in SECRETS if secret in everything]


# `make test` files some; TANGGAP_TEST_PEOPLE=10000 files as many as a city has in years.
PEOPLE = int(os.environ.get("TANGGAP_TEST_PEOPLE", "200"))


async def test_nobody_is_found_outside_the_vault_however_they_wrote_of_themselves(system: System) -> None:
    filed = reports(PEOPLE)
    for start in range(0, PEOPLE, 500):
        await asyncio.gather(*(system.publish(report) for report in filed[start : start + 500]))
        await asyncio.gather(*(system.publish(spoiled(report)) for report in filed[start : start + 500 : 10]))
    ids = [report_id("web", report["external_id"]) for report in filed]
    told = "select count(distinct report_id) from notifier.notification where report_id = any($1) and status = 'sent'"

    async def all_told() -> bool:
        return bool((await system.rows(told, ids))[0]["count"] == PEOPLE)

    await until(all_told, seconds=60 + PEOPLE / 10)
    found: set[str] = set()
    mentioned = 0
    everyone = Search(PEOPLE)
    async for text in outside_the_vault(system):
        mentioned += text.count("lampu jalan mati")
        found |= everyone.found_in(text)
    assert mentioned >= 3 * PEOPLE  # in the event, the report and the notifier's copy: the search looked at them
    assert not found


def spoiled(report: dict[str, Any]) -> dict[str, Any]:
    """The same report as a broken form would send it: its reporter in fields that are none of a person."""
    who = report["reporter"]
    return {**report, "external_id": f"x-{uuid4()}", "class": who["nik"], "language": who["name"], "text": None}


async def outside_the_vault(system: System) -> AsyncIterator[str]:
    """Everything that is kept where identities must not be: topics, logs, metrics, tables."""
    for topic in topics.ALL:
        if not topic.identity:
            for record in await system.read(topic.name):
                yield repr((record.key, record.value and record.value.decode(), record.headers))
    for path in (system.stack.home / "log").glob("*.log"):
        if path.stem in {"intake", "router", "notifier"}:
            for line in path.read_text().splitlines():
                yield line
    for service in ("intake", "router", "notifier"):
        yield (await system.get(service, "/metrics")).text
    tables = await system.rows(
        """select table_schema, table_name from information_schema.tables
            where table_schema in ('intake', 'router', 'notifier') and table_type = 'BASE TABLE'"""
    )
    for table in tables:
        name = f"{table['table_schema']}.{table['table_name']}"
        for row in await system.rows(
            f"select * from {name}" if name != "intake.vault" else f"select reply_kinds from {name}"
        ):
            yield repr(tuple(row.values()))


async def test_each_reading_of_a_contact_is_logged_with_its_reason(system: System) -> None:
    report = submission()
    await system.publish(report)
    identity = report_id("web", report["external_id"])
    await until(lambda: system.outcomes(identity))
    (reading,) = await system.rows("select reader, reason from intake.vault_reading where report_id = $1", identity)
    assert reading["reader"] == "notifier"
    assert reading["reason"].startswith("notification ")


@pytest.mark.parametrize(
    ("role", "forbidden"),
    [
        ("notifier", "select * from intake.vault"),
        ("notifier", "select * from intake.report"),
        ("router", "select * from intake.vault"),
        ("router", "select * from intake.read_vault('{}', '{}')"),
        ("intake", "select * from router.report"),
        ("router", "select * from notifier.notification"),
        ("intake", "create table public.x (y int)"),
        ("intake", "create schema x"),
    ],
)
async def test_a_role_reaches_nothing_but_its_own_schema(system: System, role: str, forbidden: str) -> None:
    con = await asyncpg.connect(system.addresses[f"TANGGAP_{role.upper()}_DATABASE_URL"])
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await con.execute(forbidden)
    finally:
        await con.close()

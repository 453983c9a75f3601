"""Identity stays in one place."""

import asyncpg
import pytest

from services.intake.identity import report_id
from shared import topics
from tests.builders import submission
from tests.integration.conftest import System, until

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

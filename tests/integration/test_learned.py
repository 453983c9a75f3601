"""A model on the real stack: kept, switched on without a restart, refused where it is none, switched back."""

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest_asyncio

from services.intake.identity import report_id
from services.router.learned import store
from services.router.learned.handlers import ready
from services.router.opening import begin
from services.router.rules import Rules
from shared.events import ReportAccepted
from shared.pack import load_pack
from tests.builders import submission
from tests.integration import command
from tests.integration.conftest import System, until
from tests.unit.router.learned.lessons import PACK, weights


@pytest_asyncio.fixture(loop_scope="session")
async def database(system: System) -> AsyncIterator[Any]:
    con = await asyncpg.connect(system.addresses["TANGGAP_ROUTER_DATABASE_URL"])
    yield con
    await store.switch(con, None, "test", datetime.now(UTC))
    await until(lambda: shown(system, "router_model_on", 0))
    await con.close()


async def tanggap(system: System, *words: str) -> tuple[int, str]:
    """A command of the operator, and what it says."""
    done = await command.tanggap(system.addresses, *words)
    return done.exit_code, done.output


async def shown(system: System, metric: str, value: int) -> bool:
    text = (await system.get("router", "/metrics")).text
    found = re.search(rf"^{metric} (\S+)$", text, re.MULTILINE)
    return found is not None and float(found[1]) == value


async def decided(system: System, text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The decision on a new report, and the report as it was accepted."""
    report = submission(text=text)
    await system.publish(report)
    identity = report_id("web", report["external_id"])

    async def there() -> Any:
        return await system.rows(
            """select h.decision, r.accepted from router.hop h join router.report r using (report_id)
                where report_id = $1""",
            identity,
        )

    row = (await until(there))[0]
    return json.loads(row["decision"]), json.loads(row["accepted"])


async def test_a_model_decides_from_the_moment_it_is_switched_on_and_is_switched_back(
    system: System, database: Any
) -> None:
    from services.router.learned.file import written  # noqa: PLC0415 - as the commands do

    version = weights().version
    stated = {"version": version, "pack_version": PACK.version, "figures": {"cases": 1, "accuracy": 0.5, "top3": 0.5,
              "coverage": 0.1, "precision": 0.9}}  # fmt: skip
    now = datetime.now(UTC)
    assert await store.keep(database, written(weights()), stated, "test", "test", now)
    assert not await store.keep(database, written(weights()), stated, "test", "test", now)
    assert (await decided(system, "Sampah menumpuk di depan pasar"))[0]["model_version"] is None

    status, said = await tanggap(system, "model", "on", version)
    assert (status, said.strip()) == (0, f"model {version} decides")
    decision, accepted = await decided(system, "Sampah menumpuk di depan pasar, tolong diangkut")
    assert decision["model_version"] == version

    content = await store.content(database, version)
    assert content is not None
    rules = Rules.of(load_pack(Path(system.addresses["TANGGAP_PACK"])))
    again = Rules(replace_model(rules, content), rules.life)
    assert begin(ReportAccepted.model_validate(accepted), again, now).explained.model_dump(mode="json") == decision

    broken = {**stated, "version": "broken"}
    await store.keep(database, b"no model", broken, "test", "test", now)
    status, said = await tanggap(system, "model", "on", "broken")
    assert status == 1
    assert "no model" in said
    await store.switch(database, "broken", "test", now)
    await until(lambda: shown(system, "router_model_refused", 1))
    assert (await decided(system, "Lampu jalan mati di depan pasar"))[0]["model_version"] == version

    assert (await tanggap(system, "model", "back"))[0] == 0
    await until(lambda: shown(system, "router_model_refused", 0))
    assert await store.switched_on(database) == version
    status, said = await tanggap(system, "model", "list", "--json")
    assert {row["version"]: row["is_on"] for row in map(json.loads, said.splitlines())} == {
        version: True,
        "broken": False,
    }

    assert (await tanggap(system, "model", "off"))[0] == 0
    assert (await decided(system, "Sampah menumpuk di depan sekolah"))[0]["model_version"] is None


def replace_model(rules: Rules, content: bytes) -> Any:
    from dataclasses import replace  # noqa: PLC0415 - beside its only use

    return replace(rules.routes, model=ready(content, rules.pack))


async def taken(system: System) -> float:
    """How many packs the router took."""
    text = (await system.get("router", "/metrics")).text
    found = re.search(r"^router_pack_taken_total (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


async def took(system: System, count: float) -> bool:
    return await taken(system) >= count


async def test_a_new_pack_keeps_the_model_and_old_decisions_are_made_again_with_both(
    system: System, database: Any
) -> None:
    from services.router.learned.file import written  # noqa: PLC0415 - as the commands do

    version = weights().version
    stated = {"version": version, "pack_version": PACK.version, "figures": {"cases": 1}}
    await store.keep(database, written(weights()), stated, "test", "test", datetime.now(UTC))
    await store.switch(database, version, "test", datetime.now(UTC))
    file = Path(system.stack.env("router")["TANGGAP_PACK"]) / "pack.toml"
    good, count = file.read_text(encoding="utf-8"), await taken(system)
    first, _ = await decided(system, "Sampah menumpuk di depan kantor kecamatan")
    try:
        file.write_text(f"{good}# another version\n", encoding="utf-8")

        await until(lambda: took(system, count + 1))
        second, accepted = await decided(system, "Sampah menumpuk di depan kantor kelurahan")
    finally:
        file.write_text(good, encoding="utf-8")
    assert first["pack_version"] != second["pack_version"]
    assert (first["model_version"], second["model_version"]) == (version, version)

    status, said = await tanggap(system, "route", "--report", accepted["tracking_code"], "--json")
    answer = json.loads(said)
    assert (status, answer["same"]) == (0, True)
    assert (answer["pack_version"], answer["model_version"]) == (second["pack_version"], version)

    status, said = await tanggap(system, "route", "--replay", "--json", "--model", "none")
    assert (status, json.loads(said.splitlines()[-1])["model_version"]) == (0, None)
    status, said = await tanggap(system, "route", "--replay", "--json")
    assert (status, json.loads(said.splitlines()[-1])["model_version"]) == (0, version)
    await until(lambda: took(system, count + 2))


async def test_what_the_desk_decided_is_what_is_learned_from(system: System, database: Any) -> None:
    report = submission(text="Halo admin, mohon dibantu soal yang kemarin")
    await system.publish(report)
    identity = report_id("web", report["external_id"])
    await until(lambda: system.rows("select 1 from router.report where report_id = $1", identity))
    before = {case.text for case in await store.decided(database)}
    assert report["text"] not in before

    status, key = await tanggap(system, "desk", "key", "pengajar")
    assert status == 0
    answer = await system.http.post(
        f"{system.addresses['TANGGAP_ROUTER_URL']}/desk/v1/reports/{identity}/assign",
        json={"command_id": "belajar-1", "agency": "dinsos"},
        headers={"Authorization": f"Bearer {key.strip()}"},
    )
    assert answer.status_code == 200
    (case,) = [case for case in await store.decided(database) if case.text == report["text"]]
    assert case.agency == "dinsos"

    status, said = await tanggap(system, "learn")
    assert status == 1
    assert "too few to learn from" in said

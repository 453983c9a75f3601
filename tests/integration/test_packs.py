"""A new pack is taken while the router runs, a bad one never, and what was decided can be decided again."""

import json
import re
from pathlib import Path
from typing import Any

from services.intake.identity import report_id
from shared import topics
from tests.builders import submission
from tests.integration.command import tanggap
from tests.integration.conftest import PACK, System, until

POTHOLE = "Jalan berlubang di depan pasar, aspal rusak parah dan jalan ambles."


async def routed(system: System) -> dict[str, Any]:
    """A pothole, as it was routed."""
    report = submission(text=POTHOLE, channel="web")
    await system.publish(report)
    identity = report_id("web", report["external_id"])
    found: dict[str, Any] = (await until(lambda: system.events(topics.ROUTED.name, identity)))[0]
    return found


async def shown(system: System, metric: str) -> float:
    """A metric of the router."""
    text = (await system.get("router", "/metrics")).text
    found = re.search(rf"^{metric} (\S+)", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


async def ask(system: System, *options: str) -> tuple[int, list[dict[str, Any]]]:
    """What `tanggap route` answers."""
    done = await tanggap(system.addresses, "route", *options, "--json")
    return done.exit_code, [json.loads(line) for line in done.output.splitlines()]


async def test_a_running_router_takes_a_new_pack_whole_and_never_a_bad_one(system: System) -> None:
    file = Path(system.stack.env("router")["TANGGAP_PACK"]) / "topics.csv"
    good = file.read_text(encoding="utf-8")
    first, taken = await routed(system), await shown(system, "router_pack_taken_total")
    assert first["agency"] == "pupr"
    try:
        file.write_text(good.replace(",pupr,", ",dinas-x,", 1), encoding="utf-8")
        await until(lambda: _is(system, "router_pack_refused", 1))
        unharmed = await routed(system)
        assert unharmed["decision"]["pack_version"] == first["decision"]["pack_version"]

        file.write_text(good.replace(",fisik,pupr,", ",fisik,dlhkp,"), encoding="utf-8")
        await until(lambda: _is(system, "router_pack_refused", 0))
        moved = await routed(system)
        assert moved["agency"] == "dlhkp"
        assert moved["decision"]["pack_version"] != first["decision"]["pack_version"]
    finally:
        file.write_text(good, encoding="utf-8")

    for one in (first, moved):
        status, answers = await ask(system, "--report", one["tracking_code"])
        assert (status, answers[0]["same"]) == (0, True)
        assert answers[0]["pack_version"] == one["decision"]["pack_version"]

    status, answers = await ask(system, "--replay", "--pack", str(PACK))
    moves = {answer["tracking_code"]: answer for answer in answers[:-1]}
    assert status == 0
    assert (moves[moved["tracking_code"]]["was"], moves[moved["tracking_code"]]["now"]) == ("dlhkp", "pupr")
    assert any("berlubang" in why for why in moves[moved["tracking_code"]]["why"])
    assert first["tracking_code"] not in moves
    assert answers[-1]["moved"] == len(moves)
    await until(lambda: _is(system, "router_pack_taken_total", taken + 2))


async def _is(system: System, metric: str, value: float) -> bool:
    return await shown(system, metric) == value

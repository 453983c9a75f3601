"""`tanggap track`: the timeline of a report, and the law behind its deadline."""

import json
from datetime import datetime
from typing import Any

from typer.testing import Result

from services.intake.identity import report_id
from shared.pack import load_pack
from tests.builders import submission
from tests.integration.command import tanggap
from tests.integration.conftest import PACK, System, until
from tests.integration.given import begun
from tests.integration.test_life import reply, steps


async def track(system: System, *words: str, **environment: str | None) -> Result:
    return await tanggap(system.addresses, "track", *words, **environment)


async def tracked(system: System, code: str, steps: int) -> dict[str, Any]:
    """What the command says in JSON once intake has so many steps."""

    async def there() -> dict[str, Any]:
        found: dict[str, Any] = json.loads((await track(system, code, "--json")).stdout)
        return found if len(found.get("timeline", ())) >= steps else {}

    seen: dict[str, Any] = await until(there)
    return seen


async def test_the_deadline_is_shown_with_the_law_that_sets_it(system: System) -> None:
    (report,) = await begun(system, 1)
    shown = await tracked(system, report.tracking_code, 2)
    (clock,) = await system.rows(
        "select rule_id, due_at, amount from router.clock where report_id = $1 and clock = 'penyelesaian'",
        report.report_id,
    )
    rule = load_pack(PACK).sla_rules[clock["rule_id"]]
    assert shown["deadline"] == {
        "expected_at": shown["expected_at"],
        "clock": "penyelesaian",
        "amount": clock["amount"],
        "rule_id": rule.rule_id,
        "legal_basis": rule.legal_basis,
        "certainty": rule.certainty,
    }
    words = (await track(system, report.tracking_code.lower().replace("-", " "))).stdout
    assert f"legal basis: {rule.legal_basis} ({rule.certainty})" in words


async def test_what_is_over_still_tells_the_law_of_its_last_deadline(system: System) -> None:
    (report,) = await begun(system, 1)
    before = (await tracked(system, report.tracking_code, 2))["deadline"]
    await reply(system, report.tracking_code, "withdraw")
    shown = await tracked(system, report.tracking_code, 3)
    assert (shown["status"], shown["expected_at"], shown["deadline"]) == ("withdrawn", None, before)


async def test_where_a_law_ends_before_the_class_that_law_is_shown(system: System) -> None:
    """60 days of a law run beside the 60 working days of practice."""
    report = submission(text="Petugas melakukan pungutan liar.", topic="mal-pungli", agency="inspektorat")
    await system.publish(report)
    identity = report_id("web", report["external_id"])
    shown = await tracked(system, (await steps(system, identity, 2))[1]["tracking_code"], 2)
    clocks = {
        row["clock"]: row
        for row in await system.rows("select clock, due_at, rule_id from router.clock where report_id = $1", identity)
    }
    assert clocks["penyelesaian"]["rule_id"] == "settle-berkadar"
    assert datetime.fromisoformat(shown["expected_at"]) == clocks["batas-hukum"]["due_at"]
    assert clocks["batas-hukum"]["due_at"] < clocks["penyelesaian"]["due_at"]
    assert (shown["deadline"]["clock"], shown["deadline"]["legal_basis"]) == ("batas-hukum", "UU 25/2009 Pasal 50")


async def test_where_the_routers_books_are_shut_the_timeline_is_shown_all_the_same(system: System) -> None:
    (report,) = await begun(system, 1)
    await tracked(system, report.tracking_code, 2)
    nobody = "postgresql://tanggap:x@127.0.0.1:1/tanggap"
    done = await track(system, report.tracking_code, "--json", TANGGAP_ROUTER_DATABASE_URL=nobody)
    assert done.exit_code == 0
    shown = json.loads(done.stdout)
    assert (len(shown["timeline"]), shown["deadline"]) == (2, None)
    assert "no legal basis" in done.stderr


async def test_why_shows_how_intake_judged_the_report_and_what_it_left_out(system: System) -> None:
    report = submission(text="Ada kebakaran di pasar!", reply_to=[{"kind": "sms", "address": "123"}])
    await system.publish(report)
    code = (await steps(system, report_id("web", report["external_id"]), 2))[1]["tracking_code"]
    await tracked(system, code, 2)
    judged = json.loads((await track(system, code, "--why", "--json")).stdout)["judged"]
    assert judged["notes"]["left_out"]
    assert [raised["flag"] for raised in judged["notes"]["flags"]][:1] == ["emergency"]
    words = (await track(system, code, "--why")).stdout
    assert "emergency: by " in words
    assert f"left out: {judged['notes']['left_out'][0]['field']}" in words
    assert "123" not in words
    assert "judged" not in json.loads((await track(system, code, "--json")).stdout)


async def test_what_is_no_code_is_asked_of_nobody(system: System) -> None:
    for typed in ("../open311/v2/services", "NOPE", "7K3M-9QXA-2BVC-4U"):
        done = await track(system, typed)
        assert (done.exit_code, done.stderr.strip()) == (1, "no report has this code")

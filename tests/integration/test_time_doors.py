"""Random commands from all doors at once, and two routers: no report in two states, no gap, no clock behind its end."""

import asyncio
import json
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from uuid import uuid4

import asyncpg

from deploy.local.stack import quiet
from services.router.accounts import store as accounts
from services.router.accounts.handlers import EVER, STATUSES
from services.router.transitions import FINAL
from shared import topics
from tests.bench.bench_due import another_router
from tests.integration.conftest import System, until
from tests.integration.given import Begun, begun, unpublished
from tests.integration.test_life import PROOF, tanggap

SEED, REPORTS, COMMANDS = 5, 6, 140
AGENCIES = ("pupr", "dishub", "dlhkp")
ACTS: dict[str, dict[str, Any]] = {
    "acknowledge": {},
    "start": {},
    "answer": {"note": "Ya."},
    "complete": {"evidence": PROOF},
    "not_ours": {"note": "Bukan."},
    "ask_reporter": {"question": "Di mana?"},
    "extend": {"note": "Menunggu bahan.", "expected_at": (datetime.now(UTC) + timedelta(days=25)).isoformat()},
    "refer": {"suggested_agency": "pln", "note": "123"},
}
REPLIES = ("answer", "answer", "confirm", "reopen", "reopen", "withdraw", "rate")
ORDERS = ("assign", "assign", "ask", "reject", "refer")


class Crowd:
    """Everybody who wants something of the reports, by chance, but the same on every run."""

    def __init__(self, system: System, reports: list[Begun], urls: list[str], key: str) -> None:
        self._system, self._reports, self._urls, self._key = system, reports, urls, key
        self._chance = Random(SEED)
        self.sent: list[str] = []

    def commands(self) -> list[Awaitable[object]]:
        """What they ask, in no order."""
        doors = [self._agency] * 9 + [self._reporter] * 4 + [self._officer] * 3 + [self._time] * 2
        return [self._chance.choice(doors)(self._chance.choice(self._reports)) for _ in range(COMMANDS)]

    def _named(self) -> str:
        self.sent.append(str(uuid4()))
        return self.sent[-1]

    def _agency(self, report: Begun) -> Awaitable[object]:
        action = self._chance.choice(list(ACTS))
        agency = report.agency if self._chance.random() < 0.7 else self._chance.choice(AGENCIES)
        value = {"update_id": self._named(), "report_id": str(report.report_id), "agency": agency, "action": action}
        return self._later(topics.UPDATES.name, {**value, **ACTS[action]})

    def _reporter(self, report: Begun) -> Awaitable[object]:
        action = self._chance.choice(REPLIES)
        value = {"reply_id": self._named(), "tracking_code": report.tracking_code, "channel": "web", "action": action}
        return self._later(topics.REPLIES.name, {**value, "rating": 3} if action == "rate" else value)

    async def _later(self, topic: str, value: dict[str, Any]) -> None:
        await asyncio.sleep(Random(value.get("update_id") or value["reply_id"]).random() * 5)
        await self._system.publish({**value, "at": datetime.now(UTC).isoformat()}, topic=topic)

    async def _officer(self, report: Begun) -> None:
        action, agency = self._chance.choice(ORDERS), self._chance.choice(AGENCIES)
        url, pause = self._chance.choice(self._urls), self._chance.random() * 5
        order = {"command_id": str(uuid4()), "note": "Catatan."}
        order |= {"agency": "pln" if action == "refer" else agency} if action in {"assign", "refer"} else {}
        order |= {"reason_code": "uji"} if action == "reject" else {}
        await asyncio.sleep(pause)
        answer = await self._system.http.post(
            f"{url}/desk/v1/reports/{report.report_id}/{action}",
            headers={"Authorization": f"Bearer {self._key}"},
            json=order,
        )
        assert answer.status_code in {200, 409, 503}, answer.text

    async def _time(self, report: Begun) -> None:
        """As if weeks had gone by for this report."""
        await asyncio.sleep(self._chance.random() * 5)
        con = await asyncpg.connect(self._system.addresses["TANGGAP_DATABASE_URL"])
        try:
            async with con.transaction():
                await con.execute("select 1 from router.report where report_id = $1 for update", report.report_id)
                for table in ("clock_event", "clock_step"):
                    await con.execute(
                        f"""update router.{table} set at = at - interval '12 days', due_at = due_at - interval '12 days'
                             where report_id = $1""",
                        report.report_id,
                    )
                await con.execute(
                    """update router.report
                          set since = since - interval '12 days', next_at = next_at - interval '12 days'
                        where report_id = $1""",
                    report.report_id,
                )
        finally:
            await con.close()


async def test_random_commands_from_all_doors_at_once_leave_every_report_whole(system: System) -> None:
    key = json.loads((await tanggap(system, "desk", "key", uuid4().hex[:8], "--json")).stdout)["key"]
    reports = await begun(system, REPORTS)
    ids = [report.report_id for report in reports]
    second = another_router(system.stack, 3)
    await second.start(quiet)
    try:
        urls = [system.addresses["TANGGAP_ROUTER_URL"], second.part.address]
        crowd = Crowd(system, reports, urls, key)
        await asyncio.gather(*crowd.commands())

        async def all_answered() -> bool:
            (row,) = await system.rows("select count(*) from router.command where command_id = any($1)", crowd.sent)
            due = "select 1 from router.report where report_id = any($1::uuid[]) and next_at < now()"
            return row[0] == len(crowd.sent) and not await system.rows(due, ids) and not await unpublished(system, ids)

        await until(all_answered)
    finally:
        await second.stop()
    await whole(system, reports)


async def whole(system: System, reports: list[Begun]) -> None:
    """Each report in one state, its steps without a gap and in order, and no clock behind its end."""
    ids = [report.report_id for report in reports]
    con = await asyncpg.connect(system.addresses["TANGGAP_DATABASE_URL"])
    try:
        wrong = await accounts.wrong(con, STATUSES, sorted(FINAL), EVER)
    finally:
        await con.close()
    assert not [(one, what) for one, what in wrong if one in ids]
    states = {
        row["report_id"]: (row["status"], row["sequence"])
        for row in await system.rows("select * from router.report where report_id = any($1::uuid[])", ids)
    }
    keys = {str(one).encode(): one for one in ids}
    told: dict[Any, dict[int, dict[str, Any]]] = {one: {} for one in ids}
    for record in await system.read(topics.STATUS.name):
        if record.key in keys:
            step = json.loads(record.value)
            told[keys[record.key]].setdefault(step["sequence"], step)
    for report, steps in told.items():
        assert list(steps) == list(range(1, len(steps) + 1))
        assert all(one["status"] == two["previous"] for one, two in pairwise(steps.values()))
        assert states[report] == (steps[len(steps)]["status"], len(steps))
    actors = {step["actor"] for steps in told.values() for step in steps.values()}
    assert actors == {"system", "agency", "reporter", "desk"}, "every door had its say"

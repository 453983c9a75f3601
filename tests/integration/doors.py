"""The doors of two routers: how a volley gets there all at once, and what was answered."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from shared import topics
from tests.integration.conftest import System
from tests.integration.given import Begun
from tests.integration.volley import ACTS, OFFICE, ORDERS, REPLIES, Command, Days, Order, Reply, Update, Volley


@dataclass
class Doors:
    """Where people ask of these reports; it counts messages sent by the id of their command, and orders carried out."""

    system: System
    routers: Sequence[str]
    key: str
    reports: Sequence[Begun]
    sent: Counter[str] = field(default_factory=Counter)
    ratings: set[str] = field(default_factory=set)
    ordered: Counter[str] = field(default_factory=Counter)

    async def fire(self, volley: Volley, holders: Sequence[str | None]) -> None:
        """All of it at once; over when Kafka has every message and every order is answered."""
        ways = [
            way
            for report, holder, commands in zip(self.reports, holders, volley, strict=True)
            for command in commands
            for way in self._ways(command, report, holder)
        ]
        await asyncio.gather(*ways)

    def _ways(self, command: Command, report: Begun, holder: str | None) -> list[Awaitable[object]]:
        match command:
            case Update(action=action, agency=agency, lanes=lanes):
                value = {"report_id": str(report.report_id), "agency": agency or holder or OFFICE, **ACTS[action]}
                return self._publish(topics.UPDATES.name, {"update_id": str(uuid4()), "action": action, **value}, lanes)
            case Reply(action=action, lanes=lanes):
                value = {"tracking_code": report.tracking_code, "channel": "web", **REPLIES[action]}
                return self._publish(topics.REPLIES.name, {"reply_id": str(uuid4()), "action": action, **value}, lanes)
            case Order(action=action, routers=routers):
                order = {"command_id": str(uuid4()), **ORDERS[action]}
                path = f"/desk/v1/reports/{report.report_id}/{action}"
                return [self._ask(self.routers[number] + path, order) for number in routers]
            case Days(number=days):
                return [self._pass(report.report_id, timedelta(days=days))]

    def _publish(self, topic: str, value: dict[str, Any], lanes: Sequence[int]) -> list[Awaitable[object]]:
        name = value.get("update_id") or value["reply_id"]
        self.sent[name] = len(lanes)
        if value["action"] == "rate":
            self.ratings.add(name)
        raw = json.dumps({**value, "at": datetime.now(UTC).isoformat()}).encode()
        return [self.system.producer.send_and_wait(topic, raw, partition=lane) for lane in lanes]

    async def _ask(self, url: str, order: dict[str, Any]) -> None:
        """Until there is an answer: who is told to come again does, with the same order."""
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = await self.system.http.post(url, headers=headers, json=order)
        if answer.status_code == 503:
            await asyncio.sleep(0.2)
            await self._ask(url, order)
            return
        assert answer.status_code in {200, 409}, answer.text
        self.ordered[order["command_id"]] += answer.status_code == 200 and not answer.json()["repeated"]

    async def _pass(self, report_id: UUID, time: timedelta) -> None:
        con = await asyncpg.connect(self.system.addresses["TANGGAP_DATABASE_URL"])
        try:
            async with con.transaction():
                await con.execute("select 1 from router.report where report_id = $1 for update", report_id)
                for table, one, other in (
                    ("clock_event", "at", "due_at"),
                    ("clock_step", "at", "due_at"),
                    ("report", "since", "next_at"),
                ):
                    await con.execute(
                        f"update router.{table} set {one} = {one} - $2::interval, {other} = {other} - $2::interval"
                        "  where report_id = $1",
                        report_id,
                        time,
                    )
        finally:
            await con.close()

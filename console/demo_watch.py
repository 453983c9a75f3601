"""What the audience of the demo sees: a live table of reports, read from the topics as any outsider would."""

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from rich.table import Table
from rich.text import Text

from console.demo_rows import Row, see_step, why
from shared import topics

_SHOWN_ROWS = 18
_READ = (topics.ACCEPTED, topics.REJECTED, topics.ROUTED, topics.STATUS, topics.REQUESTED, topics.OUTCOMES)


@dataclass(slots=True)
class Watch:
    """Follows every topic without a group: it only looks."""

    servers: str
    rows: dict[str, Row] = field(default_factory=dict)
    rejected: set[str] = field(default_factory=set)
    outcomes: set[str] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)
    routed: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)  # reports whose reporter was told, or cannot be
    asleep: set[str] = field(default_factory=set)  # reports whose reporter is not rung at night
    offices: set[str] = field(default_factory=set)  # reports whose agency was told, or cannot be
    dead_letters: int = 0
    _task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start to look, from the beginning of each topic."""
        letters = (topics.dead_letters(service) for service in topics.SERVICES)
        names = [topic.name for topic in (*_READ, *letters)]
        consumer = AIOKafkaConsumer(*names, bootstrap_servers=self.servers, auto_offset_reset="earliest")
        await consumer.start()
        self._task = asyncio.create_task(self._follow(consumer))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _follow(self, consumer: AIOKafkaConsumer) -> None:
        try:
            while True:
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    for record in records:
                        self._see(record)
        finally:
            await consumer.stop()

    def _see(self, record: ConsumerRecord) -> None:
        if record.topic.endswith(".dead-letters"):
            self.dead_letters += 1
            return
        event: dict[str, Any] = json.loads(record.value)
        headers = dict(record.headers)
        if record.topic == topics.REJECTED.name:
            self.rejected.add(headers["ce_id"].decode())
            return
        row = self.rows.setdefault(event["report_id"], Row())
        row.code = event["tracking_code"]
        if record.topic == topics.ACCEPTED.name:
            self.accepted.add(event["report_id"])
            row.text = " ".join(event["text"].split())
        elif record.topic == topics.ROUTED.name:
            self.routed.add(event["report_id"])
            row.agency, row.why = event["agency_name"], why(event["decision"])
        elif record.topic == topics.STATUS.name:
            see_step(row, event)
        elif record.topic == topics.REQUESTED.name:
            row.subject = event["subject"]
        else:
            self.outcomes.add(event["notification_id"])
            if event["audience"] != "reporter":
                self.offices.add(event["report_id"])
                return
            self.told.add(event["report_id"])
            row.told = event["kind"] + " sent" if event["status"] == "sent" else event["reason"] or event["status"]

    @property
    def all_told(self) -> bool:
        """Whether everybody who is to hear of what was seen so far has heard."""
        handed = all(row.subject for row in self.rows.values() if row.told == "channel sent")
        return handed and self.told | self.asleep >= self.accepted and self.offices >= self.routed

    def table(self) -> Table:
        """The reports that moved last."""
        table = Table(box=None, expand=True, header_style="bold")
        table.add_column("report", ratio=5, no_wrap=True)
        table.add_column("agency", ratio=4, no_wrap=True)
        table.add_column("why", ratio=4, no_wrap=True)
        table.add_column("due", ratio=2, no_wrap=True)
        table.add_column("told", ratio=2, no_wrap=True)
        for row in list(self.rows.values())[-_SHOWN_ROWS:]:
            place = Text(row.place or "…", style="yellow" if row.status == "at_desk" else "")
            table.add_row(Text(row.text), place, Text(row.why), row.due, row.told or "…")
        return table

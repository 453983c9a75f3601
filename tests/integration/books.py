"""What topics and tables say of a few reports while they live, gathered for a test to judge."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from services.router.accounts import store as accounts
from services.router.accounts.handlers import STATUSES
from services.router.transitions import FINAL
from shared import topics
from tests.integration.conftest import System
from tests.integration.given import unpublished

_LETTERS = topics.dead_letters("router").name
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # of those changed since then, and of those named: the named alone
_TOLD = ("sequence", "status", "previous", "agency", "actor")


@dataclass
class Tape:
    """All that comes on reports.status and to the router's dead letters from its start: each message, as often as told.

    `refusals` has the ids of the letters by the id of the command; a letter that is told of again has the same id.
    """

    consumer: AIOKafkaConsumer
    steps: dict[UUID, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    refusals: dict[str, set[bytes]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    async def start(cls, system: System) -> Self:
        servers = system.addresses["TANGGAP_KAFKA_BOOTSTRAP_SERVERS"]
        # The question for the ends waits behind a fetch that waits for news.
        consumer = AIOKafkaConsumer(bootstrap_servers=servers, fetch_max_wait_ms=20)
        await consumer.start()
        names = (topics.STATUS.name, _LETTERS)
        consumer.assign([TopicPartition(name, number) for name in names for number in range(topics.PARTITIONS)])
        await consumer.seek_to_end()
        return cls(consumer)

    async def catch_up(self) -> None:
        """Read on to the ends of now."""
        ends = await self.consumer.end_offsets(self.consumer.assignment())
        while any([await self.consumer.position(place) < end for place, end in ends.items()]):
            for records in (await self.consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    self._keep(record)

    def _keep(self, record: ConsumerRecord) -> None:
        headers = dict(record.headers)
        if record.topic == topics.STATUS.name:
            value = json.loads(record.value)
            self.steps[UUID(value["report_id"])].append(value)
        elif headers["dead-letter-kind"] == b"refused":
            value = json.loads(record.value)
            self.refusals[value.get("update_id") or value["reply_id"]].add(headers["dead-letter-id"])


@dataclass(frozen=True)
class Life:
    """A report: its row, its steps in the table, and its steps as they were told, repeats and all."""

    row: asyncpg.Record
    kept: list[dict[str, Any]]
    told: list[dict[str, Any]]

    @property
    def heard(self) -> list[dict[str, Any]]:
        """The steps as told for the first time, in that order."""
        first = {step["sequence"]: {name: step[name] for name in _TOLD} for step in reversed(self.told)}
        order = dict.fromkeys(step["sequence"] for step in self.told)
        return [first[sequence] for sequence in order]


@dataclass(frozen=True)
class Books:
    """The lives of the reports, and what concerns them all.

    accepted: ids of commands that came as messages and were carried out.
    refusals: as the tape has them.
    unfinished: steps of time that are due, and what Kafka does not have yet.
    behind_end: clocks that the step that ended a report did not stop.
    wrong: what `tanggap reconcile` says.
    """

    lives: list[Life]
    accepted: set[str]
    refusals: Mapping[str, set[bytes]]
    unfinished: int
    behind_end: list[asyncpg.Record]
    wrong: list[tuple[UUID, str]]

    def answers(self, commands: Iterable[str]) -> Counter[str]:
        """How often each of these commands was answered: it was carried out, or came back with the reason."""
        return Counter({name: len(self.refusals.get(name, ())) + (name in self.accepted) for name in commands})


async def read(system: System, tape: Tape, ids: Sequence[UUID]) -> Books:
    """The books of these reports: the tables as of one instant, then the topics, which so lack nothing of it."""
    con = await asyncpg.connect(system.addresses["TANGGAP_DATABASE_URL"])
    try:
        async with con.transaction(isolation="repeatable_read", readonly=True):
            rows = {row["report_id"]: row for row in await con.fetch(_ROWS, ids)}
            kept = await con.fetch(_KEPT, ids)
            accepted = {row["command_id"] for row in await con.fetch(_ACCEPTED, ids)}
            due = await con.fetchval(_DUE, ids)
            behind_end = await con.fetch(_BEHIND_END, ids, sorted(FINAL))
            wrong = await accounts.wrong(con, STATUSES, sorted(FINAL), _NEVER, ids)
    finally:
        await con.close()
    unsaid = await unpublished(system, list(ids))
    await tape.catch_up()
    steps = {one: [_step(row) for row in kept if row["report_id"] == one] for one in ids}
    lives = [Life(rows[one], steps[one], list(tape.steps[one])) for one in ids]
    return Books(lives, accepted, dict(tape.refusals), due + unsaid, behind_end, wrong)


def _step(row: asyncpg.Record) -> dict[str, Any]:
    return {name: row[name] for name in _TOLD}


_ROWS = "select report_id, status, sequence, agency, next_at from router.report where report_id = any($1::uuid[])"
_KEPT = "select * from router.transition where report_id = any($1::uuid[]) order by report_id, sequence"
_ACCEPTED = """
    select command_id from router.command
     where report_id = any($1::uuid[]) and refused is null and door not like 'officer:%'"""
_DUE = "select count(*) from router.report where report_id = any($1::uuid[]) and next_at < clock_timestamp()"
# Asked of the past, too: a report that was reopened has been at its end before.
_BEHIND_END = """
    select t.report_id, t.sequence, t.status, e.clock, e.kind
      from router.transition t
     cross join lateral (select distinct on (clock) clock, kind from router.clock_event e
                          where e.report_id = t.report_id and e.sequence <= t.sequence
                          order by clock, number desc) e
     where t.report_id = any($1::uuid[]) and t.status = any($2) and e.kind <> 'stop'"""

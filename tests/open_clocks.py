"""Reports with open clocks, put into the router's tables at once, as the router itself would have begun them."""

import json
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from services.router.booking import book
from services.router.opening import begin
from services.router.rules import Rules
from shared.envelope import id_of
from tests.builders import accepted

# The clock that falls due, and how many of its steps are done: only the breach is left.
CLOCK: Final = "tanggapan-awal"
_DONE: Final = 2
_AT_ONCE: Final = 25_000


def report_ids(mark: str, count: int) -> list[UUID]:
    """The ids of the reports that `seed` makes."""
    return [id_of("open-clocks", mark, number) for number in range(count)]


async def seed(con: asyncpg.Connection, rules: Rules, mark: str, count: int, now: datetime) -> list[UUID]:
    """Reports that an agency has since `now`, each with all its clocks; time does nothing to them before `fall_due`."""
    ids = report_ids(mark, count)
    opening = begin(accepted(topic="jalan-rusak", received_at=now), rules, now)
    case = opening.kept.case
    assert case.agency, "an agency has them"
    booked = book(case.report_id, {}, opening.clock_events, 0, case.sequence, rules.calendar)
    for start in range(0, count, _AT_ONCE):
        portion = ids[start : start + _AT_ONCE]
        await con.execute(
            """insert into router.report
                      (report_id, tracking_code, status, sequence, agency, topic, hop, accepted, received_at, since,
                       acted_at, rule_id, expected_at, trace, updated_at)
               select id, id::text, $2, $3, $4, $5, 1,
                      $6::jsonb || jsonb_build_object('report_id', id, 'tracking_code', id::text),
                      $7, $7, $7, $8, $9, replace(id::text, '-', ''), $7
                 from unnest($1::uuid[]) id""",
            portion, case.status, case.sequence, case.agency, opening.decision.topic,
            opening.report.model_dump_json(by_alias=True), now, case.rule_id, case.expected_at,
        )  # fmt: skip
        await con.execute(
            """insert into router.hop (report_id, number, hop, agency, topic, decision, decided_at)
               select id, 1, 1, $2, $3, $4::jsonb, $5 from unnest($1::uuid[]) id""",
            portion, case.agency, opening.decision.topic, opening.explained.model_dump_json(), now,
        )  # fmt: skip
        await con.executemany(
            """insert into router.transition (report_id, sequence, status, previous, agency, actor, expected_at, at)
               select id, $2, $3, $4, $5, $6, $7, $8 from unnest($1::uuid[]) id""",
            [
                (portion, step.sequence, step.status, step.previous, step.agency, step.actor, step.expected_at, step.at)
                for step in opening.steps
            ],
        )
        await con.executemany(
            """insert into router.clock_event
                      (report_id, number, sequence, clock, run, kind, at, due_at, amount, rule_id, calendar_version,
                       provisional, reason, ledger, pack_version)
               select id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::jsonb, $15
                 from unnest($1::uuid[]) id""",
            [
                (
                    portion, entry.number, entry.sequence, entry.event.clock, entry.event.run, entry.event.kind,
                    entry.event.at, entry.event.due_at, str(entry.event.amount), entry.event.rule_id,
                    entry.event.calendar_version, entry.event.provisional, entry.event.reason, entry.ledger,
                    rules.pack.version,
                )
                for entry in booked
            ],
        )  # fmt: skip
        await con.executemany(
            """insert into router.clock_step
                      (report_id, clock, run, number, kind, threshold, level, notify, due_at, at, taken_at)
               select id, $2, 1, $3, 'warned', 0.75, 0, '{}', $4, $4, $4 from unnest($1::uuid[]) id""",
            [(portion, CLOCK, number, now) for number in range(1, _DONE + 1)],
        )
    return ids


async def fall_due(con: asyncpg.Connection, ids: list[UUID], at: datetime) -> None:
    """Let one clock of each report be due at `at`, all in one transaction."""
    async with con.transaction():
        await con.execute(
            "update router.clock_event set due_at = $3 where clock = $2 and report_id = any($1::uuid[])", ids, CLOCK, at
        )
        await con.execute("update router.report set next_at = $2 where report_id = any($1::uuid[])", ids, at)


def told(key: bytes | None, value: bytes | None, headers: dict[str, bytes]) -> tuple[UUID, str, str]:
    """A deadline event as it is counted: the report, the clock, and the event's own id."""
    data = json.loads(value or b"{}")
    return UUID((key or b"").decode()), data["clock"], headers["ce_id"].decode()

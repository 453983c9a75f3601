"""The SQL of reports in hand: locked, read with their books, and kept again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from services.router import store
from services.router.amounts import parse_amount
from services.router.case import Case
from services.router.cases.turn import Hop, Taken, Turn
from services.router.changes import Kept
from services.router.clocks import ClockEvent, fold
from services.router.rules import Rules
from shared.database import Connection
from shared.events import ReportAccepted

# Reports with a step that is due, of those that the desk has or of the others; by report_next_at_desk or _agency.
DUE: Final = """
    select * from router.report
     where next_at <= $1 and (next_at, report_id) > ($2, $3) and agency is {whose}
     order by next_at, report_id limit $4 for update skip locked"""


async def lock(con: Connection, ids: Sequence[UUID]) -> dict[UUID, Turn]:
    """Take reports in hand, always in the order of their ids: two who want the same wait, and never for each other."""
    rows = await con.fetch(
        "select * from router.report where report_id = any($1::uuid[]) order by report_id for update", list(ids)
    )
    return await _turns(con, rows)


async def lock_due(
    con: Connection, now: datetime, after: tuple[datetime, UUID], *, at_desk: bool, most: int
) -> list[tuple[Turn, datetime]]:
    """Take reports in hand for which time has something to do, oldest first, each with that instant.

    Those that others have in hand are left to them. `after` is the place of the last one taken.
    """
    rows = await con.fetch(
        DUE.format(whose="null" if at_desk else "not null"),
        now,
        *after,
        most,
    )
    turns = await _turns(con, rows)
    return [(turns[row["report_id"]], row["next_at"]) for row in rows]


async def _turns(con: Connection, rows: Sequence[asyncpg.Record]) -> dict[UUID, Turn]:
    if not rows:
        return {}
    ids = [row["report_id"] for row in rows]
    booked: dict[UUID, list[ClockEvent]] = {one: [] for one in ids}
    for row in await con.fetch(
        """select report_id, clock, run, kind, at, due_at, amount, rule_id, calendar_version, provisional, reason
             from router.clock_event where report_id = any($1::uuid[]) order by report_id, number""",
        ids,
    ):
        report_id, clock, run, kind, at, due_at, amount, *rest = row.values()
        booked[report_id].append(ClockEvent(clock, run, kind, at, due_at, parse_amount(amount), *rest))
    done = await con.fetch(
        """select report_id, clock, run, count(*)::int as done from router.clock_step
            where report_id = any($1::uuid[]) group by report_id, clock, run""",
        ids,
    )
    taken = {(row["report_id"], row["clock"], row["run"]): row["done"] for row in done}
    hops = await con.fetch(
        """select report_id, count(*)::int as decided, array_agg(agency) filter (where agency is not null) as agencies,
                  (array_agg(decision->>'method' order by number desc))[1] as sent_by
             from router.hop where report_id = any($1::uuid[]) group by report_id""",
        ids,
    )
    decided = {row["report_id"]: row for row in hops}
    return {row["report_id"]: _turn(row, booked[row["report_id"]], taken, decided[row["report_id"]]) for row in rows}


def _turn(
    row: asyncpg.Record,
    booked: Sequence[ClockEvent],
    taken: Mapping[tuple[UUID, str, int], int],
    hops: asyncpg.Record,
) -> Turn:
    clocks = fold(booked)
    case = Case(
        report_id=row["report_id"],
        tracking_code=row["tracking_code"],
        status=row["status"],
        reason=row["reason"],
        sequence=row["sequence"],
        agency=row["agency"],
        hop=row["hop"],
        tried=frozenset(hops["agencies"] or ()),
        since=row["since"],
        acted_at=row["acted_at"],
        received_at=row["received_at"],
        rule_id=row["rule_id"],
        expected_at=row["expected_at"],
        reopened=row["reopened"],
        extended=row["extended"],
    )
    done = {name: taken.get((case.report_id, name, clock.run), 0) for name, clock in clocks.items()}
    return Turn(
        kept=Kept(case, clocks, done),
        accepted=ReportAccepted.model_validate(row["accepted"]),
        trace=row["trace"],
        topic=row["topic"],
        booked_before=len(booked),
        decided_before=hops["decided"],
        sent_by=hops["sent_by"],
    )


async def keep(con: Connection, turns: Sequence[Turn], rules: Rules, now: datetime) -> None:
    """Keep everything that was done to the reports in hand."""
    if not turns:
        return
    await _update_reports(con, turns, rules, now)
    await store.insert_transitions(con, [step for turn in turns for step in turn.steps])
    await store.insert_clock_events(con, [entry for turn in turns for entry in turn.booked], rules.pack.version)
    await _insert_hops(con, [hop for turn in turns for hop in turn.hops], now)
    await _insert_steps(con, [taken for turn in turns for taken in turn.taken], now)


async def _update_reports(con: Connection, turns: Sequence[Turn], rules: Rules, now: datetime) -> None:
    cases = [turn.case for turn in turns]
    await con.execute(
        """update router.report r
              set status = n.status, reason = n.reason, sequence = n.sequence, agency = n.agency, topic = n.topic,
                  hop = n.hop, since = n.since, acted_at = n.acted_at, expected_at = n.expected_at,
                  reopened = n.reopened, extended = n.extended, rating = coalesce(n.rating, r.rating),
                  next_at = n.next_at, updated_at = $15
             from unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::text[], $6::text[], $7::int[],
                         $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::int[], $12::int[], $13::int[],
                         $14::timestamptz[])
               as n (report_id, status, reason, sequence, agency, topic, hop, since, acted_at, expected_at, reopened,
                     extended, rating, next_at)
            where r.report_id = n.report_id""",
        [case.report_id for case in cases],
        [case.status for case in cases],
        [case.reason for case in cases],
        [case.sequence for case in cases],
        [case.agency for case in cases],
        [turn.topic for turn in turns],
        [case.hop for case in cases],
        [case.since for case in cases],
        [case.acted_at for case in cases],
        [case.expected_at for case in cases],
        [case.reopened for case in cases],
        [case.extended for case in cases],
        [turn.rating for turn in turns],
        [turn.kept.next_at(rules) for turn in turns],
        now,
    )


async def _insert_hops(con: Connection, hops: Sequence[Hop], now: datetime) -> None:
    if not hops:
        return
    await con.execute(
        """insert into router.hop (report_id, number, hop, agency, topic, decision, decided_at)
           select o.*, $7 from unnest($1::uuid[], $2::int[], $3::int[], $4::text[], $5::text[], $6::text[]::jsonb[])
                       as o""",
        [hop.report_id for hop in hops],
        [hop.number for hop in hops],
        [hop.hop for hop in hops],
        [hop.agency for hop in hops],
        [hop.topic for hop in hops],
        [hop.decision.model_dump_json() for hop in hops],
        now,
    )


async def _insert_steps(con: Connection, taken: Sequence[Taken], now: datetime) -> None:
    if not taken:
        return
    await con.execute(
        """insert into router.clock_step
                  (report_id, clock, run, number, kind, threshold, level, due_at, at, notify, taken_at)
           select o.report_id, o.clock, o.run, o.number, o.kind, o.threshold, o.level, o.due_at, o.at,
                  string_to_array(o.notify, ' '), $11
             from unnest($1::uuid[], $2::text[], $3::int[], $4::int[], $5::text[], $6::float8[], $7::int[],
                         $8::timestamptz[], $9::timestamptz[], $10::text[])
               as o (report_id, clock, run, number, kind, threshold, level, due_at, at, notify)""",
        [one.report_id for one in taken],
        [one.clock for one in taken],
        [one.run for one in taken],
        [one.number for one in taken],
        [one.step.kind for one in taken],
        [one.step.threshold for one in taken],
        [one.step.level for one in taken],
        [one.due_at for one in taken],
        [one.at for one in taken],
        [" ".join(one.notify) for one in taken],
        now,
    )

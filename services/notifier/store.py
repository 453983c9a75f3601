"""Every SQL statement of the notifier."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.notifier.delivery import Next
from services.notifier.news import UNKNOWN, Known, News, Past
from services.notifier.planning import Message
from shared.database import Connection, Pool
from shared.events import ReportAccepted
from shared.vault import Sealed


@dataclass(frozen=True, slots=True)
class Settled:
    """A message, what follows for it, and by whom it was sent."""

    message: Message
    then: Next
    provider: str
    provider_message_id: str | None


async def reply_kinds(con: Connection, reports: Sequence[UUID]) -> Mapping[UUID, Sequence[str]]:
    """How the reporters of these reports can be told: kinds, no addresses."""
    rows = await con.fetch("select report_id, kinds from intake.reply_kinds($1)", reports)
    return {row["report_id"]: row["kinds"] for row in rows}


async def read_vault(pool: "Pool | Connection", messages: Sequence[Message]) -> Mapping[UUID, Sealed]:
    """The sealed identities behind `messages`, each reading logged with its reason; an erased one is not there."""
    rows = await pool.fetch(
        "select report_id, master_key, wrapped_key, sealed from intake.read_vault($1, $2)",
        [message.news.report_id for message in messages],
        [f"notification {message.notification_id}" for message in messages],
    )
    return {row["report_id"]: Sealed(row["master_key"], row["wrapped_key"], row["sealed"]) for row in rows}


async def insert_reports(con: Connection, reports: Sequence[ReportAccepted]) -> None:
    """Keep what messages need of `reports`; what is there already stays."""
    await con.execute(
        """insert into notifier.report
                  (report_id, language, anonymous, confidential, emergency, title, text, received_at, channel)
           select * from unnest($1::uuid[], $2::text[], $3::boolean[], $4::boolean[], $5::boolean[], $6::text[],
                                $7::text[], $8::timestamptz[], $9::text[])
           on conflict do nothing""",
        [report.report_id for report in reports],
        [report.language for report in reports],
        [report.anonymous for report in reports],
        [report.confidential for report in reports],
        [report.emergency for report in reports],
        [report.title for report in reports],
        [report.text for report in reports],
        [report.received_at for report in reports],
        [report.channel for report in reports],
    )


async def known_reports(pool: Pool, reports: Sequence[UUID]) -> Mapping[UUID, Known]:
    """What is known of those of `reports` that were heard of."""
    rows = await pool.fetch("select * from notifier.report where report_id = any($1)", reports)
    return {row["report_id"]: _known(row, row["language"]) for row in rows}


async def last_sequences(pool: Pool, reports: Sequence[UUID]) -> Mapping[UUID, int]:
    """The number of the last step that somebody was to be told of, by report."""
    rows = await pool.fetch(
        """select report_id, max(sequence) as sequence from notifier.notification -- index notification_report
            where report_id = any($1) group by report_id""",
        reports,
    )
    return {row["report_id"]: row["sequence"] for row in rows}


async def told_before(pool: Pool, reports: Collection[UUID]) -> Mapping[UUID, Sequence[Past]]:
    """Agency and public date at each step that somebody was to be told of, by report, in order."""
    rows = await pool.fetch(
        """select distinct report_id, sequence, facts ->> 'agency' as agency,
                  (facts ->> 'expected_at')::timestamptz as expected_at
             from notifier.notification -- index notification_report
            where report_id = any($1) and audience = 'reporter'
            order by report_id, sequence""",
        reports,
    )
    found: dict[UUID, list[Past]] = {}
    for row in rows:
        found.setdefault(row["report_id"], []).append(Past(row["sequence"], row["agency"], row["expected_at"]))
    return found


async def insert_messages(con: Connection, messages: Sequence[Message], now: datetime) -> set[UUID]:
    """Store `messages` that are not there yet and return their ids."""
    rows = await con.fetch(
        """insert into notifier.notification
                  (notification_id, report_id, tracking_code, sequence, audience, kind, template, language, facts,
                   trace, received_at, superseded, resend, status, reason, next_attempt_at, recipient, digest_at,
                   created_at, updated_at)
           select m.*, $19, $19 from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::text[], $6::text[],
                  $7::text[], $8::text[], $9::text[]::jsonb[], $10::text[], $11::timestamptz[], $12::boolean[],
                  $13::boolean[], $14::text[], $15::text[], $16::timestamptz[], $17::text[], $18::timestamptz[]) as m
           on conflict do nothing
           returning notification_id""",
        [message.notification_id for message in messages],
        [message.news.report_id for message in messages],
        [message.news.tracking_code for message in messages],
        [message.news.sequence for message in messages],
        [message.audience for message in messages],
        [message.kind for message in messages],
        [message.template for message in messages],
        [message.language for message in messages],
        [message.news.model_dump_json() for message in messages],
        [message.trace for message in messages],
        [message.received_at for message in messages],
        [message.superseded for message in messages],
        [message.resend for message in messages],
        ["suppressed" if message.suppressed else "created" for message in messages],
        [message.suppressed for message in messages],
        [message.due for message in messages],
        [message.recipient for message in messages],
        [message.digest_at for message in messages],
        now,
    )
    return {row["notification_id"] for row in rows}


async def supersede(con: Connection, later: Sequence[Message], now: datetime) -> Sequence[Message]:
    """Give up what is not sent yet and no longer news beside `later`; returns what was given up."""
    rows = await con.fetch(
        """update notifier.notification n -- index notification_report
              set status = 'suppressed', reason = 'superseded', next_attempt_at = null, digest_at = null,
                  updated_at = $5
             from unnest($1::uuid[], $2::int[], $3::text[], $4::text[]) as l (report_id, sequence, audience, recipient)
            where n.report_id = l.report_id and n.sequence < l.sequence and n.audience = l.audience
              and n.recipient = l.recipient and n.digest_id is null and n.superseded
              and n.status in ('created', 'temporary-failure')
           returning n.*""",
        [message.news.report_id for message in later],
        [message.news.sequence for message in later],
        [message.audience for message in later],
        [message.recipient for message in later],
        now,
    )
    return [message_of(row, UNKNOWN) for row in rows]


async def drop_old_news(con: Connection, now: datetime) -> Sequence[Message]:
    """Give up what is due and no longer news: it was being tried when the later news came, and was not sent."""
    rows = await con.fetch(
        """update notifier.notification
              set status = 'suppressed', reason = 'superseded', next_attempt_at = null, updated_at = $1
            where notification_id = any (array(
                  select notification_id from notifier.notification n -- index notification_due
                   where next_attempt_at <= $1 and superseded and status in ('created', 'temporary-failure')
                     and exists (
                         select from notifier.notification l -- index notification_report
                          where l.report_id = n.report_id and l.sequence > n.sequence and l.audience = n.audience
                            and l.recipient = n.recipient)
                     for update skip locked))
           returning *""",
        now,
    )
    return [message_of(row, UNKNOWN) for row in rows]


async def claim(pool: "Pool | Connection", kind: str, now: datetime, lease: datetime, most: int) -> Sequence[Message]:
    """Take up to `most` messages of `kind` that are due, oldest first, for this instance until `lease`.

    Committed before any provider is called: after a crash a message is known to have been tried. A message waits while
    an earlier one about the same report to the same audience is not settled: they arrive in order.
    """
    rows = await pool.fetch(
        """with taken as (
           update notifier.notification
              set status = 'sending', attempt = attempt + 1, next_attempt_at = $2, updated_at = $1
            where notification_id = any (array(
                  select notification_id from notifier.notification n -- index notification_waiting
                   where kind = $4 and next_attempt_at <= $1 and status <> 'sending'
                     and not exists (
                         select from notifier.notification e -- index notification_report
                          where e.report_id = n.report_id and e.sequence < n.sequence and e.audience = n.audience
                            and e.recipient = n.recipient and e.next_attempt_at is not null)
                   order by next_attempt_at limit $3
                     for update skip locked))
           returning *)
           select taken.*, r.language as known_language, r.anonymous, r.confidential, r.emergency, r.title, r.text,
                  r.channel
             from taken left join notifier.report r using (report_id)
            order by taken.created_at, taken.sequence""",
        now,
        lease,
        most,
        kind,
    )
    return [message_of(row, known_beside(row)) for row in rows]


async def count_due(pool: Pool, now: datetime) -> int:
    """How many messages wait to be sent."""
    due: int = await pool.fetchval(
        """select count(*) from notifier.notification -- index notification_waiting
            where next_attempt_at <= $1 and status <> 'sending'""",
        now,
    )
    return due


async def abandon(con: Connection, now: datetime) -> Sequence[Message]:
    """Messages whose sender died between the attempt and its result: nobody knows, and that is what they say now."""
    rows = await con.fetch(
        """update notifier.notification
              set status = 'unknown', reason = 'sender-died', updated_at = $1,
                  next_attempt_at = case when resend then $1 end
            where notification_id = any (array(
                  select notification_id from notifier.notification -- index notification_sending
                   where next_attempt_at <= $1 and status = 'sending' for update skip locked))
           returning *""",
        now,
    )
    return [message_of(row, UNKNOWN) for row in rows]


async def settle(con: Connection, done: Sequence[Settled], now: datetime) -> set[UUID]:
    """Keep the results of attempts and return the ids of those kept: one taken for lost meanwhile stays as it is."""
    rows = await con.fetch(
        """update notifier.notification n
              set status = s.status, reason = s.reason, attempt = s.attempt, next_attempt_at = s.due,
                  provider = s.provider, provider_message_id = s.provider_message_id, updated_at = $8
             from unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::timestamptz[], $6::text[], $7::text[])
                  as s (notification_id, status, reason, attempt, due, provider, provider_message_id)
            where n.notification_id = s.notification_id and n.status = 'sending'
           returning n.notification_id""",
        [one.message.notification_id for one in done],
        [one.then.status for one in done],
        [one.then.reason for one in done],
        [one.then.attempt for one in done],
        [one.then.due for one in done],
        [one.provider for one in done],
        [one.provider_message_id for one in done],
        now,
    )
    return {row["notification_id"] for row in rows}


def message_of(row: asyncpg.Record, known: Known) -> Message:
    """A row of notifier.notification as a message."""
    return Message(
        notification_id=row["notification_id"],
        news=News.model_validate(row["facts"]),
        known=known,
        audience=row["audience"],
        kind=row["kind"],
        template=row["template"],
        language=row["language"],
        trace=row["trace"],
        received_at=row["received_at"],
        suppressed=None,
        superseded=row["superseded"],
        resend=row["resend"],
        attempt=row["attempt"],
        recipient=row["recipient"],
    )


def known_beside(row: asyncpg.Record) -> Known:
    """What is known of a report, from a row that has its columns; `language` as `known_language`."""
    return UNKNOWN if row["text"] is None else _known(row, row["known_language"])


def _known(row: asyncpg.Record, language: str) -> Known:
    return Known(
        language, row["anonymous"], row["confidential"], row["emergency"], row["title"], row["text"], row["channel"]
    )

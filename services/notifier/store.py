"""SQL of reports and of the messages that are planned; each room has a store of its own."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from services.notifier.news import UNKNOWN, Known, News, Past
from services.notifier.planning import Message
from shared.database import Connection, Pool
from shared.events import ReportAccepted


async def reply_kinds(con: Connection, reports: Sequence[UUID]) -> Mapping[UUID, Sequence[str]]:
    """How the reporters of these reports can be told: kinds, no addresses."""
    rows = await con.fetch("select report_id, kinds from intake.reply_kinds($1)", reports)
    return {row["report_id"]: row["kinds"] for row in rows}


async def insert_reports(con: "Pool | Connection", reports: Sequence[ReportAccepted]) -> None:
    """Keep what messages need of `reports`; what is there already stays."""
    await con.execute(
        """insert into notifier.report
                  (report_id, language, anonymous, confidential, emergency, title, text, received_at, channel, details)
           select new.*, coalesce(d.details, '{}')
             from unnest($1::uuid[], $2::text[], $3::boolean[], $4::boolean[], $5::boolean[], $6::text[],
                         $7::text[], $8::timestamptz[], $9::text[])
                  as new (report_id, language, anonymous, confidential, emergency, title, text, received_at, channel)
             left join intake.details($1) d using (report_id)
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


async def replies(
    pool: Pool, wanted: Collection[tuple[UUID, datetime]], within: timedelta
) -> Mapping[tuple[UUID, datetime], str | None]:
    """What the reporter said with each of these steps (report, instant): the reply nearest to it `within` a time."""
    rows = await pool.fetch(
        """select step.report_id, step.at, said.text
             from unnest($1::uuid[], $2::timestamptz[]) as step (report_id, at)
            cross join lateral (
                  select r.text from intake.replies(array[step.report_id]) r
                   where r.action in ('answer', 'reopen')
                     and r.at between step.at - $3::interval and step.at + $3::interval
                   order by greatest(r.at - step.at, step.at - r.at) limit 1) said""",
        [report for report, _ in wanted],
        [at for _, at in wanted],
        within,
    )
    return {(row["report_id"], row["at"]): row["text"] for row in rows}


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
    """Store `messages` and return the ids of those that are new.

    Each event tells one person once, whatever is known of the report when it comes again (index notification_report).
    """
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
        """update notifier.notification n
              set status = 'suppressed', reason = 'superseded', next_attempt_at = null, digest_at = null,
                  updated_at = $5
             from unnest($1::uuid[], $2::int[], $3::text[], $4::text[]) as l (report_id, sequence, audience, recipient)
            cross join lateral ( -- report by report, index notification_report; never all that waits against all of `l`
                  select o.notification_id from notifier.notification o
                   where o.report_id = l.report_id and o.audience = l.audience and o.recipient = l.recipient
                     and o.sequence < l.sequence and o.superseded
                  offset 0) old
            where n.notification_id = old.notification_id and n.digest_id is null
              and n.status in ('created', 'temporary-failure')
              and (n.next_attempt_at is not null or n.digest_at is not null)
           returning n.*""",
        [message.news.report_id for message in later],
        [message.news.sequence for message in later],
        [message.audience for message in later],
        [message.recipient for message in later],
        now,
    )
    return [message_of(row, UNKNOWN) for row in rows]


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
        turn=row["turn"],
        recipient=row["recipient"],
    )


def known_beside(row: asyncpg.Record) -> Known:
    """What is known of a report, from a row that has its columns; `language` as `known_language`."""
    return UNKNOWN if row["text"] is None else _known(row, row["known_language"])


def _known(row: asyncpg.Record, language: str) -> Known:
    details = row["details"]
    # A customer's number names who asked not to be named.
    attributes = {} if row["anonymous"] else details.get("attributes", {})
    return Known(
        language, row["anonymous"], row["confidential"], row["emergency"], row["title"], row["text"], row["channel"],
        address=details.get("address", ""),
        attributes="; ".join([f"{name}: {value}" for name, value in attributes.items()]),
        attachments=" ".join([attachment["url"] for attachment in details.get("attachments", ())]),
    )  # fmt: skip

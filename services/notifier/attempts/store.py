"""SQL of attempts: what is due is claimed, tried, and settled."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.notifier.delivery import Next
from services.notifier.news import UNKNOWN
from services.notifier.planning import Message
from services.notifier.store import known_beside, message_of
from shared.database import Connection, Pool


@dataclass(frozen=True, slots=True)
class Settled:
    """A message, what follows for it, and by whom it was sent."""

    message: Message
    then: Next
    provider: str
    provider_message_id: str | None
    bound: str | None = None  # the provider, where it may have the message and can tell a repeat
    receipt_by: datetime | None = None  # until when it should tell what became of it


@dataclass(frozen=True, slots=True)
class Due:
    """A message that can be sent, who tried it last, and who alone may send it, if anybody."""

    notification_id: UUID
    provider: str | None
    bound: str | None


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


async def claim(
    con: Connection,
    kind: str,
    providers: Sequence[str],
    deal: Callable[[Sequence[Due]], Mapping[UUID, str]],
    now: datetime,
    lease: datetime,
    most: int,
) -> Sequence[tuple[Message, str]]:
    """Take up to `most` messages of `kind` that are due, oldest first, for this instance until `lease`.

    `deal` gives each to one of the `providers` that take messages now; what it leaves out stays. To be committed before
    any provider is called: after a crash a message is known to have been tried, and by whom. A message waits while an
    earlier one about the same report to the same recipient is not settled: they arrive in order. One that was tried
    before and is no longer news stays for `drop_old_news`.
    """
    # Read in the order of the index, so far as is taken; a bitmap would read all that waits, each time.
    await con.execute("set local enable_bitmapscan = off")
    rows = await con.fetch(
        """select notification_id, provider, bound from notifier.notification n -- index notification_waiting
            where kind = $4 and next_attempt_at <= $1 and status <> 'sending'
              and (bound is null or bound = any($2))
              and (provider is null or not superseded or not exists (
                  select from notifier.notification l -- index notification_report
                   where l.report_id = n.report_id and l.sequence > n.sequence and l.audience = n.audience
                     and l.recipient = n.recipient))
              and not exists (
                  select from notifier.notification e -- index notification_report
                   where e.report_id = n.report_id and e.sequence < n.sequence and e.audience = n.audience
                     and e.recipient = n.recipient and e.next_attempt_at is not null)
            order by next_attempt_at limit $3
              for update skip locked""",
        now,
        providers,
        most,
        kind,
    )
    dealt = deal([Due(*row) for row in rows])
    taken = await _take(con, dealt, now, lease) if dealt else []
    return [(message_of(row, known_beside(row)), row["provider"]) for row in taken]


async def _take(con: Connection, dealt: Mapping[UUID, str], now: datetime, lease: datetime) -> Sequence[asyncpg.Record]:
    rows: Sequence[asyncpg.Record] = await con.fetch(
        """with taken as (
           update notifier.notification n
              set status = 'sending', attempt = attempt + 1, next_attempt_at = $4, updated_at = $3,
                  provider = d.provider
             from unnest($1::uuid[], $2::text[]) as d (notification_id, provider)
            where n.notification_id = d.notification_id
           returning n.*)
           select taken.*, r.language as known_language, r.anonymous, r.confidential, r.emergency, r.title, r.text,
                  r.channel, r.details
             from taken left join notifier.report r using (report_id)
            order by taken.created_at, taken.sequence""",
        list(dealt),
        list(dealt.values()),
        now,
        lease,
    )
    return rows


async def count_due(pool: Pool, now: datetime) -> int:
    """How many messages wait to be sent."""
    due: int = await pool.fetchval(
        """select count(*) from notifier.notification -- index notification_waiting
            where next_attempt_at <= $1 and status <> 'sending'""",
        now,
    )
    return due


async def abandon(con: Connection, asked: Sequence[str], now: datetime) -> Sequence[tuple[Message, str]]:
    """Messages whose sender died between the attempt and its result: nobody knows, and that is what they say now.

    Sent again where the table says so, and by those providers that tell a repeat: `asked`. Each with its provider.
    """
    rows = await con.fetch(
        """update notifier.notification
              set status = 'unknown', reason = 'sender-died', updated_at = $1,
                  next_attempt_at = case when resend or provider = any($2) then $1 end,
                  bound = case when provider = any($2) then provider else bound end
            where notification_id = any (array(
                  select notification_id from notifier.notification -- index notification_sending
                   where next_attempt_at <= $1 and status = 'sending' for update skip locked))
           returning *""",
        now,
        asked,
    )
    return [(message_of(row, UNKNOWN), row["provider"]) for row in rows]


async def settle(con: Connection, done: Sequence[Settled], now: datetime) -> set[UUID]:
    """Keep the results of attempts and return the ids of those kept: one taken for lost meanwhile stays as it is.

    Found by the primary key: what notification_sending holds is mostly dead, as each message is there but for a moment.
    """
    rows = await con.fetch(
        """update notifier.notification n
              set status = s.status, reason = s.reason, attempt = s.attempt, next_attempt_at = s.due,
                  provider = s.provider, provider_message_id = s.provider_message_id, updated_at = $8,
                  bound = coalesce(s.bound, n.bound), receipt_by = s.receipt_by,
                  turn = n.turn + (s.status = 'temporary-failure')::int
             from unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::timestamptz[], $6::text[], $7::text[],
                         $9::text[], $10::timestamptz[])
                  as s (notification_id, status, reason, attempt, due, provider, provider_message_id, bound, receipt_by)
            where n.notification_id = s.notification_id and n.status || '' = 'sending'
           returning n.notification_id""",
        [one.message.notification_id for one in done],
        [one.then.status for one in done],
        [one.then.reason for one in done],
        [one.then.attempt for one in done],
        [one.then.due for one in done],
        [one.provider for one in done],
        [one.provider_message_id for one in done],
        now,
        [one.bound for one in done],
        [one.receipt_by for one in done],
    )
    return {row["notification_id"] for row in rows}

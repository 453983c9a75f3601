"""Every SQL statement of receipts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.notifier.delivery import Next
from services.notifier.news import UNKNOWN
from services.notifier.planning import Message
from services.notifier.receipts.format import Receipt
from services.notifier.receipts.judging import Standing
from services.notifier.store import message_of
from shared.database import Connection, Pool


@dataclass(frozen=True, slots=True)
class Match:
    """A kept receipt with the message that it is about, and since when that stands as it does."""

    receipt_id: int
    receipt: Receipt
    message: Message
    standing: Standing
    provider: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """What a message becomes, and until when a receipt is awaited."""

    notification_id: UUID
    then: Next
    provider_message_id: str | None
    receipt_by: datetime | None


async def keep(con: Connection, receipts: Sequence[Receipt], now: datetime) -> Sequence[int]:
    """Store `receipts`, in order, and return their numbers; one that is there already keeps its own."""
    rows = await con.fetch(
        """insert into notifier.receipt (provider, provider_message_id, notification_id, status, reason, came_at)
           select r.*, $6 from unnest($1::text[], $2::text[], $3::uuid[], $4::text[], $5::text[]) as r
           on conflict (provider, provider_message_id, status) do update set reason = excluded.reason
           returning receipt_id""",
        [receipt.provider for receipt in receipts],
        [receipt.provider_message_id for receipt in receipts],
        [receipt.notification_id for receipt in receipts],
        [receipt.status for receipt in receipts],
        [receipt.reason for receipt in receipts],
        now,
    )
    return [row["receipt_id"] for row in rows]


async def match(con: Connection, receipts: Sequence[int]) -> Sequence[Match]:
    """Those of the kept `receipts` that fit a message, which is locked, in the order in which they came.

    What a digest told has the digest's name at the provider, and follows the digest.
    """
    rows = await con.fetch(
        """with fitting as (
               select r.receipt_id, n.notification_id
                 from notifier.receipt r join notifier.notification n on n.notification_id = r.notification_id
                where r.receipt_id = any($1)
                union
               select r.receipt_id, n.notification_id -- index notification_at_provider
                 from notifier.receipt r
                 join notifier.notification n
                   on n.provider = r.provider and n.provider_message_id = r.provider_message_id
                where r.receipt_id = any($1) and r.notification_id is null and n.digest_id is null)
           select r.receipt_id, r.provider as said_by, r.provider_message_id as said_of, r.notification_id as named,
                  r.status as said, r.reason as why, n.*
             from fitting f
             join notifier.receipt r using (receipt_id)
             join notifier.notification n on n.notification_id = f.notification_id
            order by n.notification_id, r.receipt_id
              for update of n""",
        receipts,
    )
    return [_match(row) for row in rows]


async def waiting(con: Connection, since: datetime, most: int) -> Sequence[int]:
    """Kept receipts that came after `since` and fit a message by now."""
    rows = await con.fetch(
        """select r.receipt_id from notifier.receipt r -- index receipt_came
            where r.came_at >= $1 and exists (
                  select from notifier.notification n
                   where n.notification_id = r.notification_id and n.status <> 'sending'
                     and not (n.status = 'created' and n.attempt = 0)
                   union all
                  select from notifier.notification n -- index notification_at_provider
                   where r.notification_id is null and n.provider = r.provider
                     and n.provider_message_id = r.provider_message_id and n.status <> 'sending'
                     and n.digest_id is null)
            order by r.receipt_id limit $2""",
        since,
        most,
    )
    return [row["receipt_id"] for row in rows]


async def change(con: Connection, changes: Sequence[Change], now: datetime) -> None:
    """Put messages into the states that receipts put them in."""
    await con.execute(
        """update notifier.notification n
              set status = c.status, reason = c.reason, next_attempt_at = c.due, updated_at = $7,
                  receipt_by = c.receipt_by,
                  provider_message_id = coalesce(c.provider_message_id, n.provider_message_id),
                  turn = n.turn + (c.status = 'temporary-failure')::int
             from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::timestamptz[])
                  as c (notification_id, status, reason, due, provider_message_id, receipt_by)
            where n.notification_id = c.notification_id""",
        [one.notification_id for one in changes],
        [one.then.status for one in changes],
        [one.then.reason for one in changes],
        [one.then.due for one in changes],
        [one.provider_message_id for one in changes],
        [one.receipt_by for one in changes],
        now,
    )


async def drop(con: Connection, receipts: Sequence[int]) -> None:
    """Forget receipts that have been taken account of."""
    await con.execute("delete from notifier.receipt where receipt_id = any($1)", receipts)


async def drop_before(con: Connection, then: datetime) -> None:
    """Forget receipts that came before `then` and never fitted."""
    await con.execute("delete from notifier.receipt where came_at < $1 -- index receipt_came", then)


async def silent(con: Connection, now: datetime, most: int) -> Sequence[tuple[Message, str]]:
    """Messages of which no receipt came in time, given up as not delivered; each with its provider."""
    rows = await con.fetch(
        """update notifier.notification
              set status = 'temporary-failure', reason = 'no-receipt', receipt_by = null, updated_at = $1
            where notification_id = any (array(
                  select notification_id from notifier.notification -- index notification_awaited
                   where receipt_by <= $1 and status = 'sent' order by receipt_by limit $2 for update skip locked))
           returning *""",
        now,
        most,
    )
    return [(message_of(row, UNKNOWN), row["provider"]) for row in rows]


async def count_unmatched(pool: Pool, before: datetime) -> int:
    """How many receipts came before then and fit no message."""
    found: int = await pool.fetchval("select count(*) from notifier.receipt where came_at < $1", before)
    return found


def _match(row: asyncpg.Record) -> Match:
    return Match(
        row["receipt_id"],
        Receipt(row["said_by"], row["said_of"], row["named"], row["said"], row["why"]),
        message_of(row, UNKNOWN),
        Standing(row["status"], row["attempt"], row["provider_message_id"]),
        row["provider"],
        row["updated_at"],
    )

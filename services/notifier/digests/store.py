"""SQL of digests."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from services.notifier.digests.digest import Window
from services.notifier.news import UNKNOWN
from services.notifier.planning import Message
from services.notifier.store import known_beside, message_of
from shared.database import Connection


async def is_mine(con: Connection) -> bool:
    """Whether this transaction gathers; another instance does where not."""
    return bool(await con.fetchval("select pg_try_advisory_xact_lock(hashtext('notifier.digest'))"))


async def ended(con: Connection, now: datetime, most: int) -> Sequence[Window]:
    """Windows that have ended and hold something, the oldest first."""
    rows = await con.fetch(
        """select audience, recipient, kind, digest_at from notifier.notification -- index notification_for_digest
            where digest_at <= $1 group by 1, 2, 3, 4 order by digest_at limit $2""",
        now,
        most,
    )
    return [Window(*row) for row in rows]


async def waiting(con: Connection, window: Window) -> Sequence[tuple[Message, bool]]:
    """What waits in a window, locked, each with whether its report has moved on: then it is no news any more."""
    rows = await con.fetch(
        """select n.*, r.language as known_language, r.anonymous, r.confidential, r.emergency, r.title, r.text,
                  r.channel, r.details,
                  n.superseded and exists (
                      select from notifier.notification l -- index notification_report
                       where l.report_id = n.report_id and l.sequence > n.sequence and l.audience = 'reporter'
                         and l.facts ->> 'event' <> 'in_progress' and l.facts ->> 'clock' is null) as moved_on
             from notifier.notification n left join notifier.report r using (report_id)
            where n.digest_at = $1 and n.audience = $2 and n.recipient = $3 and n.kind = $4 and n.status = 'created'
            order by n.created_at, n.notification_id
              for update of n""",
        window.ends,
        window.audience,
        window.recipient,
        window.kind,
    )
    return [(message_of(row, known_beside(row)), row["moved_on"]) for row in rows]


async def keep(con: Connection, digest_id: UUID, told: Sequence[Message], now: datetime) -> None:
    """Mark `told` as told by the digest, whose message is stored in the same transaction."""
    await con.execute("insert into notifier.digest (digest_id, followed, made_at) values ($1, 'created', $2)",
                      digest_id, now)  # fmt: skip
    await con.execute(
        """update notifier.notification set digest_id = $1, digest_at = null, updated_at = $3
            where notification_id = any ($2)""",
        digest_id,
        [message.notification_id for message in told],
        now,
    )


async def let_go(con: Connection, old: Sequence[Message], now: datetime) -> None:
    """Give up what is no news any more."""
    await con.execute(
        """update notifier.notification
              set status = 'suppressed', reason = 'superseded', digest_at = null, updated_at = $2
            where notification_id = any ($1)""",
        [message.notification_id for message in old],
        now,
    )


async def put_off(con: Connection, late: Sequence[Message], until: datetime) -> None:
    """Have what came too late for its window told with the next one."""
    await con.execute(
        "update notifier.notification set digest_at = $2 where notification_id = any ($1)",
        [message.notification_id for message in late],
        until,
    )


async def follow(con: Connection, since: datetime, now: datetime) -> Sequence[tuple[Message, asyncpg.Record]]:
    """Give what a digest told the digest's own state, where that changed; returns each with its row."""
    rows = await con.fetch(
        """with turned as (
               update notifier.digest g set followed = d.status
                 from notifier.notification d
                where d.notification_id = g.digest_id and g.made_at > $1 -- index digest_age
                  and d.status not in ('created', 'sending') and d.status <> g.followed
               returning g.digest_id, d.status, d.reason, d.attempt, d.provider, d.provider_message_id)
           update notifier.notification n -- index notification_in_digest
              set status = t.status, reason = t.reason, attempt = t.attempt, provider = t.provider,
                  provider_message_id = t.provider_message_id, updated_at = $2
             from turned t
            where n.digest_id = t.digest_id and n.status <> 'suppressed'
           returning n.*""",
        since,
        now,
    )
    return [(message_of(row, UNKNOWN), row) for row in rows]

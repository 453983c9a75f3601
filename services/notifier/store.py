"""Every SQL statement of the notifier."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from services.notifier.delivery import Next
from services.notifier.planning import Message
from shared.database import Connection, Pool
from shared.events import StatusChanged
from shared.vault import Sealed


async def reply_kinds(con: Connection, reports: Sequence[UUID]) -> Mapping[UUID, Sequence[str]]:
    """How the reporters of these reports can be told: kinds, no addresses."""
    rows = await con.fetch("select report_id, kinds from intake.reply_kinds($1)", reports)
    return {row["report_id"]: row["kinds"] for row in rows}


async def read_vault(pool: Pool, messages: Sequence[Message]) -> Mapping[UUID, Sealed]:
    """The sealed identities behind `messages`, each reading logged with its reason; an erased one is not there."""
    rows = await pool.fetch(
        "select report_id, master_key, wrapped_key, sealed from intake.read_vault($1, $2)",
        [message.step.report_id for message in messages],
        [f"notification {message.notification_id}" for message in messages],
    )
    return {row["report_id"]: Sealed(row["master_key"], row["wrapped_key"], row["sealed"]) for row in rows}


async def insert_messages(con: Connection, messages: Sequence[Message], now: datetime) -> set[UUID]:
    """Store `messages` that are not there yet and return their ids; those to be sent are due at once."""
    rows = await con.fetch(
        """insert into notifier.notification
                  (notification_id, report_id, tracking_code, sequence, audience, kind, template, language, facts,
                   trace, received_at, status, reason, next_attempt_at, created_at, updated_at)
           select m.*, $13, $13 from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::text[], $6::text[],
                  $7::text[], $8::text[], $9::text[]::jsonb[], $10::text[], $11::timestamptz[], $12::text[],
                  $14::text[], $15::timestamptz[]) as m
           on conflict do nothing
           returning notification_id""",
        [message.notification_id for message in messages],
        [message.step.report_id for message in messages],
        [message.step.tracking_code for message in messages],
        [message.step.sequence for message in messages],
        [message.audience for message in messages],
        [message.kind for message in messages],
        [message.template for message in messages],
        [message.language for message in messages],
        [message.step.model_dump_json() for message in messages],
        [message.trace for message in messages],
        [message.received_at for message in messages],
        ["suppressed" if message.suppressed else "created" for message in messages],
        now,
        [message.suppressed for message in messages],
        [None if message.suppressed else now for message in messages],
    )
    return {row["notification_id"] for row in rows}


async def claim(pool: Pool, now: datetime, lease: datetime, most: int) -> Sequence[Message]:
    """Take up to `most` messages that are due, oldest first, for this instance until `lease`.

    Committed before any provider is called: after a crash a message is known to have been tried.
    """
    rows = await pool.fetch(
        """update notifier.notification
              set status = 'sending', attempt = attempt + 1, next_attempt_at = $2, updated_at = $1
            where notification_id = any (array(
                  select notification_id from notifier.notification -- index notification_due
                   where next_attempt_at <= $1 and status in ('created', 'temporary-failure')
                   order by next_attempt_at limit $3
                     for update skip locked))
           returning *""",
        now,
        lease,
        most,
    )
    return [_message(row) for row in sorted(rows, key=lambda row: (row["created_at"], row["sequence"]))]


async def count_due(pool: Pool, now: datetime) -> int:
    """How many messages wait to be sent."""
    due: int = await pool.fetchval(
        """select count(*) from notifier.notification -- index notification_due
            where next_attempt_at <= $1 and status in ('created', 'temporary-failure')""",
        now,
    )
    return due


async def abandon(con: Connection, now: datetime) -> Sequence[Message]:
    """Messages whose sender died between the attempt and its result: nobody knows, and that is what they say now."""
    rows = await con.fetch(
        """update notifier.notification
              set status = 'unknown', reason = 'sender-died', next_attempt_at = null, updated_at = $1
            where notification_id = any (array(
                  select notification_id from notifier.notification -- index notification_due
                   where next_attempt_at <= $1 and status = 'sending' for update skip locked))
           returning *""",
        now,
    )
    return [_message(row) for row in rows]


async def settle(con: Connection, message: Message, then: Next, provider: str, provider_id: str | None) -> None:
    """Keep the result of an attempt, unless it was taken for lost meanwhile."""
    await con.execute(
        """update notifier.notification
              set status = $2, reason = $3, attempt = $4, next_attempt_at = $5, provider = $6,
                  provider_message_id = $7, updated_at = now()
            where notification_id = $1 and status = 'sending'""",
        message.notification_id,
        then.status,
        then.reason,
        then.attempt,
        then.due,
        provider,
        provider_id,
    )


def _message(row: asyncpg.Record) -> Message:
    return Message(
        notification_id=row["notification_id"],
        step=StatusChanged.model_validate(row["facts"]),
        audience=row["audience"],
        kind=row["kind"],
        template=row["template"],
        language=row["language"],
        trace=row["trace"],
        received_at=row["received_at"],
        suppressed=None,
        attempt=row["attempt"],
    )

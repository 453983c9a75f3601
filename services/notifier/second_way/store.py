"""Every SQL statement of the second way."""

from collections.abc import Sequence
from uuid import UUID

from services.notifier.planning import Message
from shared.database import Connection


async def are_second(con: Connection, messages: Sequence[UUID]) -> set[UUID]:
    """Those of `messages` that already stand for another: there is no third way."""
    rows = await con.fetch(
        """select notification_id from notifier.notification
            where notification_id = any($1) and instead_of is not null""",
        messages,
    )
    return {row["notification_id"] for row in rows}


async def insert(con: Connection, instead_of: Sequence[UUID], seconds: Sequence[Message]) -> set[UUID]:
    """Store `seconds`, each as the message that it stands for, where they are not there yet; returns their ids."""
    rows = await con.fetch(
        """insert into notifier.notification
                  (notification_id, report_id, tracking_code, sequence, audience, kind, template, language, facts,
                   trace, superseded, resend, status, reason, next_attempt_at, recipient, created_at, updated_at,
                   instead_of)
           select s.id, n.report_id, n.tracking_code, n.sequence, n.audience, s.kind, n.template, n.language, n.facts,
                  n.trace, n.superseded, n.resend, 'created', null, s.due, n.recipient, n.updated_at, n.updated_at,
                  n.notification_id
             from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[]) as s (first, id, kind, due)
             join notifier.notification n on n.notification_id = s.first
           on conflict do nothing
           returning notification_id""",
        instead_of,
        [message.notification_id for message in seconds],
        [message.kind for message in seconds],
        [message.due for message in seconds],
    )
    return {row["notification_id"] for row in rows}

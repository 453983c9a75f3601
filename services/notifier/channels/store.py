"""SQL of messages that channels deliver by themselves."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notifier.channels.answers import Standing
from services.notifier.delivery import Next
from services.notifier.planning import Message
from services.notifier.store import known_beside, message_of
from shared.database import Connection


@dataclass(frozen=True, slots=True)
class Answered:
    """A message, what a bot's answer makes of it, and the bot's own id of it."""

    message: Message
    then: Next
    provider_message_id: str | None


async def lock(con: Connection, notifications: Collection[UUID]) -> Mapping[UUID, tuple[Message, Standing]]:
    """Those of `notifications` that a channel delivers, locked in one order."""
    rows = await con.fetch(
        """select n.*, r.language as known_language, r.anonymous, r.confidential, r.emergency, r.title, r.text,
                  r.channel, r.details
             from notifier.notification n left join notifier.report r using (report_id)
            where n.notification_id = any ($1) and n.kind = 'channel'
            order by n.notification_id
              for update of n""",
        notifications,
    )
    return {
        row["notification_id"]: (
            message_of(row, known_beside(row)),
            Standing(row["status"], row["attempt"], row["provider_message_id"]),
        )
        for row in rows
    }


async def settle(con: Connection, answered: Sequence[Answered], now: datetime) -> None:
    """Keep what bots answered."""
    await con.executemany(
        """update notifier.notification
              set status = $2, reason = $3, next_attempt_at = $4, updated_at = $6,
                  receipt_by = case when $2 = 'sent' then receipt_by end,
                  provider_message_id = coalesce($5, provider_message_id)
            where notification_id = $1""",
        [
            (one.message.notification_id, one.then.status, one.then.reason, one.then.due, one.provider_message_id, now)
            for one in answered
        ],
    )

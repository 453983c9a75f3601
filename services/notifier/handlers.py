"""The notifier's way of a step: reports.status -> plan -> one transaction; the sender does the rest."""

from collections.abc import Sequence
from datetime import UTC, datetime

from services.notifier import store
from services.notifier.messages import Messages
from services.notifier.planning import Message, outcome, plan
from services.notifier.sending import Sender
from shared import kinds, metrics
from shared.database import Pool
from shared.envelope import Event, Record, announce, received_at_of, trace_of
from shared.events import StatusChanged
from shared.outbox import Outbox
from shared.reading import read


class Steps:
    """The handler of `reports.status`."""

    def __init__(self, messages: Messages, sender: Sender, pool: Pool, outbox: Outbox) -> None:
        self._messages = messages
        self._sender = sender
        self._pool = pool
        self._outbox = outbox

    async def __call__(self, batch: Sequence[Record]) -> None:
        """Each step is planned once, whatever arrives twice."""
        steps, letters = read(batch, kinds.STATUS_CHANGED, StatusChanged, "notifier")
        told = [(record, step) for record, step in steps if self._messages.for_status(step.status)]
        now = datetime.now(UTC)
        async with self._pool.acquire() as con, con.transaction():
            ways = await store.reply_kinds(con, [step.report_id for _, step in told]) if told else {}
            planned = {
                message.notification_id: message
                for record, step in told
                for message in plan(
                    step,
                    ways.get(step.report_id, ()),
                    self._messages,
                    trace_of(record, step.report_id),
                    received_at_of(record),
                )
            }
            fresh = await store.insert_messages(con, list(planned.values()), now)
            held = [message for key, message in planned.items() if key in fresh and message.suppressed]
            await self._outbox.add(con, [*(_suppressed(message, now) for message in held), *letters])
        for message in held:
            metrics.NOTIFICATIONS.labels(message.kind, "suppressed").inc()
        self._sender.wake()
        await self._outbox.flush()


def _suppressed(message: Message, now: datetime) -> Event:
    data = outcome(message, "suppressed", message.suppressed, now, None)
    cause = (message.notification_id, 0, "suppressed")
    return announce(kinds.NOTIFICATION_OUTCOME, message.step.report_id, cause, data, now, message.trace)

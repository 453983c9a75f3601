"""The second way of a message, taken in the transaction that says that the first one failed."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from services.notifier import store
from services.notifier.messages import Messages
from services.notifier.planning import Message
from services.notifier.second_way import store as rows
from services.notifier.second_way.choosing import second_way
from shared import log
from shared.database import Connection

_log = log.get("notifier")


class SecondWay:
    """Plans again by another kind; `kinds` are those that can be sent, `wake` tells that something is due."""

    def __init__(self, messages: Messages, kinds: Collection[str], wake: Callable[[], None]) -> None:
        self.wake = wake
        self._messages = messages
        self._kinds = kinds

    async def take(self, con: Connection, failed: Sequence[tuple[Message, str | None]], now: datetime) -> int:
        """Store the second messages of `failed`, each with the reason of its failure; returns how many there are."""
        failed = [one for one in failed if one[0].audience == "reporter"]
        if not failed:
            return 0
        ways = await store.reply_kinds(con, [message.news.report_id for message, _ in failed])
        second = await rows.are_second(con, [message.notification_id for message, _ in failed])
        found = [
            (message, chosen)
            for message, reason in failed
            if message.notification_id not in second
            and (
                chosen := second_way(
                    message, ways.get(message.news.report_id, ()), self._messages, self._kinds, reason, now
                )
            )
        ]
        if not found:
            return 0
        fresh = await rows.insert(con, [message.notification_id for message, _ in found], [one for _, one in found])
        for message, chosen in found:
            _log.info(
                "notification.second-way",
                report_id=str(message.news.report_id),
                trace_id=message.trace,
                notification_id=str(chosen.notification_id),
                kind=chosen.kind,
            )
        return len(fresh)

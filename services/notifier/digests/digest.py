"""Many warnings of one office as one message. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from services.notifier.messages import Messages
from services.notifier.news import DIGEST, UNKNOWN, Item, News
from services.notifier.planning import Message
from shared.envelope import id_of

# Longer lists are read by nobody, and mail programs cut long mails: the rest is counted.
MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Window:
    """What is told together: to whom, by which kind, and when the time of gathering ended."""

    audience: str
    recipient: str
    kind: str
    ends: datetime

    @property
    def digest_id(self) -> UUID:
        """The same window gives the same digest, however often it is gathered."""
        return id_of("digest", self.audience, self.recipient, self.kind, self.ends.astimezone(UTC).isoformat())


def digest_of(
    window: Window, told: Sequence[Message], messages: Messages, kinds: Mapping[str, bool], now: datetime
) -> Message:
    """The one message for `told`, at least one: the newest of each deadline, the oldest date first."""
    rule = next(rule for rule in messages.rules if (rule.event, rule.audience) == (DIGEST, window.audience))
    newest = {(one.news.report_id, one.news.clock): one for one in sorted(told, key=lambda one: one.news.at)}
    items = sorted((_item(one) for one in newest.values()), key=lambda item: (item.due_at or now, item.tracking_code))
    identity = window.digest_id
    return replace(
        told[0],
        notification_id=identity,
        # No report: its own thread of mails, and nothing that waits for another message.
        news=News(
            event=DIGEST, report_id=identity, tracking_code=items[0].tracking_code, cause=window.ends.isoformat(),
            items=tuple(items[:MOST_SHOWN]), counted=len(items), at=window.ends,
        ),
        known=UNKNOWN,
        template=rule.template,
        trace=identity.hex,
        due=messages.not_before(rule, window.kind, now),
        digest_at=None,
        superseded=False,
        resend=rule.resend or kinds.get(window.kind, False),
    )  # fmt: skip


def _item(message: Message) -> Item:
    # A confidential report is seen by its reporter and the handling agency alone (contract section 4).
    hidden = message.known.confidential and message.audience == "supervisor"
    return Item(
        event=message.news.event,
        tracking_code=message.news.tracking_code,
        due_at=message.news.due_at,
        agency=message.news.agency if message.audience == "supervisor" else None,
        title=None if hidden else message.known.title,
    )

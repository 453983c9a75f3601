"""What the notifier says of one message to one person."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.events.fields import Audience, ChannelName, Code, Language, Outcome, Value


class Notification(Value):
    """What became of one message to one person; `attempt` counts from 1, and is 0 where none was made."""

    notification_id: UUID
    report_id: UUID
    tracking_code: str
    sequence: Annotated[int, Field(ge=1)]
    kind: Literal["email", "sms", "whatsapp", "channel", "webhook", "none"]
    audience: Audience
    template: Code
    language: Language
    attempt: Annotated[int, Field(ge=0)]
    status: Outcome
    reason: Code | None
    provider: Code | None
    provider_message_id: str | None
    at: AwareDatetime


class NotificationRequested(Notification):
    """A message that a channel's bot is to deliver, and to tell of on `notifications.outcomes`.

    `handle` is the reporter's address in that channel, as the channel gave it with the report. The same
    `notification_id` is the same message, whatever its `attempt`: deliver it once.
    """

    channel: ChannelName
    handle: Annotated[str, Field(min_length=1)]
    subject: str
    text: Annotated[str, Field(min_length=1)]

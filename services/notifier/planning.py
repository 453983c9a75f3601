"""Which messages a step in the life of a report asks for. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.notifier.messages import Messages, Rule
from shared.envelope import id_of
from shared.events import Notification, StatusChanged

# The kinds that can be sent, the best first; a reporter who gave only others is not told, and that is counted.
SENT_KINDS: Final = ("email",)
# What a message can end as.
FINAL: Final = ("sent", "temporary-failure", "permanent-failure", "technical-failure", "unknown", "suppressed")


@dataclass(frozen=True, slots=True)
class Message:
    """A message to one person: what to send and about which step, never to which address."""

    notification_id: UUID
    step: StatusChanged
    audience: str
    kind: str
    template: str
    language: str
    trace: str
    received_at: datetime | None  # when the report was published, to tell how long its reporter waited
    suppressed: str | None  # why nothing is sent
    attempt: int = 0


def plan(
    step: StatusChanged, reply_kinds: Sequence[str], messages: Messages, trace: str, received_at: datetime | None
) -> list[Message]:
    """One message for each row of the pack's table, by the best kind that the reporter gave."""
    kind = next((kind for kind in SENT_KINDS if kind in reply_kinds), "none")
    why_not = None if kind != "none" else "kind-not-configured" if reply_kinds else "no-contact"

    def message(rule: Rule) -> Message:
        # One message per report, sequence, recipient, kind and template, however often the step arrives.
        identity = id_of("notification", step.report_id, step.sequence, rule.audience, kind, rule.template)
        return Message(
            identity, step, rule.audience, kind, rule.template, messages.language, trace, received_at, why_not
        )

    return [message(rule) for rule in messages.for_status(step.status)]


def outcome(message: Message, status: str, reason: str | None, at: datetime, provider: str | None) -> Notification:
    """What became of a message, as an event."""
    return Notification.model_validate(
        {
            "notification_id": message.notification_id,
            "report_id": message.step.report_id,
            "tracking_code": message.step.tracking_code,
            "sequence": message.step.sequence,
            "kind": message.kind,
            "audience": message.audience,
            "template": message.template,
            "language": message.language,
            "attempt": message.attempt,
            "status": status,
            "reason": reason,
            "provider": provider,
            "provider_message_id": None,
            "at": at,
        }
    )

"""Which messages an event in the life of a report asks for. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.notifier.messages import Messages
from services.notifier.news import Known, News
from services.notifier.table import Rule
from shared.envelope import id_of
from shared.events import Notification

# What a message can end as.
FINAL: Final = ("sent", "temporary-failure", "permanent-failure", "technical-failure", "unknown", "suppressed")


@dataclass(frozen=True, slots=True)
class Message:
    """A message to one person: what to send and about what, never to which address."""

    notification_id: UUID
    news: News
    known: Known
    audience: str
    kind: str
    template: str
    language: str
    trace: str
    received_at: datetime | None  # when the report was published, to tell how long its reporter waited
    suppressed: str | None  # why nothing is sent
    due: datetime | None = None  # not sent before
    superseded: bool = False  # not sent any more once something later is told
    resend: bool = False  # sent again where nobody knows whether it went out
    attempt: int = 0
    turn: int = 0  # how often a provider said no; attempts of one turn are one message to a provider that takes a key


@dataclass(frozen=True, slots=True)
class Cause:
    """An event with what the planner needs beside it."""

    news: News
    known: Known
    reply_kinds: Sequence[str]  # how the reporter can be told
    trace: str
    received_at: datetime | None


def plan(cause: Cause, messages: Messages, kinds: Mapping[str, bool], now: datetime) -> list[Message]:
    """One message to the reporter where a row of the pack's table asks for it, by the best of `kinds` that reaches.

    `kinds` are those that can be sent, each with whether a repeat of it is received once.
    """
    return [
        _to_reporter(rule, cause, messages, kinds, now)
        for rule in messages.matching(cause.news, cause.known)
        if rule.audience == "reporter"
    ]


def _to_reporter(rule: Rule, cause: Cause, messages: Messages, kinds: Mapping[str, bool], now: datetime) -> Message:
    news = cause.news
    kind = next((kind for kind in rule.kinds if kind in cause.reply_kinds and kind in kinds), "none")
    why_not = None if kind != "none" else "kind-not-configured" if cause.reply_kinds else "no-contact"
    return Message(
        # One message per report, sequence, recipient, kind and template, however often the event arrives.
        notification_id=id_of("notification", news.report_id, news.cause, rule.audience, kind, rule.template),
        news=news,
        known=cause.known,
        audience=rule.audience,
        kind=kind,
        template=rule.template,
        language=messages.language_for(rule.audience, cause.known),
        trace=cause.trace,
        received_at=cause.received_at,
        suppressed=why_not,
        due=None if why_not else messages.not_before(rule, kind, now),
        superseded=rule.superseded,
        resend=rule.resend or kinds.get(kind, False),
    )


def outcome(message: Message, status: str, reason: str | None, at: datetime, provider: str | None) -> Notification:
    """What became of a message, as an event."""
    return Notification.model_validate(
        {
            "notification_id": message.notification_id,
            "report_id": message.news.report_id,
            "tracking_code": message.news.tracking_code,
            "sequence": message.news.sequence,
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

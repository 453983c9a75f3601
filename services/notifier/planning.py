"""Which messages an event in the life of a report asks for. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.notifier.contacts.offices import Office, Offices
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
    recipient: str = ""  # the office; empty for the reporter
    digest_at: datetime | None = None  # told together with others then, and not by itself


@dataclass(frozen=True, slots=True)
class Cause:
    """An event with what the planner needs beside it."""

    news: News
    known: Known
    reply_kinds: Sequence[str]  # how the reporter can be told
    trace: str
    received_at: datetime | None


@dataclass(frozen=True, slots=True)
class Means:
    """What can be sent: the kinds, each with whether a repeat is received once; the offices, None where not used."""

    kinds: Mapping[str, bool]
    offices: Offices | None = None


def plan(cause: Cause, messages: Messages, means: Means, now: datetime) -> list[Message]:
    """One message to each that a row of the pack's table names, by the best kind that reaches them."""
    planned = []
    for rule in messages.matching(cause.news, cause.known):
        if rule.audience == "reporter":
            planned.append(_to_reporter(rule, cause, messages, means, now))
        elif means.offices is not None:
            desk = messages.pack.deployment.offices.desk
            offices = [code for code in recipients(cause.news, rule.audience, desk) if code in messages.pack.agencies]
            planned += [_to_office(rule, code, cause, messages, means, now) for code in offices]
    return planned


def recipients(news: News, audience: str, desk: str) -> tuple[str, ...]:
    """The offices that hear: who has the report as agency, and all others whom a deadline names as supervisors.

    What nobody has yet is the desk's.
    """
    holder = news.agency or desk
    if audience == "agency":
        return (holder,) if not news.notify or holder in news.notify else ()
    return tuple(office for office in news.notify if office != holder)


def _to_reporter(rule: Rule, cause: Cause, messages: Messages, means: Means, now: datetime) -> Message:
    news, kinds = cause.news, means.kinds
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


def _to_office(rule: Rule, code: str, cause: Cause, messages: Messages, means: Means, now: datetime) -> Message:
    news, kinds, office = cause.news, means.kinds, (means.offices or {}).get(code, Office())
    kind = next((kind for kind in rule.kinds if kind in office.addresses and kind in kinds), "none")
    why_not = None if kind != "none" else "kind-not-configured" if office.addresses else "no-contact"
    together = None if why_not else messages.digest_at(rule, kind, now)
    return Message(
        notification_id=id_of("notification", news.report_id, news.cause, rule.audience, code, kind, rule.template),
        news=news,
        known=cause.known,
        audience=rule.audience,
        kind=kind,
        template=rule.template,
        language=office_language(office, rule.template, messages),
        trace=cause.trace,
        received_at=None,  # it is the reporter who waits
        suppressed=why_not,
        due=None if why_not or together else messages.not_before(rule, kind, now),
        superseded=rule.superseded,
        resend=rule.resend or kinds.get(kind, False),
        recipient=code,
        digest_at=together,
    )


def office_language(office: Office, template: str, messages: Messages) -> str:
    """The language that an office asked for where the template has it, else the pack's."""
    spoken = office.language or messages.pack.deployment.language
    return spoken if messages.text(spoken, template) else messages.pack.deployment.language


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

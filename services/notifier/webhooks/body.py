"""What a webhook says: the event of a report, and the words that a mail would have. Pure; never who reported."""

import json

from services.notifier.messages import Words
from services.notifier.planning import Message


def body_of(message: Message, words: Words) -> bytes:
    """JSON of `type`, `timestamp` and `data`; the same bytes however often it is made."""
    news, known = message.news, message.known
    # A confidential report is seen by its reporter and the handling agency alone (contract section 4).
    hidden = known.confidential and message.audience == "supervisor"
    data = {
        "report_id": str(news.report_id),
        "tracking_code": news.tracking_code,
        "sequence": news.sequence,
        "audience": message.audience,
        "recipient": message.recipient,
        "template": message.template,
        "language": message.language,
        "agency": news.agency,
        "reason": news.reason,
        "note": news.note,
        "expected_at": news.expected_at and news.expected_at.isoformat(),
        "expected_moved_because": news.moved,
        "clock": news.clock,
        "level": news.level,
        "due_at": news.due_at and news.due_at.isoformat(),
        "emergency": known.emergency,
        "anonymous": known.anonymous,
        "confidential": known.confidential,
        "report_title": None if hidden else known.title,
        "report_text": None if hidden else known.text,
        "report_address": None if hidden else known.address or None,
        "report_attributes": None if hidden else known.attributes or None,
        "report_attachments": None if hidden else known.attachments or None,
        "answer": None if hidden else news.answer,
        "subject": words.subject,
        "text": words.text,
    }
    what = {"type": f"report.{news.event}", "timestamp": news.at.isoformat(), "data": data}
    return json.dumps(what, ensure_ascii=False, separators=(",", ":")).encode()

"""What a service could not handle: the original bytes and headers, with the reason, for an operator to decide."""

from datetime import UTC, datetime

from shared import topics
from shared.envelope import Event, Record, id_of

_PREFIX = "dead-letter-"


def dead_letter(service: str, record: Record, reason: str, attempts: int = 1) -> Event:
    """The event that keeps `record` as it came. Its id follows from the record's place, so it is kept once."""
    place = (record.topic, record.partition, record.offset)
    why = {
        "reason": reason,
        "topic": record.topic,
        "partition": str(record.partition),
        "offset": str(record.offset),
        "attempts": str(attempts),
        "at": datetime.fromtimestamp(record.timestamp / 1000, UTC).isoformat(),
        "id": str(id_of("dead-letter", service, *place)),
    }
    return Event(
        topics.dead_letters(service).name,
        record.key or str(id_of("dead-letter", service, *place)).encode(),
        record.value,
        (*record.headers, *((_PREFIX + name, text.encode()) for name, text in why.items())),
    )


def reason_and_origin(event: Event) -> tuple[str, str] | None:
    """Why and from which topic `event` is a dead letter; None if it is none."""
    if not event.topic.endswith(".dead-letters"):
        return None
    headers = dict(event.headers)
    return headers[_PREFIX + "reason"].decode(), headers[_PREFIX + "topic"].decode()

"""What a service could not handle: the original bytes and headers, with the reason, for an operator to decide."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from shared import topics
from shared.envelope import Event, Headers, Record, header, id_of

_PREFIX = "dead-letter-"
# On a message that an operator sent again: the dead letter it was.
REPLAY_OF = "replay-of-dead-letter"


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter: where the message was, when it came, why it is here; `refused` commands need nobody's help."""

    letter_id: UUID
    topic: str
    partition: int
    offset: int
    arrived_at: datetime
    reason: str
    attempts: int
    refused: bool
    digest: bytes
    """SHA-256 of the value."""


def dead_letter(
    service: str,
    record: Record,
    reason: str,
    attempts: int = 1,
    *,
    refused: bool = False,
    problems: Sequence[Mapping[str, str]] = (),
) -> Event:
    """The event that keeps `record` as it came. Its id follows from the record's place, so it is kept once.

    `refused` is a command that was understood and not allowed: an answer to its sender, nothing for an operator.
    `problems` say where it is wrong, each a `field` and a `code`; nothing that was written in it.
    """
    place = (record.topic, record.partition, record.offset)
    why = {
        "reason": reason,
        "topic": record.topic,
        "partition": str(record.partition),
        "offset": str(record.offset),
        "attempts": str(attempts),
        "at": datetime.fromtimestamp(record.timestamp / 1000, UTC).isoformat(),
        "id": str(id_of("dead-letter", service, *place)),
        "kind": "refused" if refused else "unhandled",
    }
    if problems:
        why["problems"] = json.dumps([dict(one) for one in problems])
    return Event(
        topics.dead_letters(service).name,
        record.key or str(id_of("dead-letter", service, *place)).encode(),
        record.value,
        (*record.headers, *((_PREFIX + name, text.encode()) for name, text in why.items())),
    )


def letter_of(topic: str, headers: Headers, value: bytes | None) -> Letter | None:
    """What the headers of a dead letter say; None for a message that is none, or that a stranger wrote."""
    if not topic.endswith(".dead-letters"):
        return None
    why = {name.removeprefix(_PREFIX): value for name, value in headers if name.startswith(_PREFIX)}
    try:
        return Letter(
            letter_id=UUID(why["id"].decode()),
            topic=why["topic"].decode(),
            partition=int(why["partition"]),
            offset=int(why["offset"]),
            arrived_at=datetime.fromisoformat(why["at"].decode()),
            reason=why["reason"].decode(),
            attempts=int(why["attempts"]),
            refused=why.get("kind") == b"refused",
            digest=digest(value),
        )
    except (KeyError, ValueError):
        return None


def letter_in(event: Event) -> Letter | None:
    """The dead letter that `event` is, if it is one."""
    return letter_of(event.topic, event.headers, event.value)


def as_it_came(letter: Letter, key: bytes | None, value: bytes | None, headers: Headers) -> Event:
    """The message of a dead letter once more, for the topic it was on: same bytes, key and headers, and a mark."""
    kept = tuple((name, text) for name, text in headers if not name.startswith(_PREFIX) and name != REPLAY_OF)
    written_by_us = key == str(letter.letter_id).encode()
    return Event(
        letter.topic,
        b"" if written_by_us or key is None else key,
        value,
        (*kept, (REPLAY_OF, str(letter.letter_id).encode())),
    )


def replay_of(record: Record) -> UUID | None:
    """The dead letter that `record` says it is a replay of; anybody can write that, so it proves nothing."""
    said = header(record, REPLAY_OF)
    if said is None:
        return None
    try:
        return UUID(said.decode())
    except ValueError:
        return None


def digest(value: bytes | None) -> bytes:
    """What binds a row about a dead letter to the bytes, which are in Kafka only: they may hold identity."""
    return hashlib.sha256(value or b"").digest()

"""CloudEvents 1.0 over Kafka, binary mode (contract section 3), and ids that are functions of their cause."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple, Protocol, TypeAlias
from uuid import UUID

from pydantic import BaseModel

from shared.topics import Topic

# Every id of Tanggap is uuid5 under this name space (RFC 9562 section 5.5), so anyone can recompute it.
NAMESPACE: Final = UUID("6f0a3b1e-7c53-5d0b-9d6a-2f1c4e8a9b70")
_NAMESPACE_BYTES: Final = NAMESPACE.bytes
# As the standard library's uuid5, in half the time: four bits say the version, two the variant.
_VERSION_BITS: Final = 0xF000_C000_0000_0000_0000
_VERSION_5: Final = 0x5000_8000_0000_0000_0000

Model: TypeAlias = type[BaseModel]
Headers: TypeAlias = Sequence[tuple[str, bytes]]
# A version of the future may append fields: W3C Trace Context, section 3.2.4.
_TRACEPARENT = re.compile(rb"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?")


def id_of(*cause: object) -> UUID:
    """The same cause gives the same id, for ever, on every machine."""
    return UUID(int=_number_of(cause))


def _number_of(cause: Iterable[object]) -> int:
    name = "\x1f".join(map(str, cause)).encode()
    digest = hashlib.sha1(_NAMESPACE_BYTES + name, usedforsecurity=False).digest()
    return int.from_bytes(digest[:16], "big") & ~_VERSION_BITS | _VERSION_5


class Record(Protocol):
    """What a consumer hands over: one Kafka message."""

    topic: str
    partition: int
    offset: int
    timestamp: int  # milliseconds since 1970-01-01 UTC
    key: bytes | None
    value: bytes | None
    headers: Headers


class Event(NamedTuple):
    """A message on its way to Kafka."""

    topic: str
    key: bytes
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of event: where it goes, what its type and source are."""

    topic: Topic
    type: str
    source: str
    model: Model


def announce(
    kind: Kind,
    report_id: UUID,
    cause: Sequence[object],
    data: BaseModel,
    at: datetime,
    trace: str,
    received_at: datetime | None = None,
) -> Event:
    """An event about a report.

    `cause` makes its id; `trace` is the 32 hex digits that link all events of a report; `received_at`, when the report
    was published, goes along as the CloudEvents extension `receivedat`, so that each stage can tell how long it took.
    """
    report = str(report_id)
    # The id of the report is part of nearly every cause: written once.
    event_id = _written(_number_of([kind.type, *[report if part is report_id else part for part in cause]])).encode()
    subject = report.encode()
    extension = (("ce_receivedat", received_at.isoformat().encode()),) if received_at else ()
    return Event(
        kind.topic.name,
        subject,
        data.__pydantic_serializer__.to_json(data, by_alias=True),
        (
            ("ce_specversion", b"1.0"),
            ("ce_id", event_id),
            ("ce_type", kind.type.encode()),
            ("ce_source", kind.source.encode()),
            ("ce_subject", subject),
            ("ce_time", at.isoformat().encode()),
            ("content-type", b"application/json"),
            ("traceparent", traceparent(trace, event_id)),
            *extension,
        ),
    )


def _written(number: int) -> str:
    """As the id of this number is written, without making it."""
    digits = f"{number:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def header(record: Record, name: str) -> bytes | None:
    """The first header of that name; CloudEvents header names are written in lower case."""
    for key, value in record.headers:
        if key == name:
            return value
    return None


def trace_of(record: Record, otherwise: UUID) -> str:
    """The trace id of a record (W3C Trace Context), or the report's id as one where a channel gave none."""
    given = header(record, "traceparent")
    found = _TRACEPARENT.fullmatch(given) if given else None
    return found[1].decode() if found and found[1].strip(b"0") else otherwise.hex


def received_at_of(record: Record) -> datetime | None:
    """When the report was published, as the event before told; None where it did not."""
    try:
        at = datetime.fromisoformat((header(record, "ce_receivedat") or b"").decode())
    except ValueError:
        return None
    return at if at.tzinfo else None


def traceparent(trace: str, event_id: bytes) -> bytes:
    """W3C Trace Context header: the span id is a function of the event, so a repeated message is the same span."""
    return f"00-{trace}-{hashlib.sha256(event_id).hexdigest()[:16]}-01".encode()

"""The kinds of value that events are made of."""

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from shared.readable import readable

_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)


def _readable(value: object) -> object:
    """What can be seen of a text; what is no text is left to be refused."""
    if not isinstance(value, str) or (value.isascii() and value.isprintable()):
        return value
    return readable(value)


def _rfc_3339(value: object) -> object:
    """An instant as RFC 3339 writes it, and nothing that merely resembles one."""
    if not isinstance(value, str):
        return value
    found = _RFC_3339.fullmatch(value)
    if found is None:
        raise ValueError("bad-time")
    if found[2] is None:
        raise ValueError("no-offset")
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError:
        raise ValueError("bad-time") from None


READABLE = BeforeValidator(_readable)
Instant = Annotated[AwareDatetime, BeforeValidator(_rfc_3339)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=64)]
ChannelName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,32}$")]
ExternalId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"),
]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000), READABLE]
# What may be left out may be left blank.
Words = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000), READABLE] | None,
    AfterValidator(lambda words: words or None),
]

ReportClass = Literal["pengaduan", "aspirasi", "permintaan_informasi"]
Language = Literal["id", "jv", "mad", "en"]
ReplyKind = Literal["email", "sms", "whatsapp", "channel"]
Jurisdiction = Literal["inside", "outside", "unknown"]
Status = Literal[
    "received", "at_desk", "needs_information", "assigned", "in_progress", "answered", "completed", "closed",
    "reopened", "referred", "rejected", "withdrawn",
]  # fmt: skip
Method = Literal["explicit", "rule", "model", "place", "desk", "agency", "fallback"]
Actor = Literal["system", "agency", "desk", "reporter"]
Audience = Literal["reporter", "agency", "supervisor"]
Outcome = Literal[
    "created", "sending", "sent", "delivered", "temporary-failure", "permanent-failure", "technical-failure",
    "unknown", "suppressed",
]  # fmt: skip


RegionCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}(\.?[0-9]{2}(\.?[0-9]{2}(\.?[0-9]{4})?)?)?$")]


class Value(BaseModel):
    """A frozen part of an event. Errors never show the input: it may hold a reporter's identity."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Submitted(Value):
    """A part of what channels write: types are not guessed, and null means absent."""

    model_config = ConfigDict(strict=True)


def absent_means(default: object) -> BeforeValidator:
    """A field whose null stands for `default`."""
    return BeforeValidator(lambda value: default if value is None else value)

"""What intake keeps beside a report: why it judged as it did, and what the accepted event has no room for. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic_core import to_json

from shared.events import Attachment
from shared.words import Raised


class LeftOut(NamedTuple):
    """Something that was given and cannot be used. The value itself is not kept: it may be an identity."""

    field: str
    code: str


class Notes(NamedTuple):
    """Why a report was judged as it was.

    `place` is what decided the place; `subject` the topic by whose needs and flags it was judged, `given` or read from
    the `text`; `flags` what raised them; `old` that the event is over two years past.
    """

    place: str
    subject: str | None
    subject_by: str | None
    flags: tuple[Raised, ...]
    left_out: tuple[LeftOut, ...]
    old: bool

    def as_json(self, duplicate: Mapping[str, Any] | None = None) -> str:
        """JSON without what says nothing; `duplicate` is the earlier report with the reason."""
        facts: dict[str, Any] = {"place": self.place}
        if self.subject:
            facts["subject"] = {"topic": self.subject, "by": self.subject_by}
        if self.flags:
            facts["flags"] = [_raised(raised) for raised in self.flags]
        if self.left_out:
            facts["left_out"] = [{"field": item.field, "code": item.code} for item in self.left_out]
        if self.old:
            facts["old"] = True
        if duplicate:
            facts["duplicate"] = dict(duplicate)
        return to_json(facts).decode()


class Details(NamedTuple):
    """The address of the event and the attributes, both masked, and the attachments whose links are public."""

    address: str | None
    attachments: Sequence[Attachment]
    attributes: Mapping[str, str]

    def as_json(self) -> str:
        """JSON without what is empty."""
        facts: dict[str, Any] = {}
        if self.address:
            facts["address"] = self.address
        if self.attachments:
            facts["attachments"] = self.attachments
        if self.attributes:
            facts["attributes"] = dict(self.attributes)
        return to_json(facts).decode() if facts else "{}"


def _raised(raised: Raised) -> dict[str, str]:
    facts = {"flag": raised.flag, "words": raised.words, "topic": raised.topic}
    return {name: value for name, value in facts.items() if value}

"""From bytes to a report, or to every reason why it is none. Pure."""

import re
from typing import Final

from pydantic import ValidationError
from pydantic_core import from_json

from services.intake.problems import problem, problems_of
from shared.events import Problem, ReportSubmitted

# Twenty times the longest report the contract allows; more is not parsed at all.
MESSAGE_LIMIT: Final = 1024 * 1024

_CHANNEL = re.compile(r"[a-z0-9-]{1,32}")


class NotAReport(Exception):
    """A message that cannot be understood as a report, with what could still be read of who sent it."""

    def __init__(
        self, problems: tuple[Problem, ...], channel: str | None = None, external_id: str | None = None
    ) -> None:
        super().__init__(", ".join(f"{item.field}:{item.code}" for item in problems))
        self.problems = problems
        self.channel = channel
        self.external_id = external_id


def understand(value: bytes | None) -> ReportSubmitted:
    """The report in a message of `reports.submitted` (contract section 4).

    Raises:
        NotAReport: with every problem named, not only the first.
    """
    if not value:
        raise NotAReport((problem("empty-message"),))
    if len(value) > MESSAGE_LIMIT:
        raise NotAReport((problem("too-large", limit=MESSAGE_LIMIT),))
    try:
        return ReportSubmitted.model_validate_json(value)
    except ValidationError as error:
        raise NotAReport(tuple(problems_of(error)), *_sender(value)) from None


def _sender(value: bytes) -> tuple[str | None, str | None]:
    """Channel and external id of a message that is no report, so that its sender can find it; None where unreadable."""
    try:
        message = from_json(value)
    except ValueError:
        return None, None
    if not isinstance(message, dict):
        return None, None
    channel, external_id = message.get("channel"), message.get("external_id")
    readable_channel = channel if isinstance(channel, str) and _CHANNEL.fullmatch(channel) else None
    readable_id = external_id if isinstance(external_id, str) and 1 <= len(external_id) <= 128 else None
    return readable_channel, readable_id

"""From bytes to a report, or to every reason why it is none. Pure.

Refused is what a channel did wrong: no JSON, a type, a limit, a required field. What a person typed and nobody can use
(a date that is none, a link without a scheme) never costs the report: it is left out, and noted.
"""

import codecs
import json
import re
from typing import Any, Final, NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json

from services.intake.doubled import doubled_names, holds_only
from services.intake.problems import Fault, faults_of, problem
from shared.events import Problem, ReportSubmitted

# Twenty times the longest report the contract allows; more is not parsed at all.
MESSAGE_LIMIT: Final = 1024 * 1024

_CHANNEL = re.compile(r"[a-z0-9-]{1,32}")
# An id that no event can carry and no table can keep, with controls or half a sign, is as good as none.
_EXTERNAL_ID = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,128}")
# Types and absent fields are the channel's own fault; a form or a length may be a person's.
_FORMS: Final = {"bad-format", "too-long", "empty", "out-of-range"}

Path = tuple[str | int, ...]


class Understood(NamedTuple):
    """A report, and what was left out of it: a problem each, named as where it would have refused the message."""

    report: ReportSubmitted
    left_out: tuple[Problem, ...] = ()


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
    """The report in a message of `reports.submitted` (contract section 4), without what cannot be used of it.

    Raises:
        NotAReport: with every problem named, not only the first.
    """
    return examine(value).report


def examine(value: bytes | None) -> Understood:
    """The report in a message with what was left out of it.

    Raises:
        NotAReport: with every problem named, not only the first.
    """
    if not value:
        raise NotAReport((problem("empty-message"),))
    if len(value) > MESSAGE_LIMIT:
        raise NotAReport((problem("too-large", limit=MESSAGE_LIMIT),))
    value = value.removeprefix(codecs.BOM_UTF8)
    try:
        report = ReportSubmitted.model_validate_json(value)
    except ValidationError as error:
        faults = faults_of(error)
        _refuse_doubled(value, faults)
        return _mended(value, faults)
    if not holds_only(value, _names_kept(report)):
        _refuse_doubled(value)
    return Understood(report)


def _refuse_doubled(value: bytes, faults: tuple[Fault, ...] = ()) -> None:
    if doubled := doubled_names(value):
        problems = [problem("duplicate-name", name) for name in doubled] + [fault.problem for fault in faults]
        raise NotAReport(tuple(problems), *_sender(_parsed(value)))


def _names_kept(report: ReportSubmitted) -> int:
    """How many names the message had at least: those of the fields that it gave."""
    parts = (report, report.location, report.reporter, *(report.reply_to or ()), *(report.attachments or ()))
    return sum([len(part.model_fields_set) for part in parts if part is not None]) + len(report.attributes or ())


def _mended(value: bytes, faults: tuple[Fault, ...]) -> Understood:
    """The report without what cannot be used; a message with one fault that is the channel's is refused for all."""
    message = _parsed(value)
    problems = tuple(_swapped(fault, message).problem for fault in faults)
    paths = [() if fault.problem.code == "not-json" else _left_out(fault) for fault in faults]
    if not isinstance(message, dict) or None in paths:
        raise NotAReport(problems, *_sender(message))
    # Parts of lists from the last to the first, so that the places of the others stay true.
    for path in sorted({path for path in paths if path}, key=str, reverse=True):
        _remove(message, path)
    # Half of a sign beyond the first plane, as a gateway that cuts texts leaves it, is dropped here.
    rest = json.dumps(message, ensure_ascii=False).encode("utf-8", "ignore")
    try:
        report = ReportSubmitted.model_validate_json(rest)
    except ValidationError as error:
        raise NotAReport(tuple(fault.problem for fault in faults_of(error)), *_sender(message)) from None
    return Understood(report, problems)


def _left_out(fault: Fault) -> Path | None:
    """Which part of the message is left out for a fault; None where the fault refuses the message."""
    if fault.problem.code not in _FORMS:
        return None
    match fault.path:
        case ("topic" | "agency" | "occurred_on",) | ("location", "region_code" | "address") | ("reporter", _):
            return fault.path
        case ("reply_to", int(), "address") | ("attachments", int(), _) | ("attributes", _, *_):
            return fault.path[:2]
    return None


def _remove(message: dict[str, Any], path: Path) -> None:
    *above, last = path
    part: Any = message
    for step in above:
        part = part[step]
    if isinstance(part, list):
        part.pop(int(last))
    else:
        part.pop(last, None)


def _swapped(fault: Fault, message: Any) -> Fault:  # noqa: ANN401 - any JSON
    """A latitude that can be none beside a longitude that could be one: lat and lng changed places."""
    if fault.path != ("location", "lat") or fault.problem.code != "out-of-range":
        return fault
    lng = message["location"].get("lng")
    return Fault(fault.path, problem("swapped-coordinates", fault.problem.field)) if _is_latitude(lng) else fault


def _is_latitude(number: object) -> bool:
    return isinstance(number, int | float) and -90 <= number <= 90


def _parsed(value: bytes) -> Any:  # noqa: ANN401 - any JSON
    """What a message holds; None where it is no JSON. Half a sign (a lone surrogate) is let through, to be dropped."""
    try:
        return from_json(value)
    except ValueError:
        pass
    try:
        return json.loads(value) if b"\\ud" in value.lower() else None
    except (ValueError, RecursionError):
        return None


def _sender(message: Any) -> tuple[str | None, str | None]:  # noqa: ANN401 - any JSON
    """Channel and external id of a message that is no report, so that its sender can find it; None where unreadable."""
    if not isinstance(message, dict):
        return None, None
    channel, external_id = message.get("channel"), message.get("external_id")
    readable_channel = channel if isinstance(channel, str) and _CHANNEL.fullmatch(channel) else None
    readable_id = external_id if isinstance(external_id, str) and _EXTERNAL_ID.fullmatch(external_id) else None
    return readable_channel, readable_id

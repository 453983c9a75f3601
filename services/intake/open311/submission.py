"""From the fields of a POST to a `report.submitted`, as any other channel writes it. Pure."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from pydantic_core import to_json

from services.intake.open311.catalogue import name_of, topic_of
from services.intake.open311.form import Form, attributes
from services.intake.open311.refusal import Fault, Refused, bad_all
from services.intake.validation import NotAReport, Understood, examine
from shared.events import Problem
from shared.pack import Pack

# What a client may call its own id of a report; FixMyStreet sends the first by itself.
REFERENCES: Final = ("fixmystreet_id", "external_id", "service_request_id_ext", "client_reference")

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{1,30})?")
_YES_NO: Final = {"true": True, "1": True, "yes": True, "ya": True,
                  "false": False, "0": False, "no": False, "tidak": False}  # fmt: skip
_OWN: Final = {"title", "class", "language", "anonymous", "confidential", "occurred_on", "nik"}
_PLACES: Final = ("lat", "long", "address_string", "address_id")
# Fields without a place of their own in the contract go along as attributes.
_CARRIED: Final = ("media_url", "device_id", "account_id", "client_reference")

# Where the contract's field came from, so that a client finds its own.
_THEIRS: Final[Mapping[str, str]] = {
    "text": "description",
    "topic": "service_code",
    "external_id": "Idempotency-Key",
    "location": "lat",
    "location.lat": "lat",
    "location.lng": "long",
    "location.address": "address_string",
    "location.region_code": "address_id",
    "reporter.name": "first_name",
    "reporter.email": "email",
    "reporter.phone": "phone",
    "reporter.nik": "attribute[nik]",
}


class Submission(NamedTuple):
    """The `report.submitted` that the fields of a form mean, and a fault for each field that cannot be read."""

    value: dict[str, Any]
    faults: tuple[Fault, ...] = ()


def external_id(header: str | None, form: Form, otherwise: Callable[[], str]) -> str:
    """The idempotency key: the header's, else device and client reference, else what `otherwise` makes up."""
    reference = _reference(form)
    device = form.get("device_id")
    return header or (f"{device}/{reference}" if device and reference else reference) or otherwise()


def _reference(form: Form) -> str | None:
    answers = attributes(form)
    return next(
        (answers.get(name) or form.get(name) for name in REFERENCES if answers.get(name) or form.get(name)), None
    )


def submission(form: Form, channel: str, external_id: str, at: datetime, pack: Pack) -> Submission:
    """What the fields mean; whether it is a report, `understood` tells.

    Raises:
        Refused: 404, the service is unknown.
    """
    faults: list[Fault] = []

    def read(field: str, reader: Callable[[str], Any], value: str | None, otherwise: float | None = None) -> Any:  # noqa: ANN401 - a JSON value
        if value is None:
            return None
        try:
            return reader(value.strip())
        except ValueError as error:
            faults.append(Fault(str(error), field, "bad-format"))
            return otherwise

    answers = attributes(form)
    code = form.get("service_code")
    topic = topic_of(pack, code.strip()) if code else None
    if code is None:
        faults.append(Fault("service_code: Wajib diisi / is required", "service_code", "missing"))
    report = {
        "channel": channel,
        "external_id": external_id,
        "submitted_at": at.isoformat(timespec="seconds"),
        "class": answers.get("class"),
        "title": answers.get("title"),
        # GeoReport wants no description: what and where is already a report.
        "text": form.get("description") or (name_of(pack, topic.code) if topic else None),
        "topic": topic.code if topic else None,
        "location": {
            # What stands for a number that is none lets the other be judged: neither half a pair nor swapped.
            "lat": read("lat", _degrees, form.get("lat"), otherwise=0.0),
            "lng": read("long", _degrees, form.get("long"), otherwise=180.0),
            "address": form.get("address_string"),
            "region_code": form.get("address_id"),
        },
        "occurred_on": _day(answers.get("occurred_on"), pack.calendar.zone),
        "language": answers.get("language"),
        "anonymous": read("attribute[anonymous]", _yes_no, answers.get("anonymous")),
        "confidential": read("attribute[confidential]", _yes_no, answers.get("confidential")),
        "reporter": _reporter(form, answers),
        "attributes": _attributes(form, answers),
    }
    if topic is not None and topic.needs_location and not any(form.get(name) for name in _PLACES):
        faults.append(Fault("Wajib: lat dan long, atau address_string / is required", "lat", "missing"))
    return Submission(_without_nulls(report), tuple(faults))


def understood(submitted: Submission) -> Understood:
    """The report, judged as if it came from Kafka, with what was left out of it.

    Raises:
        Refused: 400, with what cannot be read and what is wrong with the rest.
    """
    try:
        found = examine(to_json(submitted.value))
    except NotAReport as refusal:
        raise not_a_report(refusal, submitted.faults) from None
    if submitted.faults:
        raise not_a_report(NotAReport(found.left_out), submitted.faults)
    return found


def not_a_report(refusal: NotAReport, faults: tuple[Fault, ...] = ()) -> Refused:
    """The problems of a report in the words of this door, behind the faults that it found itself."""
    return bad_all([*faults, *(_fault(problem) for problem in refusal.problems)])


def _fault(problem: Problem) -> Fault:
    field = _THEIRS.get(problem.field)
    if field is None:
        name, _, rest = problem.field.partition(".")
        own = rest if name == "attributes" else name
        field = problem.field if problem.field == "$" else f"attribute[{own}]"
    return Fault(f"{field}: {problem.message_id} / {problem.message_en}", field, problem.code)


def _degrees(value: str) -> float:
    """Plain decimal degrees: `nan`, `1e400` and `7,64` are none."""
    if not _NUMBER.fullmatch(value) or not math.isfinite(number := float(value)):
        raise ValueError("Harus angka desimal, misalnya -7.645 / must be a decimal number")
    return number


def _day(given: str | None, zone: ZoneInfo) -> str | None:
    """The day of an instant in the city's zone: GeoReport knows no days. All else is left to the common rules."""
    try:
        at = datetime.fromisoformat((given or "").replace(" ", "+"))
        return at.astimezone(zone).date().isoformat() if at.tzinfo else given
    except (ValueError, OverflowError):
        return given


def _yes_no(value: str) -> bool:
    if value.lower() not in _YES_NO:
        raise ValueError("Harus true atau false / must be true or false")
    return _YES_NO[value.lower()]


def _reporter(form: Form, answers: Mapping[str, str]) -> dict[str, str | None] | None:
    name = " ".join(part.strip() for part in (form.get("first_name"), form.get("last_name")) if part)
    reporter = {"name": name or None, "email": form.get("email"), "phone": form.get("phone"), "nik": answers.get("nik")}
    return reporter if any(reporter.values()) else None


def _attributes(form: Form, answers: Mapping[str, str]) -> dict[str, str] | None:
    carried = {name: form[name] for name in _CARRIED if name in form}
    return {**{code: value for code, value in answers.items() if code not in _OWN}, **carried} or None


def _without_nulls(value: Any) -> Any:  # noqa: ANN401 - a JSON value
    """Null means absent: the same report through another channel looks the same."""
    if not isinstance(value, dict):
        return value
    kept = {name: _without_nulls(part) for name, part in value.items()}
    return {name: part for name, part in kept.items() if part is not None and part != {}}

"""From the fields of a POST to a `report.submitted`, as any other channel writes it. Pure."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.intake.open311.catalogue import name_of
from services.intake.open311.form import Form, attributes
from services.intake.open311.refusal import Fault, Refused, bad, bad_all
from services.intake.validation import NotAReport
from shared.events import Problem
from shared.pack import Pack
from shared.pack.model import Topic

# What a client may call its own id of a report; FixMyStreet sends the first by itself.
REFERENCES: Final = ("fixmystreet_id", "external_id", "service_request_id_ext", "client_reference")

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{1,30})?")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YES_NO: Final = {"true": True, "1": True, "yes": True, "ya": True,
                  "false": False, "0": False, "no": False, "tidak": False}  # fmt: skip
_OWN: Final = {"title", "class", "language", "anonymous", "confidential", "occurred_on", "nik"}
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


def external_id(header: str | None, form: Form, otherwise: Callable[[], str]) -> str:
    """The idempotency key: the header's, else device and client reference, else what `otherwise` makes up.

    Raises:
        Refused: 400, a key of more than 128 characters.
    """
    reference = _reference(form)
    device = form.get("device_id")
    given = header or (f"{device}/{reference}" if device and reference else reference)
    if given and len(given) > 128:
        raise bad("Paling panjang 128 karakter / at most 128 characters", "Idempotency-Key", "too-long")
    return given or otherwise()


def _reference(form: Form) -> str | None:
    answers = attributes(form)
    return next(
        (answers.get(name) or form.get(name) for name in REFERENCES if answers.get(name) or form.get(name)), None
    )


def submission(
    form: Form, topic: Topic | None, channel: str, external_id: str, at: datetime, pack: Pack
) -> dict[str, Any]:
    """The `report.submitted` that the fields mean; whether it is a report, `validation.understand` decides.

    Raises:
        Refused: 400, with every field that cannot be read.
    """
    faults: list[Fault] = []

    def read(field: str, reader: Callable[[str], Any], value: str | None) -> Any:  # noqa: ANN401 - a JSON value
        if value is None:
            return None
        try:
            return reader(value.strip())
        except ValueError as error:
            faults.append(Fault(str(error), field, "bad-format"))
            return None

    answers = attributes(form)
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
            "lat": read("lat", _degrees, form.get("lat")),
            "lng": read("long", _degrees, form.get("long")),
            "address": form.get("address_string"),
            "region_code": form.get("address_id"),
        },
        "occurred_on": read(
            "attribute[occurred_on]", lambda day: _day(day, pack.calendar.zone), answers.get("occurred_on")
        ),
        "language": answers.get("language"),
        "anonymous": read("attribute[anonymous]", _yes_no, answers.get("anonymous")),
        "confidential": read("attribute[confidential]", _yes_no, answers.get("confidential")),
        "reporter": _reporter(form, answers),
        "attributes": _attributes(form, answers),
    }
    if topic is not None and topic.needs_location and not any(form.get(name) for name in _PLACES):
        faults.append(Fault("Wajib: lat dan long, atau address_string / is required", "lat", "missing"))
    if faults:
        raise bad_all(faults)
    kept: dict[str, Any] = _without_nulls(report)
    return kept


_PLACES: Final = ("lat", "long", "address_string", "address_id")


def not_a_report(refusal: NotAReport) -> Refused:
    """The problems of a report in the words of this door."""
    return bad_all([_fault(problem) for problem in refusal.problems])


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


def _day(value: str, zone: ZoneInfo) -> str:
    """The day of an instant in the city's zone, or a day as it is."""
    if _DAY.fullmatch(value):
        return value
    at = datetime.fromisoformat(value.replace(" ", "+"))
    if at.tzinfo is None:
        raise ValueError("Waktu tanpa zona; tulis misalnya +07:00 / a time without an offset")
    try:
        return at.astimezone(zone).date().isoformat()
    except OverflowError:
        raise ValueError("Bukan waktu / not a time") from None


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

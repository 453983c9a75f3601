"""What an agency posts about a report: mySociety's servicerequestupdates -> `agency.updated`. Pure."""

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import to_json

from services.intake.open311.form import Form, attributes
from services.intake.open311.query import Names, read_names
from services.intake.open311.refusal import Fault, bad, bad_all, unknown
from services.intake.open311.states import ACTION_OF, ACTIONS
from services.intake.problems import faults_of, problem
from shared.events import AgencyUpdated, Problem
from shared.readable import readable

_REQUIRED: Final = ("service_request_id", "update_id", "status", "updated_datetime", "description")
_THEIRS: Final[Mapping[str, str]] = {
    "at": "updated_datetime",
    "note": "description",
    "update_id": "update_id",
    "question": "description",
    "evidence": "media_url",
}

# Several values of one field come joined by `;`, which a link may hold, too.
_NEXT_LINK: Final = re.compile(r";(?=https?://)")
# The contract wants type, size and hash of a file; a link tells none of them, and nothing here fetches it.
_UNSEEN: Final = {"media_type": "application/octet-stream", "size": 0, "sha256": "0" * 64}


def named(form: Form) -> Names:
    """The report that an update is about.

    Raises:
        Refused: 400 where a required field is missing, or several reports are named; 404 where it cannot be one.
    """
    missing = [Fault(f"{name}: Wajib diisi / is required", name, "missing") for name in _REQUIRED if name not in form]
    if missing:
        raise bad_all(missing)
    names = read_names(form["service_request_id"])
    if len(names) != 1:
        raise bad("Satu laporan / one report", "service_request_id", "too-many")
    if names.strange:
        raise unknown("service_request_id")
    return names


def agency_updated(
    form: Form, agency: str, report_id: UUID, tracking_code: str, *, completion_needs_evidence: bool
) -> AgencyUpdated:
    """What the agency did. `attribute[action]` names an action of the contract where a status is too coarse.

    `completion_needs_evidence` is the pack's: what the router would refuse for want of it is refused here, where the
    agency hears it.

    Raises:
        Refused: 400, with every field that is wrong.
    """
    answers = attributes(form)
    action = answers.get("action") or ACTION_OF.get(form["status"].upper())
    words = form["description"]
    value: dict[str, Any] = {
        "update_id": form["update_id"],
        "report_id": str(report_id),
        "tracking_code": tracking_code,
        "agency": agency,
        "action": action,
        "at": form["updated_datetime"].replace(" ", "+"),
        **({"question": words} if action == "ask_reporter" else {"note": words}),
        **({"evidence": _evidence(form["media_url"])} if "media_url" in form else {}),
        **{name: answers[name] for name in ("reason_code", "suggested_agency", "expected_at") if name in answers},
    }
    # The specification wants a description of every update; the contract lets an action go without words.
    problems = [] if readable(words).strip() else [problem("empty", "note")]
    if action == "complete" and completion_needs_evidence and "media_url" not in form:
        problems.append(problem("missing", "evidence"))
    try:
        update = AgencyUpdated.model_validate_json(to_json(value))
    except ValidationError as error:
        problems += [fault.problem for fault in faults_of(error)]
    if problems:
        raise bad_all([_fault(one, answers) for one in problems])
    return update


def _evidence(links: str) -> list[dict[str, Any]]:
    return [{"url": link.strip(), **_UNSEEN} for link in _NEXT_LINK.split(links)]


def _fault(one: Problem, answers: Mapping[str, str]) -> Fault:
    if one.field == "action":
        # It was read from the status where it was not given: each is told with its own list.
        field, listed = ("attribute[action]", ACTIONS) if "action" in answers else ("status", tuple(ACTION_OF))
        return Fault(f"{field}: Harus salah satu dari / must be one of {', '.join(listed)}", field, one.code)
    field = _THEIRS.get(one.field.partition(".")[0], f"attribute[{one.field}]")
    return Fault(f"{field}: {one.message_id} / {one.message_en}", field, one.code)

"""A report is judged alike by its JSON Schema, which channels use, and by the model, which intake uses."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from services.intake.validation import NotAReport, understand
from shared import examples, kinds, schemas
from shared.envelope import Kind

SAMPLES: Final = Path(__file__).parents[2] / "deploy" / "samples"
LINES: Final = (SAMPLES / "reports.jsonl").read_text(encoding="utf-8").removesuffix("\n").split("\n")
EXPECTED: Final[dict[str, Any]] = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
# A conflict is a report in itself: only the one before it makes it wrong.
WRONG: Final = {line for line in EXPECTED["rejected"] if str(line) not in EXPECTED["conflicts"]}
NUMBERED: Final = list(enumerate(LINES, 1))

JUDGES: Final = {
    kind: Draft202012Validator(schemas.schema_of(kind), format_checker=Draft202012Validator.FORMAT_CHECKER)
    for kind in (kinds.REPORT_SUBMITTED, kinds.AGENCY_UPDATED, kinds.REPORTER_REPLIED)
}


def schema_takes(kind: Kind, text: str) -> bool:
    try:
        return bool(JUDGES[kind].is_valid(json.loads(text)))
    except json.JSONDecodeError:
        return False


def model_takes(kind: Kind, text: str) -> bool:
    try:
        kind.model.model_validate_json(text)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(("line", "text"), [pair for pair in NUMBERED if pair[0] not in WRONG])
def test_both_take_a_sample_that_is_a_report(line: int, text: str) -> None:
    assert list(JUDGES[kinds.REPORT_SUBMITTED].iter_errors(json.loads(text))) == [], line
    assert model_takes(kinds.REPORT_SUBMITTED, text), line


@pytest.mark.parametrize(("line", "text"), [pair for pair in NUMBERED if pair[0] in WRONG])
def test_both_refuse_a_sample_that_is_none(line: int, text: str) -> None:
    assert not schema_takes(kinds.REPORT_SUBMITTED, text)
    with pytest.raises(NotAReport) as refused:
        understand(text.encode())
    assert {problem.field for problem in refused.value.problems} == set(EXPECTED["rejected_fields"][str(line)]), line


FILE: Final = {"url": "https://files.example.org/1.jpg", "media_type": "image/jpeg", "size": 1, "sha256": "0" * 64}
SUBMITTED: Final = kinds.REPORT_SUBMITTED
CASES: Final[list[tuple[Kind, dict[str, Any], bool]]] = [
    (SUBMITTED, {"channel": "a" * 32}, True),
    (SUBMITTED, {"channel": "a" * 33}, False),
    (SUBMITTED, {"channel": ""}, False),
    (SUBMITTED, {"channel": "Web"}, False),
    (SUBMITTED, {"external_id": "x" * 128}, True),
    (SUBMITTED, {"external_id": "x" * 129}, False),
    (SUBMITTED, {"external_id": ""}, False),
    (SUBMITTED, {"external_id": 12}, False),
    (SUBMITTED, {"submitted_at": "2026-03-02T08:15:00Z"}, True),
    (SUBMITTED, {"submitted_at": "2026-03-02T08:15:00.123456+07:00"}, True),
    (SUBMITTED, {"submitted_at": "2026-03-02T08:15:00"}, False),
    (SUBMITTED, {"submitted_at": "2026-13-02T08:15:00Z"}, False),
    (SUBMITTED, {"submitted_at": None}, False),
    (SUBMITTED, {"class": None}, True),
    (SUBMITTED, {"class": "keluhan"}, False),
    (SUBMITTED, {"title": "a" * 200}, True),
    (SUBMITTED, {"title": "a" * 201}, False),
    (SUBMITTED, {"text": "a" * 10_000}, True),
    (SUBMITTED, {"text": "a" * 10_001}, False),
    (SUBMITTED, {"text": "🕳" * 10_000}, True),
    (SUBMITTED, {"text": " \n\t "}, False),
    (SUBMITTED, {"text": " a "}, True),
    (SUBMITTED, {"topic": "jalan rusak"}, False),
    (SUBMITTED, {"topic": "nobody-knows-it"}, True),
    (SUBMITTED, {"location": {}}, True),
    (SUBMITTED, {"location": {"lat": -90, "lng": 180}}, True),
    (SUBMITTED, {"location": {"lat": -90.1, "lng": 0}}, False),
    (SUBMITTED, {"location": {"lat": 1}}, False),
    (SUBMITTED, {"location": {"lat": 1, "lng": None}}, False),
    (SUBMITTED, {"location": {"lat": None, "lng": None}}, True),
    (SUBMITTED, {"location": {"region_code": "3575011001"}}, True),
    (SUBMITTED, {"location": {"region_code": "35750"}}, False),
    (SUBMITTED, {"location": "pasar"}, False),
    (SUBMITTED, {"occurred_on": "2026-02-29"}, False),
    (SUBMITTED, {"occurred_on": "2028-02-29"}, True),
    (SUBMITTED, {"language": "fr"}, False),
    (SUBMITTED, {"anonymous": "yes"}, False),
    (SUBMITTED, {"anonymous": None}, True),
    (SUBMITTED, {"reporter": {}}, True),
    (SUBMITTED, {"reporter": {"phone": 62811}}, False),
    (SUBMITTED, {"reply_to": []}, True),
    (SUBMITTED, {"reply_to": [{"kind": "fax", "address": "1"}]}, False),
    (SUBMITTED, {"reply_to": [{"kind": "email", "address": " "}]}, False),
    (SUBMITTED, {"reply_to": [{"kind": "email"}]}, False),
    (SUBMITTED, {"attachments": [FILE] * 10}, True),
    (SUBMITTED, {"attachments": [FILE] * 11}, False),
    (SUBMITTED, {"attachments": [{**FILE, "url": "ftp://a.example/1"}]}, False),
    (SUBMITTED, {"attachments": [{**FILE, "size": 1.5}]}, False),
    (SUBMITTED, {"attributes": {str(n): "" for n in range(20)}}, True),
    (SUBMITTED, {"attributes": {str(n): "" for n in range(21)}}, False),
    (SUBMITTED, {"attributes": {"": "a"}}, False),
    (SUBMITTED, {"attributes": {"a": None}}, False),
    (kinds.AGENCY_UPDATED, {"tracking_code": None}, False),
    (kinds.AGENCY_UPDATED, {"tracking_code": None, "report_id": "b3f0c2de-5a41-5c0e-9f53-0e1f2a7c4d11"}, True),
    (kinds.AGENCY_UPDATED, {"tracking_code": None, "report_id": "7"}, False),
    (kinds.AGENCY_UPDATED, {"action": "ignore"}, False),
    (kinds.REPORTER_REPLIED, {"rating": 0}, False),
    (kinds.REPORTER_REPLIED, {"rating": 6}, False),
    (kinds.REPORTER_REPLIED, {"text": ""}, True),
    (kinds.REPORTER_REPLIED, {"text": "x" * 10_001}, False),
]


@pytest.mark.parametrize(("kind", "change", "taken"), CASES, ids=lambda case: str(case)[:60])
def test_both_draw_the_line_at_the_same_place(kind: Kind, change: dict[str, Any], taken: bool) -> None:
    text = json.dumps({**examples.written(kind), **change})
    assert schema_takes(kind, text) is taken
    assert model_takes(kind, text) is taken

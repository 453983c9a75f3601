"""The page for channel builders says what the code does."""

import json
import re
from pathlib import Path
from typing import Final

import pytest
from jsonschema import Draft202012Validator

from services.intake.identity import read_tracking_code, report_id
from shared import examples, kinds, schemas, topics
from shared.events import ReportSubmitted
from shared.topics import Topic

GUIDE: Final = (Path(__file__).parents[2] / "docs" / "contract" / "README.md").read_text(encoding="utf-8")


def test_the_first_report_of_the_guide_is_one() -> None:
    (report,) = re.findall(r"'(\{.*\})'", GUIDE)
    Draft202012Validator(schemas.schema_of(kinds.REPORT_SUBMITTED)).validate(json.loads(report))
    assert ReportSubmitted.model_validate_json(report).channel == "web"


@pytest.mark.parametrize("topic", topics.ALL, ids=lambda topic: topic.name)
def test_the_guide_tells_of_a_topic_what_is_true(topic: Topic) -> None:
    (row,) = [line for line in GUIDE.splitlines() if line.startswith(f"| `{topic.name}` |")]
    _, _, written_by, read_by, identity, kept, _ = [cell.strip() for cell in row.split("|")]
    assert written_by.split(", ") == list(topic.written_by)
    assert read_by.split(", ") == list(topic.read_by)
    assert identity.partition(",")[0] == ("yes" if topic.identity else "no")
    assert kept == f"{topic.retention_days} days"


def test_the_guide_names_every_header() -> None:
    for name, _ in examples.announced(kinds.REPORT_ACCEPTED).headers:
        assert f"| `{name}` |" in GUIDE


def test_the_examples_tell_of_one_report() -> None:
    accepted = examples.written(kinds.REPORT_ACCEPTED)
    assert accepted["report_id"] == str(report_id(accepted["channel"], accepted["external_id"]))
    assert read_tracking_code(accepted["tracking_code"]) is not None
    told = {examples.written(kind).get("tracking_code") for kind in kinds.ALL} - {None}
    assert told == {accepted["tracking_code"]}

"""The page for channels says what the code does. Its snippets are run in tests/integration/open311."""

import json
import re
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, get_args

import pytest

from services.intake.open311.form import BODY_BYTES
from services.intake.open311.states import ACTION_OF
from services.intake.validation import understand
from shared.envelope import NAMESPACE
from shared.events import Notification, NotificationRequested, ReporterReplied, ReportSubmitted
from shared.pack import load_pack

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = (ROOT / "docs" / "channels.md").read_text(encoding="utf-8")
PACK: Final = load_pack(ROOT / "deploy" / "packs" / "kota-pasuruan")
EXAMPLES: Final = re.findall(r"```json\n(.*?)```", PAGE[: PAGE.index("## What reporters answer")], re.DOTALL)
(REPLY,) = re.findall(
    r"```json\n(.*?)```", PAGE[PAGE.index("## What reporters answer") : PAGE.index("## Messages that")], re.DOTALL
)
REQUEST: Final = re.findall(r"```json\n(.*?)```", PAGE[PAGE.index("## Messages that") :], re.DOTALL)[0]


def rows(heading: str) -> list[list[str]]:
    """The rows of the first table behind `heading`."""
    lines = PAGE[PAGE.index(heading) :].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("|---"))
    table = []
    for line in lines[start + 1 :]:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.strip("|").split("|")])
    return table


def test_the_example_of_a_request_is_one_and_an_outcome_when_its_own_fields_are_left_out() -> None:
    asked = NotificationRequested.model_validate_json(REQUEST)
    own = set(NotificationRequested.model_fields) - set(Notification.model_fields)
    assert own == {"channel", "handle", "subject", "text"}
    assert all(f"`{name}`" in PAGE for name in own)
    assert Notification.model_validate_json(asked.model_dump_json(exclude=own)).status == "sending"


def test_what_the_page_says_of_a_reply_is_true() -> None:
    assert ReporterReplied.model_validate_json(REPLY).action == "answer"
    told = dict(rows("## What reporters answer"))
    assert {name.strip("`") for name in told} == set(ReporterReplied.model_fields)
    actions = get_args(ReporterReplied.model_fields["action"].annotation)
    assert all(f"`{action}`" in told["`action`"] for action in actions)


def test_the_fields_are_those_of_a_report() -> None:
    told = {name.strip("`"): needed == "yes" for name, needed, _ in rows("## The fields")}
    fields = {field.alias or name: field.is_required() for name, field in ReportSubmitted.model_fields.items()}
    assert told == fields


def test_there_are_ten_examples_with_ten_ids() -> None:
    assert len(EXAMPLES) == 10
    assert len({json.loads(example)["external_id"] for example in EXAMPLES}) == 10


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: str(json.loads(text)["external_id"]))
def test_an_example_is_a_report_of_this_city(example: str) -> None:
    written: dict[str, Any] = json.loads(example)
    report = understand(example.encode())
    assert set(written) <= {field.alias or name for name, field in ReportSubmitted.model_fields.items()}
    assert report.topic is None or report.topic in PACK.topics
    assert report.channel in PACK.deployment.channels


def test_the_examples_show_every_field_and_class() -> None:
    reports = [json.loads(example) for example in EXAMPLES]
    assert {name for report in reports for name in report} == {
        field.alias or name for name, field in ReportSubmitted.model_fields.items()
    } - {"agency"}
    assert {report.get("class") for report in reports} == {None, "aspirasi", "permintaan_informasi"}


def test_the_page_says_how_a_report_id_is_made() -> None:
    assert str(NAMESPACE) in PAGE


def test_the_page_says_what_a_status_means() -> None:
    told = {word.strip(" `"): action.strip("`") for words, action in rows("**Updates.**") for word in words.split(",")}
    assert told == dict(ACTION_OF)


def test_the_page_names_the_errors() -> None:
    told = {int(code) for codes, _ in rows("**Errors**") for code in codes.split(",")}
    assert told == {400, 403, 404, 405, 408, 413, 429, 503}
    assert all(HTTPStatus(code).phrase for code in told)
    assert f"{BODY_BYTES // 1024} KiB" in PAGE

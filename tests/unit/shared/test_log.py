"""Logs: JSON, one line an event, and no identity from an error's words."""

import json
import logging

import pytest
from pydantic import BaseModel, ValidationError

from shared import log


@pytest.fixture(autouse=True)
def _restored() -> object:
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_line_is_json_with_its_service_and_what_was_bound(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up("intake", "info")
    log.get("intake").info("report.accepted", report_id="r", trace_id="t")
    (line,) = lines(capsys)
    assert line["service"] == "intake"
    assert line["event"] == "report.accepted"
    assert (line["report_id"], line["trace_id"]) == ("r", "t")


def test_lines_of_libraries_look_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up("intake", "info")
    logging.getLogger("some.library").warning("what %s says", "it")
    (line,) = lines(capsys)
    assert (line["event"], line["level"], line["service"]) == ("what it says", "warning", "intake")


class Person(BaseModel):
    """Something whose errors quote their input."""

    age: int


def test_an_error_is_told_by_type_and_place_never_by_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up("intake", "info")
    try:
        Person(age="3575011234567890 Siti")
    except ValidationError:
        log.get("intake").exception("failed")
        logging.getLogger("some.library").exception("failed")
    ours, theirs = lines(capsys)
    assert ours["error"] == theirs["error"] == "ValidationError"
    assert "Siti" not in json.dumps([ours, theirs])


def test_a_lower_level_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up("intake", "warning")
    log.get("intake").info("quiet")
    assert not lines(capsys)

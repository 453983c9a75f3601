"""What cannot be read is kept with what is wrong in it, and without what was written there."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from shared import kinds
from shared.dead_letters import as_it_came, letter_in
from shared.envelope import Headers
from shared.events import AgencyUpdated, ReporterReplied
from shared.reading import problems_of, read

NIK = "3575014107809001"
UPDATE = {"update_id": "1", "report_id": "0" * 32, "agency": "pupr", "action": "start", "at": "2026-11-23T09:00:00Z"}
FILE = {"url": "https://example.org/1.jpg", "media_type": "image/jpeg", "size": 1, "sha256": "0" * 64}


@dataclass
class Message:
    value: bytes | None
    key: bytes | None = b"k"
    headers: Headers = field(default_factory=list)
    topic: str = "agencies.updates"
    partition: int = 3
    offset: int = 42
    timestamp: int = 1_790_000_000_123


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in UPDATE.items() if key != name}


@pytest.mark.parametrize(
    ("message", "problems"),
    [
        ({**UPDATE, "action": NIK}, [("action", "literal-error")]),
        ({**UPDATE, "note": 3575014107809001}, [("note", "string-type")]),
        ({**UPDATE, "at": "kemarin"}, [("at", "bad-time")]),
        ({**UPDATE, "at": "2026-11-23T09:00:00"}, [("at", "no-offset")]),
        (without("report_id"), [("$", "report-not-named")]),
        (without("agency") | {"update_id": ""}, [("update_id", "string-too-short"), ("agency", "missing")]),
        ({**UPDATE, "evidence": [FILE, {**FILE, "url": NIK}]}, [("evidence.1.url", "string-pattern-mismatch")]),
        ([], [("$", "model-type")]),
        ("{", [("$", "json-invalid")]),
    ],
)
def test_a_message_that_cannot_be_read_says_which_field_and_why(
    message: object, problems: list[tuple[str, str]]
) -> None:
    sent = message if isinstance(message, str) else json.dumps(message)
    read_ones, (letter,) = read([Message(sent.encode())], kinds.AGENCY_UPDATED, AgencyUpdated, "router")
    headers = dict(letter.headers)
    assert read_ones == []
    assert (headers["dead-letter-reason"], headers["dead-letter-kind"]) == (b"malformed", b"unhandled")
    said = json.loads(headers["dead-letter-problems"])
    assert [(one["field"], one["code"]) for one in said] == problems
    assert NIK.encode() not in headers["dead-letter-problems"]


def test_what_is_sent_again_is_the_message_as_it_came() -> None:
    _, (kept,) = read([Message(b"{}")], kinds.REPORTER_REPLIED, ReporterReplied, "router")
    letter = letter_in(kept)
    assert letter is not None
    again = as_it_came(letter, kept.key, kept.value, kept.headers)
    assert [name for name, _ in again.headers] == ["replay-of-dead-letter"]


def test_a_message_that_is_wrong_all_over_is_told_in_part() -> None:
    many = json.dumps({**UPDATE, "evidence": [{}] * 10})
    _, (letter,) = read([Message(many.encode())], kinds.AGENCY_UPDATED, AgencyUpdated, "router")
    assert len(json.loads(dict(letter.headers)["dead-letter-problems"])) == 20


def test_a_letter_that_was_read_names_no_field() -> None:
    _, (letter,) = read([Message(b"")], kinds.AGENCY_UPDATED, AgencyUpdated, "router")
    assert "dead-letter-problems" not in dict(letter.headers)


def test_a_field_that_is_called_by_a_number_is_not_told() -> None:
    class Order(BaseModel):
        model_config = ConfigDict(extra="forbid")
        command_id: str

    with pytest.raises(ValidationError) as caught:
        Order.model_validate_json(json.dumps({"command_id": "1", f"nik {NIK}": 1}))
    assert problems_of(caught.value) == [{"field": "nik [nomor identitas]", "code": "extra-forbidden"}]

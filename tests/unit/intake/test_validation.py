"""From bytes to a report, or to every reason why it is none."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.problems import SENTENCES, problem
from services.intake.validation import MESSAGE_LIMIT, NotAReport, understand
from shared.events import Problem
from tests.builders import submission


def refusal(value: bytes | None) -> NotAReport:
    with pytest.raises(NotAReport) as refused:
        understand(value)
    return refused.value


def named(value: bytes | None) -> set[tuple[str, str]]:
    return {(item.field, item.code) for item in refusal(value).problems}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "empty-message"),
        (b"", "empty-message"),
        (b"halo", "not-json"),
        (b'{"channel": "web"', "not-json"),
        (b"\xff\xfe\x00", "not-json"),
        (b"[]", "not-an-object"),
        (b'"text"', "not-an-object"),
        (b"null", "not-an-object"),
        (b"[" * 100_000, "not-json"),
        (b"x" * (MESSAGE_LIMIT + 1), "too-large"),
    ],
)
def test_what_is_no_object_at_all_is_refused_as_a_whole(value: bytes | None, code: str) -> None:
    assert named(value) == {("$", code)}


ATTACHMENT = {"url": "https://files.example.org/a.jpg", "media_type": "image/jpeg", "size": 1, "sha256": "0" * 64}
CASES: list[tuple[dict[str, Any], str, str]] = [
    ({"channel": ...}, "channel", "missing"),
    ({"channel": "Web Kota"}, "channel", "bad-format"),
    ({"channel": "w" * 33}, "channel", "bad-format"),
    ({"channel": 5}, "channel", "wrong-type"),
    ({"external_id": ...}, "external_id", "missing"),
    ({"external_id": ""}, "external_id", "empty"),
    ({"external_id": "x" * 129}, "external_id", "too-long"),
    ({"submitted_at": ...}, "submitted_at", "missing"),
    ({"submitted_at": "2026-11-23T10:00:00"}, "submitted_at", "no-offset"),
    ({"submitted_at": "kemarin"}, "submitted_at", "bad-time"),
    ({"submitted_at": 1_700_000_000}, "submitted_at", "wrong-type"),
    ({"submitted_at": "1700000000"}, "submitted_at", "bad-time"),
    ({"submitted_at": "2026-11-23 10:00:00+07:00"}, "submitted_at", "bad-time"),
    ({"submitted_at": "2026-11-23T10:00:00+0700"}, "submitted_at", "bad-time"),
    ({"submitted_at": "2026-02-30T10:00:00+07:00"}, "submitted_at", "bad-time"),
    ({"external_id": "a\x00b"}, "external_id", "bad-format"),
    ({"external_id": "   "}, "external_id", "bad-format"),
    ({"text": "\x00\x01"}, "text", "empty"),
    ({"class": "curhat"}, "class", "not-in-list"),
    ({"title": "x" * 201}, "title", "too-long"),
    ({"text": ...}, "text", "missing"),
    ({"text": "   \n\t "}, "text", "empty"),
    ({"text": "x" * 10_001}, "text", "too-long"),
    ({"text": 12}, "text", "wrong-type"),
    ({"text": ["a"]}, "text", "wrong-type"),
    ({"topic": "Jalan Rusak"}, "topic", "bad-format"),
    ({"location": {"lat": -7.64}}, "location", "incomplete-pair"),
    ({"location": {"lat": 97, "lng": 112.9}}, "location.lat", "out-of-range"),
    ({"location": {"lat": -7.6, "lng": 181}}, "location.lng", "out-of-range"),
    ({"location": {"lat": "utara", "lng": 112.9}}, "location.lat", "wrong-type"),
    ({"location": {"region_code": "Pasuruan"}}, "location.region_code", "bad-format"),
    ({"location": "Pasar"}, "location", "not-an-object"),
    ({"occurred_on": "31-12-2026"}, "occurred_on", "bad-format"),
    ({"language": "nl"}, "language", "not-in-list"),
    ({"anonymous": "ya"}, "anonymous", "wrong-type"),
    ({"confidential": 1}, "confidential", "wrong-type"),
    ({"reporter": []}, "reporter", "not-an-object"),
    ({"reporter": {"name": 5}}, "reporter.name", "wrong-type"),
    ({"reply_to": [{"kind": "merpati", "address": "x"}]}, "reply_to.0.kind", "not-in-list"),
    ({"reply_to": [{"kind": "email"}]}, "reply_to.0.address", "missing"),
    ({"attachments": [{"url": "http://a.example.org/x"}]}, "attachments.0.url", "bad-format"),
    ({"attachments": [ATTACHMENT] * 11}, "attachments", "too-many"),
    ({"attributes": {"customer_number": 5}}, "attributes.customer_number", "wrong-type"),
    ({"attributes": {str(number): "x" for number in range(21)}}, "attributes", "too-many"),
]


@pytest.mark.parametrize(("changes", "field", "code"), CASES, ids=[f"{field}-{code}" for _, field, code in CASES])
def test_a_bad_field_is_named_with_its_code(changes: dict[str, Any], field: str, code: str) -> None:
    assert (field, code) in named(json.dumps(submission(**changes)).encode())


@pytest.mark.parametrize("text", ['{"lat": NaN, "lng": 1}', '{"lat": 1e400, "lng": 1}', '{"lat": Infinity, "lng": 1}'])
def test_a_number_that_is_none_is_refused(text: str) -> None:
    whole = json.dumps(submission(location="HERE")).replace('"HERE"', text)
    assert {field for field, _ in named(whole.encode())} <= {"location.lat", "location", "$"}


def test_every_problem_is_named_not_only_the_first() -> None:
    value = json.dumps(submission(text="", channel="W", submitted_at=..., language="xx")).encode()
    assert named(value) == {
        ("text", "empty"),
        ("channel", "bad-format"),
        ("submitted_at", "missing"),
        ("language", "not-in-list"),
    }


def test_who_sent_it_is_still_read_where_it_can_be() -> None:
    assert (refused := refusal(json.dumps(submission(text="", external_id="7")).encode())).external_id == "7"
    assert refused.channel == "web"
    assert refusal(b'{"channel": "B A D", "external_id": ["x"]}').channel is None


def test_a_problem_never_quotes_the_input() -> None:
    secret = "3575011234560001"
    value = json.dumps(submission(channel=secret + " x", reporter={"nik": int(secret)}, title=[secret])).encode()
    assert secret not in str([item.model_dump() for item in refusal(value).problems])


def test_every_code_has_its_sentence_in_both_languages() -> None:
    assert all(indonesian and english and indonesian != english for indonesian, english in SENTENCES.values())


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "x"},
        {"text": "x" * 10_000},
        {"text": "  mati lampu  "},
        {"text": "mati\x00 lampu\x1b[31m", "title": "a\x00b"},
        {"location": {"region_code": "3575011001"}},
        {"location": {"region_code": "35.75.01.1001", "address": None}},
        {"something_new": {"a": 1}},
        {"reporter": None, "attachments": None, "class": None, "anonymous": None, "attributes": None},
        {"reporter": ...},
    ],
)
def test_what_is_merely_short_incomplete_or_new_is_understood(changes: dict[str, Any]) -> None:
    understand(json.dumps(submission(**changes)).encode())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(sorted(submission())), json_values)
def test_any_json_in_any_field_is_understood_or_refused_with_a_code(field: str, value: object) -> None:
    problems: tuple[Problem, ...] = (problem("missing"),)
    try:
        understand(json.dumps(submission(**{field: value})).encode())
    except NotAReport as refused:
        problems = refused.problems
    assert problems
    assert {item.code for item in problems} <= SENTENCES.keys()


@given(st.binary(max_size=300))
def test_any_bytes_are_understood_or_refused_with_a_code(value: bytes) -> None:
    assert refusal(value).problems

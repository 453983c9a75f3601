"""From bytes to a report, or to every reason why it is none."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.problems import SENTENCES, problem
from services.intake.validation import MESSAGE_LIMIT, NotAReport, examine, understand
from shared.events import Problem, ReportSubmitted
from tests.builders import submission


def refusal(value: bytes | None) -> NotAReport:
    with pytest.raises(NotAReport) as refused:
        understand(value)
    return refused.value


def named(value: bytes | None) -> set[tuple[str, str]]:
    return {(item.field, item.code) for item in refusal(value).problems}


def message(**changes: Any) -> bytes:
    return json.dumps(submission(**changes)).encode()


def with_raw(field: str, raw: str) -> bytes:
    """A message in which a field is written as it is, also where no JSON library would write it so."""
    return message(**{field: "HERE"}).replace(b'"HERE"', raw.encode())


NO_OBJECT = {
    "a tombstone": (None, "empty-message"),
    "0 bytes": (b"", "empty-message"),
    "words": (b"halo", "not-json"),
    "half a message": (b'{"channel": "web"', "not-json"),
    "UTF-16": ('{"channel": "web"}'.encode("utf-16"), "not-json"),
    "bytes that are no UTF-8": (b'{"text": "caf\xe9"}', "not-json"),
    "a list": (b"[]", "not-an-object"),
    "a report in a list": (b"[" + message() + b"]", "not-an-object"),
    "a string": (b'"text"', "not-an-object"),
    "null": (b"null", "not-an-object"),
    "a number": (b"1", "not-an-object"),
    "two messages in one": (message() + b"\n" + message(), "not-json"),
    "a trailing comma": (b'{"channel": "web",}', "not-json"),
    "single quotes": (b"{'channel': 'web'}", "not-json"),
    "a nested list as a bomb": (b"[" * 100_000, "not-json"),
    "a nested object as a bomb": (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "not-json"),
    "a bomb in a field nobody knows": (with_raw("extra", "[" * 5000 + "]" * 5000), "not-json"),
    "a number of 100,000 digits": (with_raw("occurred_on", "1" * 100_000), "not-json"),
    "2 MB": (b"x" * 2 * MESSAGE_LIMIT, "too-large"),
    "one byte too many": (b"x" * (MESSAGE_LIMIT + 1), "too-large"),
}


@pytest.mark.parametrize(("value", "code"), NO_OBJECT.values(), ids=NO_OBJECT.keys())
def test_what_is_no_object_at_all_is_refused_as_a_whole(value: bytes | None, code: str) -> None:
    problems = named(value)
    assert problems == {("$", code)} or (code == "not-json" and ("occurred_on", "wrong-type") in problems)


ATTACHMENT = {"url": "https://files.example.org/a.jpg", "media_type": "image/jpeg", "size": 1, "sha256": "0" * 64}
REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("no channel", {"channel": ...}, "channel", "missing"),
    ("a channel of null", {"channel": None}, "channel", "wrong-type"),
    ("a channel in words", {"channel": "Web Kota"}, "channel", "bad-format"),
    ("33 characters of channel", {"channel": "w" * 33}, "channel", "bad-format"),
    ("an empty channel", {"channel": ""}, "channel", "bad-format"),
    ("a channel with a line feed", {"channel": "web\n"}, "channel", "bad-format"),
    ("a channel that is a number", {"channel": 5}, "channel", "wrong-type"),
    ("no external id", {"external_id": ...}, "external_id", "missing"),
    ("an empty external id", {"external_id": ""}, "external_id", "empty"),
    ("129 characters of external id", {"external_id": "x" * 129}, "external_id", "too-long"),
    ("a NUL in the external id", {"external_id": "a\x00b"}, "external_id", "bad-format"),
    ("an external id of spaces", {"external_id": "   "}, "external_id", "bad-format"),
    ("an external id that is a number", {"external_id": 17}, "external_id", "wrong-type"),
    ("no time", {"submitted_at": ...}, "submitted_at", "missing"),
    ("a time without an offset", {"submitted_at": "2026-11-23T10:00:00"}, "submitted_at", "no-offset"),
    ("a word for a time", {"submitted_at": "kemarin"}, "submitted_at", "bad-time"),
    ("an empty time", {"submitted_at": ""}, "submitted_at", "bad-time"),
    ("seconds since 1970", {"submitted_at": 1_700_000_000}, "submitted_at", "wrong-type"),
    ("seconds since 1970 in a string", {"submitted_at": "1700000000"}, "submitted_at", "bad-time"),
    ("a blank for the T", {"submitted_at": "2026-11-23 10:00:00+07:00"}, "submitted_at", "bad-time"),
    ("an offset without a colon", {"submitted_at": "2026-11-23T10:00:00+0700"}, "submitted_at", "bad-time"),
    ("30 February", {"submitted_at": "2026-02-30T10:00:00+07:00"}, "submitted_at", "bad-time"),
    ("25 o'clock", {"submitted_at": "2026-11-23T25:00:00+07:00"}, "submitted_at", "bad-time"),
    ("the year 0", {"submitted_at": "0000-01-01T00:00:00Z"}, "submitted_at", "bad-time"),
    ("the year 10000", {"submitted_at": "10000-01-01T00:00:00Z"}, "submitted_at", "bad-time"),
    ("an offset of 99 hours", {"submitted_at": "2026-11-23T10:00:00+99:00"}, "submitted_at", "bad-time"),
    ("another class", {"class": "curhat"}, "class", "not-in-list"),
    ("a class in capitals", {"class": "PENGADUAN"}, "class", "not-in-list"),
    ("201 characters of title", {"title": "x" * 201}, "title", "too-long"),
    ("a title that is a list", {"title": ["x"]}, "title", "wrong-type"),
    ("no text", {"text": ...}, "text", "missing"),
    ("a text of null", {"text": None}, "text", "wrong-type"),
    ("an empty text", {"text": ""}, "text", "empty"),
    ("only spaces", {"text": "   \n\t "}, "text", "empty"),
    ("only spaces of other scripts", {"text": "\u3000\u2003\u00a0"}, "text", "empty"),
    ("only what has no width", {"text": "\u200b\u200d\ufeff\u2060"}, "text", "empty"),
    ("only marks of direction", {"text": "\u202e\u2066 \u2069"}, "text", "empty"),
    ("only control characters", {"text": "\x00\x01"}, "text", "empty"),
    ("only blank signs", {"text": "\u2800\u3164"}, "text", "empty"),
    ("10,001 characters", {"text": "x" * 10_001}, "text", "too-long"),
    ("10,001 emoji", {"text": "🙏" * 10_001}, "text", "too-long"),
    ("a text that is a number", {"text": 1708}, "text", "wrong-type"),
    ("a text in a list", {"text": ["a"]}, "text", "wrong-type"),
    ("half a point", {"location": {"lat": -7.64}}, "location", "incomplete-pair"),
    ("the other half", {"location": {"lng": 112.9}}, "location", "incomplete-pair"),
    ("beyond the pole", {"location": {"lat": 97, "lng": 112.9}}, "location.lat", "out-of-range"),
    ("swapped", {"location": {"lat": 112.9, "lng": -7.6}}, "location.lat", "swapped-coordinates"),
    ("beyond the date line", {"location": {"lat": -7.6, "lng": 181}}, "location.lng", "out-of-range"),
    ("a point in words", {"location": {"lat": "utara", "lng": 112.9}}, "location.lat", "wrong-type"),
    ("a point in strings", {"location": {"lat": "-7.6", "lng": "112.9"}}, "location.lng", "wrong-type"),
    ("a place that is a string", {"location": "Pasar"}, "location", "not-an-object"),
    ("a place that is a list", {"location": [-7.6, 112.9]}, "location", "not-an-object"),
    ("a region code that is a number", {"location": {"region_code": 3575011001}}, "location.region_code", "wrong-type"),
    ("a date that is a number", {"occurred_on": 20261123}, "occurred_on", "wrong-type"),
    ("another language", {"language": "nl"}, "language", "not-in-list"),
    ("yes for true", {"anonymous": "ya"}, "anonymous", "wrong-type"),
    ("one for true", {"confidential": 1}, "confidential", "wrong-type"),
    ("a reporter that is a list", {"reporter": []}, "reporter", "not-an-object"),
    ("a name that is a number", {"reporter": {"name": 5}}, "reporter.name", "wrong-type"),
    ("a NIK that is a number", {"reporter": {"nik": 3575014107809001}}, "reporter.nik", "wrong-type"),
    ("a pigeon", {"reply_to": [{"kind": "merpati", "address": "x"}]}, "reply_to.0.kind", "not-in-list"),
    ("a way without an address", {"reply_to": [{"kind": "email"}]}, "reply_to.0.address", "missing"),
    ("a way that is a string", {"reply_to": ["a@example.org"]}, "reply_to.0", "not-an-object"),
    ("11 attachments", {"attachments": [ATTACHMENT] * 11}, "attachments", "too-many"),
    ("an attachment without a link", {"attachments": [{**ATTACHMENT, "url": None}]}, "attachments.0.url", "wrong-type"),
    ("half a byte", {"attachments": [{**ATTACHMENT, "size": 0.5}]}, "attachments.0.size", "wrong-type"),
    ("a number as an attribute", {"attributes": {"customer_number": 5}}, "attributes.customer_number", "wrong-type"),
    ("21 attributes", {"attributes": {str(number): "x" for number in range(21)}}, "attributes", "too-many"),
]


@pytest.mark.parametrize(("_name", "changes", "field", "code"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_a_channel_did_wrong_is_named_with_its_code(
    _name: str, changes: dict[str, Any], field: str, code: str
) -> None:
    assert (field, code) in named(message(**changes))


RAW = {
    "NaN": ("location", '{"lat": NaN, "lng": 112.9}', "location.lat", "out-of-range"),
    "infinity": ("location", '{"lat": -7.6, "lng": Infinity}', "location.lng", "out-of-range"),
    "1e400": ("location", '{"lat": -1e400, "lng": 112.9}', "location.lat", "out-of-range"),
    "a true for a number": ("location", '{"lat": true, "lng": 112.9}', "location.lat", "wrong-type"),
    "two texts": ("text", '"satu", "text": "dua"', "text", "duplicate-name"),
    "two texts, one with a blank": ("text", '"satu", "text" : "dua"', "text", "duplicate-name"),
    "two texts, one with an escape": ("text", '"satu", "te\\u0078t": "dua"', "text", "duplicate-name"),
    "two channels": ("text", '"x", "channel": "sms"', "channel", "duplicate-name"),
    "two latitudes": ("location", '{"lat": 1, "lat": 2, "lng": 112.9}', "lat", "duplicate-name"),
    "two addresses in one way": (
        "reply_to",
        '[{"kind": "email", "address": "a@example.org", "address": "b@example.org"}]',
        "address",
        "duplicate-name",
    ),
}


@pytest.mark.parametrize(("field", "raw", "at", "code"), RAW.values(), ids=RAW.keys())
def test_what_no_library_would_write_is_refused(field: str, raw: str, at: str, code: str) -> None:
    assert (at, code) in named(with_raw(field, raw))


def test_a_name_that_is_there_twice_hides_no_other_problem() -> None:
    problems = named(b'{"channel": "web", "channel": "sms", "external_id": "x", "submitted_at": "2026-11-23T10:00:00"}')
    assert problems == {("channel", "duplicate-name"), ("submitted_at", "no-offset"), ("text", "missing")}


@pytest.mark.parametrize("unreadable", ["a\x00b", "a\tb", "\ud83d"])
def test_an_id_that_nothing_can_carry_is_not_told(unreadable: str) -> None:
    with pytest.raises(NotAReport) as refused:
        understand(json.dumps({**json.loads(message()), "external_id": unreadable, "text": 5}).encode())
    assert (refused.value.channel, refused.value.external_id) == ("web", None)


def test_a_field_is_told_without_what_no_table_takes_and_without_identity() -> None:
    assert named(message(attributes={"a\x00b": 5})) == {("attributes.ab", "wrong-type")}
    assert named(message(attributes={"081200007788": 5})) == {("attributes.[telepon]", "wrong-type")}


def test_the_same_name_twice_with_the_same_value_leaves_no_doubt() -> None:
    assert understand(with_raw("text", '"mati lampu", "text": "mati lampu"')).text == "mati lampu"


def test_a_quote_before_a_colon_in_a_text_is_no_name() -> None:
    text = 'petugas bilang "besok": tidak datang, "text": juga'
    assert understand(message(text=text)).text == text


LEFT_OUT: list[tuple[str, dict[str, Any], str, str]] = [
    ("a topic in words", {"topic": "Jalan Rusak"}, "topic", "bad-format"),
    ("an agency in words", {"agency": "Dinas PU!"}, "agency", "bad-format"),
    ("an empty topic", {"topic": ""}, "topic", "bad-format"),
    ("a date the other way round", {"occurred_on": "31-12-2026"}, "occurred_on", "bad-format"),
    ("29 February of another year", {"occurred_on": "2026-02-29"}, "occurred_on", "bad-format"),
    ("a word for a date", {"occurred_on": "kemarin"}, "occurred_on", "bad-format"),
    ("a name for a region", {"location": {"region_code": "Pasuruan"}}, "location.region_code", "bad-format"),
    ("an odd region code", {"location": {"region_code": "35750"}}, "location.region_code", "bad-format"),
    ("501 characters of address", {"location": {"address": "x" * 501}}, "location.address", "too-long"),
    ("201 characters of name", {"reporter": {"name": "x" * 201}}, "reporter.name", "too-long"),
    ("33 characters of NIK", {"reporter": {"nik": "1" * 33}}, "reporter.nik", "too-long"),
    ("255 characters of e-mail", {"reporter": {"email": "x" * 255}}, "reporter.email", "too-long"),
    ("33 characters of telephone", {"reporter": {"phone": "0" * 33}}, "reporter.phone", "too-long"),
    ("an empty way", {"reply_to": [{"kind": "email", "address": " "}]}, "reply_to.0.address", "empty"),
    ("http", {"attachments": [{**ATTACHMENT, "url": "http://a.example.org/x"}]}, "attachments.0.url", "bad-format"),
    ("ftp", {"attachments": [{**ATTACHMENT, "url": "ftp://a.example.org/x"}]}, "attachments.0.url", "bad-format"),
    ("no hash", {"attachments": [{**ATTACHMENT, "sha256": "abc"}]}, "attachments.0.sha256", "bad-format"),
    ("fewer than no bytes", {"attachments": [{**ATTACHMENT, "size": -1}]}, "attachments.0.size", "out-of-range"),
    ("no type", {"attachments": [{**ATTACHMENT, "media_type": "jpg"}]}, "attachments.0.media_type", "bad-format"),
    ("501 characters of attribute", {"attributes": {"a": "x" * 501}}, "attributes.a", "too-long"),
]


@pytest.mark.parametrize(("_name", "changes", "field", "code"), LEFT_OUT, ids=[case[0] for case in LEFT_OUT])
def test_what_a_person_typed_and_nobody_can_use_is_left_out(
    _name: str, changes: dict[str, Any], field: str, code: str
) -> None:
    understood = examine(message(external_id="1", **changes))
    assert [(item.field, item.code) for item in understood.left_out] == [(field, code)]
    [(name, _)] = changes.items()
    left = getattr(understood.report, name)
    assert not left or not any(getattr(left, part, None) for part in field.split(".")[1:])


def test_what_is_left_out_leaves_the_others_where_they_were() -> None:
    ways = [
        {"kind": "email", "address": ""},
        {"kind": "email", "address": "a@example.org"},
        {"kind": "sms", "address": " "},
        {"kind": "sms", "address": "081200001234"},
    ]
    photos = [{**ATTACHMENT, "url": "http://a"}, ATTACHMENT, {**ATTACHMENT, "sha256": "-", "url": "x"}]
    report = examine(message(reply_to=ways, attachments=photos, reporter={"nik": "1" * 33, "name": "Rahayu"})).report
    assert [way.address for way in report.reply_to or ()] == ["a@example.org", "081200001234"]
    assert [photo.url for photo in report.attachments or ()] == [ATTACHMENT["url"]]
    assert report.reporter
    assert report.reporter.name == "Rahayu"


def test_a_fault_of_the_channel_names_what_would_have_been_left_out_too() -> None:
    assert named(message(topic="Jalan Rusak", language="nl")) == {("topic", "bad-format"), ("language", "not-in-list")}


def test_every_problem_is_named_not_only_the_first() -> None:
    value = message(text="", channel="W", submitted_at=..., language="xx")
    assert named(value) == {
        ("text", "empty"),
        ("channel", "bad-format"),
        ("submitted_at", "missing"),
        ("language", "not-in-list"),
    }


def test_who_sent_it_is_still_read_where_it_can_be() -> None:
    assert (refused := refusal(message(text="", external_id="7"))).external_id == "7"
    assert refused.channel == "web"
    assert refusal(b'{"channel": "B A D", "external_id": ["x"]}').channel is None


def test_a_problem_never_quotes_the_input() -> None:
    secret = "3575011234560001"
    value = message(channel=secret + " x", reporter={"nik": int(secret)}, title=[secret])
    assert secret not in str([item.model_dump() for item in refusal(value).problems])


def test_every_code_has_its_sentence_in_both_languages() -> None:
    assert all(indonesian and english and indonesian != english for indonesian, english in SENTENCES.values())


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "x"},
        {"text": "x" * 10_000},
        {"text": "  mati lampu  "},
        {"text": "\ufeff\u200bmati lampu"},
        {"submitted_at": "0001-01-01T00:00:00+07:00"},
        {"submitted_at": "9999-12-31T23:59:59-12:00"},
        {"submitted_at": "2026-11-23t10:00:00z"},
        {"location": {"region_code": "3575011001"}},
        {"location": {"region_code": "35.75.01.1001", "address": None}},
        {"location": {}},
        {"something_new": {"a": 1}},
        {"reporter": None, "attachments": None, "class": None, "anonymous": None, "attributes": None},
        {"reporter": ...},
    ],
)
def test_what_is_merely_short_incomplete_or_new_is_understood(changes: dict[str, Any]) -> None:
    assert examine(message(**changes)).left_out == ()


def test_a_byte_order_mark_is_no_part_of_the_message() -> None:
    assert understand(b"\xef\xbb\xbf" + message(text="mati lampu")).text == "mati lampu"


def test_half_an_emoji_that_a_gateway_cut_off_costs_no_report() -> None:
    assert understand(with_raw("text", '"mati lampu \\ud83d"')).text == "mati lampu"
    assert understand(with_raw("text", '"mati lampu \\ud83d\\ude4f"')).text == "mati lampu 🙏"


def test_what_cannot_be_seen_is_taken_out_of_texts() -> None:
    report = understand(
        message(text="mati\x00 la\u202empu\u200b\x1b[31m", title="a\x00b", reporter={"name": "Ra\u2066hayu"})
    )
    assert (report.text, report.title) == ("mati lampu[31m", "ab")
    assert report.reporter == ReportSubmitted.model_validate_json(message(reporter={"name": "Rahayu"})).reporter


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
PARTS = [
    "location",
    "reporter",
    "reply_to",
    "attachments",
    "attributes",
    "occurred_on",
    "topic",
    "agency",
    "title",
    "class",
]


@given(st.sampled_from(sorted({*submission(), *PARTS})), json_values)
def test_any_json_in_any_field_is_understood_or_refused_with_a_code(field: str, value: object) -> None:
    problems: tuple[Problem, ...] = (problem("missing"),)
    try:
        understand(message(**{field: value}))
    except NotAReport as refused:
        problems = refused.problems
    assert problems
    assert {item.code for item in problems} <= SENTENCES.keys()


@given(st.binary(max_size=300))
def test_any_bytes_are_understood_or_refused_with_a_code(value: bytes) -> None:
    assert refusal(value).problems


@given(st.binary(max_size=3), st.integers(min_value=0, max_value=400), st.integers(min_value=0, max_value=3))
def test_a_report_with_some_bytes_changed_is_understood_or_refused(put: bytes, place: int, instead_of: int) -> None:
    whole = message(
        external_id="1", location={"lat": -7.6, "lng": 112.9}, attributes={"a": "b"}, occurred_on="2026-11-01"
    )
    problems: tuple[Problem, ...] = ()
    try:
        problems = examine(whole[:place] + put + whole[place + instead_of :]).left_out
    except NotAReport as refused:
        problems = refused.problems
    assert {item.code for item in problems} <= SENTENCES.keys()


def test_every_code_has_its_line_on_the_page_of_codes() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "problems.md").read_text(encoding="utf-8")
    others = {"unknown-code", "unusable", "in-the-future", "wrong-clock", "swapped-coordinates", "duplicate-name"}
    assert not [code for code in SENTENCES.keys() | others if f"`{code}`" not in page]

"""From the fields of a POST to the report that any other channel would have written."""

import json
from http import HTTPStatus
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.open311.refusal import Fault, Refused
from services.intake.open311.submission import Submission, external_id, submission, understood
from services.intake.validation import Understood, examine
from tests.builders import NOON
from tests.unit.intake.open311.pack import PACK

PLACE = {"address_string": "Jalan Melati 5"}
ROAD = PACK.topics["jalan-rusak"]


def read(form: dict[str, str], topic: str | None = "jalan-rusak", key: str = "1") -> Submission:
    return submission({"service_code": topic or "lainnya", **form}, "app", key, NOON, PACK)


def filed(form: dict[str, str], topic: str | None = "jalan-rusak") -> dict[str, Any]:
    given = read(form, topic)
    assert not given.faults
    return given.value


def faults(given: Submission) -> list[tuple[str | None, str | None]]:
    with pytest.raises(Refused) as refused:
        understood(given)
    return [(fault.field, fault.problem) for fault in refused.value.faults]


def test_the_fields_are_those_of_the_contract_and_null_is_absent() -> None:
    form = {
        "description": "Jalan berlubang.", "lat": "-7.64", "long": " 112.9 ", "first_name": "Contoh",
        "last_name": "Warga", "email": "warga@example.org", "media_url": "https://files.example.org/1.jpg",
        "attribute[title]": "Lubang", "attribute[confidential]": "TRUE",
        "attribute[occurred_on]": "2026-11-22T18:00:00Z",
        "attribute[customer_number]": "17", "attribute[class]": "aspirasi", "attribute[nik]": "3575014101900001",
        "address_id": "35.75.01", "device_id": "d", "status": "ignored",
    }  # fmt: skip
    assert filed(form) == {
        "channel": "app",
        "external_id": "1",
        "submitted_at": "2026-11-23T12:00:00+07:00",
        "class": "aspirasi",
        "title": "Lubang",
        "text": "Jalan berlubang.",
        "topic": "jalan-rusak",
        "location": {"lat": -7.64, "lng": 112.9, "region_code": "35.75.01"},
        "occurred_on": "2026-11-23",
        "confidential": True,
        "reporter": {"name": "Contoh Warga", "email": "warga@example.org", "nik": "3575014101900001"},
        "attributes": {"customer_number": "17", "media_url": "https://files.example.org/1.jpg", "device_id": "d"},
    }
    assert understood(read(form)).report.confidential


def test_what_and_where_is_a_report_without_a_description() -> None:
    assert filed(PLACE)["text"] == ROAD.name_id
    assert "text" not in filed({}, None)


def test_a_service_that_happens_somewhere_needs_a_place_and_another_does_not() -> None:
    assert faults(read({"description": "x"})) == [("lat", "missing")]
    anywhere = next(topic.code for topic in PACK.topics.values() if not topic.needs_location)
    assert "location" not in filed({"description": "x"}, anywhere)


NO_NUMBERS = ["nan", "inf", "1e400", "1e1", "-7,64", "7.6.4", "٧.٦", "0x1", "1_0", "--1", "1" * 400]


@pytest.mark.parametrize("number", NO_NUMBERS)
def test_only_plain_decimal_degrees_are_numbers(number: str) -> None:
    assert faults(read({"lat": number, "long": "112.9"})) == [("lat", "bad-format")]


DAYS = ["2026-11-22", "31/12/2026", "2026-02-30", " 2026-11-22 ", "20261122", "kemarin", "2026-11-22T18:00:00",
        "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00"]  # fmt: skip


@pytest.mark.parametrize("day", DAYS)
def test_a_day_is_judged_as_it_is_by_kafka(day: str) -> None:
    by_kafka = {"channel": "app", "external_id": "1", "submitted_at": "2026-11-23T12:00:00+07:00", "text": "x"}
    there = examine(json.dumps({**by_kafka, "occurred_on": day}).encode())
    here = understood(read({**PLACE, "attribute[occurred_on]": day}))
    assert (here.report.occurred_on, here.left_out) == (there.report.occurred_on, there.left_out)
    assert (here.report.occurred_on is None) == bool(here.left_out) == (day != "2026-11-22")
    # Intake, too, is to find it, and to note that it was given.
    assert read({**PLACE, "attribute[occurred_on]": day}).value["occurred_on"] == day


def test_every_fault_is_named_in_one_answer_whoever_finds_it() -> None:
    form = {
        "lat": "abc", "long": "nan", "attribute[anonymous]": "maybe", "attribute[class]": "foo",
        "attribute[language]": "fr", "attribute[occurred_on]": "31/12/2026", "description": "x" * 10_001,
    }  # fmt: skip
    assert faults(read(form, key="x" * 129)) == [
        ("lat", "bad-format"), ("long", "bad-format"), ("attribute[anonymous]", "bad-format"),
        ("Idempotency-Key", "too-long"), ("attribute[class]", "not-in-list"), ("description", "too-long"),
        ("attribute[occurred_on]", "bad-format"), ("attribute[language]", "not-in-list"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        ({"lat": "abc"}, [("lat", "bad-format"), ("lat", "incomplete-pair")]),
        ({"lat": "abc", "long": "500"}, [("lat", "bad-format"), ("long", "out-of-range")]),
        ({"lat": "abc", "long": "-7.6"}, [("lat", "bad-format")]),
        ({"lat": "112.9", "long": "nan"}, [("long", "bad-format"), ("lat", "out-of-range")]),
    ],
)
def test_half_a_point_is_judged_where_the_other_half_is_no_number(
    point: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    assert faults(read(point)) == expected


def test_what_would_only_be_left_out_is_named_beside_what_is_refused() -> None:
    form = {**PLACE, "attribute[anonymous]": "maybe", "attribute[occurred_on]": "31/12/2026"}
    assert faults(read(form)) == [("attribute[anonymous]", "bad-format"), ("attribute[occurred_on]", "bad-format")]


def test_no_sentence_quotes_what_was_sent() -> None:
    form = {"lat": "7653,1", "attribute[anonymous]": "7653,1", "attribute[occurred_on]": "7653,1"}
    with pytest.raises(Refused) as refused:
        understood(read(form))
    assert not any("7653,1" in fault.description for fault in refused.value.faults)


def test_a_service_has_to_be_named_and_known() -> None:
    given = submission({"description": "x", "attribute[class]": "foo"}, "app", "1", NOON, PACK)
    assert faults(given) == [("service_code", "missing"), ("attribute[class]", "not-in-list")]
    with pytest.raises(Refused) as refused:
        read({}, "tidak-ada")
    assert refused.value.status == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"description": "x" * 10_001, **PLACE}, "description"),
        ({"lat": "-7.6"}, "lat"),
        ({"lat": "-97.6", "long": "112"}, "lat"),
        ({"attribute[class]": "x", **PLACE}, "attribute[class]"),
        ({"attribute[title]": "x" * 201, **PLACE}, "attribute[title]"),
    ],
)
def test_a_problem_is_told_in_the_words_of_this_door(form: dict[str, str], field: str) -> None:
    assert [name for name, _ in faults(read(form))] == [field]


@pytest.mark.parametrize(
    ("header", "form", "expected"),
    [
        ("key", {"fixmystreet_id": "5"}, "key"),
        (None, {"device_id": "d", "client_reference": "5"}, "d/5"),
        (None, {"attribute[fixmystreet_id]": "5"}, "5"),
        (None, {"device_id": "d"}, "made up"),
        (None, {}, "made up"),
        ("", {}, "made up"),
    ],
)
def test_a_report_is_known_by_its_key_or_by_its_clients_own_number(
    header: str | None, form: dict[str, str], expected: str
) -> None:
    assert external_id(header, form, lambda: "made up") == expected


def test_a_key_has_at_most_128_characters() -> None:
    assert faults(read(PLACE, key="x" * 129)) == [("Idempotency-Key", "too-long")]


FIELDS = st.sampled_from(
    ["description", "lat", "long", "address_string", "address_id", "first_name", "last_name", "email", "phone",
     "media_url", "device_id", "attribute[title]", "attribute[occurred_on]", "attribute[class]", "attribute[nik]",
     "attribute[anonymous]", "attribute[language]", "attribute[a b]"]
)  # fmt: skip


@given(st.dictionaries(FIELDS, st.one_of(st.text(min_size=1), st.floats().map(str), st.datetimes().map(str))))
def test_any_fields_are_a_report_or_refused_with_a_reason(form: dict[str, str]) -> None:
    report: Understood | None = None
    named: tuple[Fault, ...] = ()
    try:
        report = understood(read(form, None))
    except Refused as refused:
        named = refused.faults
    assert (report is None) == bool(named)

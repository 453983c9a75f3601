"""From the fields of a POST to the report that any other channel would have written."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.open311.refusal import Fault, Refused
from services.intake.open311.submission import external_id, not_a_report, submission
from services.intake.validation import NotAReport, understand
from shared.events import ReportSubmitted
from tests.builders import NOON
from tests.unit.intake.open311.pack import PACK

PLACE = {"address_string": "Jalan Melati 5"}
ROAD = PACK.topics["jalan-rusak"]


def filed(form: dict[str, str], topic: str | None = "jalan-rusak") -> dict[str, Any]:
    return submission(form, PACK.topics[topic] if topic else None, "app", "1", NOON, PACK)


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
    assert understand(json.dumps(filed(form)).encode()).confidential


def test_what_and_where_is_a_report_without_a_description() -> None:
    assert filed(PLACE)["text"] == ROAD.name_id
    assert "text" not in filed({}, None)


def test_a_service_that_happens_somewhere_needs_a_place_and_another_does_not() -> None:
    with pytest.raises(Refused) as refused:
        filed({"description": "x"})
    assert [(fault.field, fault.problem) for fault in refused.value.faults] == [("lat", "missing")]
    anywhere = next(topic.code for topic in PACK.topics.values() if not topic.needs_location)
    assert "location" not in filed({"description": "x"}, anywhere)


NO_NUMBERS = ["nan", "inf", "1e400", "1e1", "-7,64", "7.6.4", "٧.٦", "0x1", "1_0", "--1", "1" * 400]


@pytest.mark.parametrize("number", NO_NUMBERS)
def test_only_plain_decimal_degrees_are_numbers(number: str) -> None:
    with pytest.raises(Refused) as refused:
        filed({"lat": number, "long": "112.9"})
    assert [fault.field for fault in refused.value.faults] == ["lat"]


@pytest.mark.parametrize("day", ["kemarin", "2026-11-22T18:00:00", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00"])
def test_an_instant_without_an_offset_or_sense_is_no_day(day: str) -> None:
    with pytest.raises(Refused) as refused:
        filed({**PLACE, "attribute[occurred_on]": day})
    assert [fault.field for fault in refused.value.faults] == ["attribute[occurred_on]"]


def test_every_fault_is_named_not_only_the_first() -> None:
    with pytest.raises(Refused) as refused:
        filed({"lat": "x", "long": "y", "attribute[anonymous]": "z", "attribute[occurred_on]": "w"})
    assert [fault.field for fault in refused.value.faults] == [
        "lat", "long", "attribute[occurred_on]", "attribute[anonymous]",
    ]  # fmt: skip


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
    with pytest.raises(NotAReport) as refusal:
        understand(json.dumps(filed(form)).encode())
    assert [fault.field for fault in not_a_report(refusal.value).faults] == [field]


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
    with pytest.raises(Refused):
        external_id("x" * 129, {}, lambda: "made up")


FIELDS = st.sampled_from(
    ["description", "lat", "long", "address_string", "address_id", "first_name", "last_name", "email", "phone",
     "media_url", "device_id", "attribute[title]", "attribute[occurred_on]", "attribute[class]", "attribute[nik]",
     "attribute[anonymous]", "attribute[language]", "attribute[a b]"]
)  # fmt: skip


@given(st.dictionaries(FIELDS, st.one_of(st.text(min_size=1), st.floats().map(str), st.datetimes().map(str))))
def test_any_fields_are_a_report_or_refused_with_a_reason(form: dict[str, str]) -> None:
    report: ReportSubmitted | None = None
    faults: tuple[Fault, ...] = ()
    try:
        report = understand(json.dumps(filed(form, None)).encode())
    except Refused as refused:
        faults = refused.faults
    except NotAReport as refusal:
        faults = not_a_report(refusal).faults
    assert (report is None) == bool(faults)

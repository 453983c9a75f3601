"""Contract section 4: what a model takes, what it refuses, and what it says."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from shared.events import AgencyUpdated, Attachment, ReportAccepted, ReporterReplied, ReportRouted, ReportSubmitted

MINIMAL = {"channel": "web", "external_id": "1", "submitted_at": "2026-03-02T08:15:00+07:00", "text": "Lampu mati"}
PHOTO = {"url": "https://files.example.org/1.jpg", "media_type": "image/jpeg", "size": 1, "sha256": "0" * 64}
UPDATE = {"update_id": "1", "agency": "dinas-pu", "action": "start", "at": "2026-03-02T08:15:00+07:00"}
REPLY = {
    "reply_id": "1",
    "tracking_code": "K7QF",
    "channel": "web",
    "action": "rate",
    "at": "2026-03-02T08:15:00+07:00",
}


def submitted(**change: object) -> ReportSubmitted:
    return ReportSubmitted.model_validate_json(json.dumps({**MINIMAL, **change}))


def problems(**change: object) -> set[str]:
    """The fields that are refused."""
    try:
        submitted(**change)
    except ValidationError as error:
        return {".".join(str(part) for part in item["loc"]) for item in error.errors()}
    return set()


def test_four_fields_make_a_report() -> None:
    report = submitted()
    assert report.report_class == "pengaduan"
    assert report.language == "id"
    assert not report.anonymous
    assert not report.confidential


@pytest.mark.parametrize("name", MINIMAL)
def test_each_of_the_four_is_required(name: str) -> None:
    without = {key: value for key, value in MINIMAL.items() if key != name}
    with pytest.raises(ValidationError) as refused:
        ReportSubmitted.model_validate_json(json.dumps(without))
    assert [(item["loc"], item["type"]) for item in refused.value.errors()] == [((name,), "missing")]


@pytest.mark.parametrize("name", [f.alias or n for n, f in ReportSubmitted.model_fields.items() if not f.is_required()])
def test_null_means_absent(name: str) -> None:
    assert submitted(**{name: None}) == submitted()


def test_a_field_nobody_knows_is_ignored() -> None:
    assert submitted(colour="red", location={"floor": 2}) == submitted(location={})


def test_text_is_trimmed_before_it_is_measured() -> None:
    assert submitted(text=f"  {'a' * 10_000}\n").text == "a" * 10_000
    assert problems(text="a" * 10_001) == {"text"}
    assert problems(text=" \t\n ") == {"text"}


def test_a_short_complaint_is_a_complaint() -> None:
    assert submitted(text="PJU").text == "PJU"


def test_every_problem_is_named_and_not_only_the_first() -> None:
    refused = problems(channel="Web!", text=7, submitted_at="kemarin", location={"lat": 91, "lng": 0}, agency="A B")
    assert refused == {"channel", "text", "submitted_at", "location.lat", "agency"}


def test_a_refusal_does_not_repeat_what_it_refuses() -> None:
    with pytest.raises(ValidationError) as refused:
        submitted(reporter={"nik": 1234567890123456, "email": "warga@example.org" * 20})
    assert "1234567890123456" not in str(refused.value)
    assert "warga@example.org" not in str(refused.value)


@pytest.mark.parametrize(
    ("why", "change", "field"),
    [
        ("a number is no name", {"external_id": 12}, "external_id"),
        ("a word is no flag", {"anonymous": "true"}, "anonymous"),
        ("a number is no flag", {"confidential": 1}, "confidential"),
        ("a word is no coordinate", {"location": {"lat": "1", "lng": 2}}, "location.lat"),
        ("a number is no time", {"submitted_at": 1_772_000_000}, "submitted_at"),
        ("a time needs an offset", {"submitted_at": "2026-03-02T08:15:00"}, "submitted_at"),
        ("a date is no time", {"submitted_at": "2026-03-02"}, "submitted_at"),
        ("this day does not exist", {"occurred_on": "2026-02-30"}, "occurred_on"),
        ("a place is an object", {"location": "pasar"}, "location"),
        ("one list, no object", {"attachments": PHOTO}, "attachments"),
        ("a file is fetched over TLS", {"attachments": [{**PHOTO, "url": "http://a.example"}]}, "attachments.0.url"),
        ("a negative size", {"attachments": [{**PHOTO, "size": -1}]}, "attachments.0.size"),
        ("a pair is two strings", {"attributes": {"customer_number": 7}}, "attributes.customer_number"),
    ],
)
def test_types_are_not_guessed(why: str, change: dict[str, Any], field: str) -> None:
    assert problems(**change) == {field}, why


@pytest.mark.parametrize("half", [{"lat": -7.5}, {"lng": 112.5}])
def test_half_a_point_is_no_place(half: dict[str, float]) -> None:
    assert problems(location=half) == {"location"}


@pytest.mark.parametrize("code", ["35", "35.75", "3575", "35.75.01", "357501", "35.75.01.1001", "3575011001"])
def test_the_dots_of_a_region_code_are_optional(code: str) -> None:
    report = submitted(location={"region_code": code})
    assert report.location is not None
    assert report.location.region_code == code


def test_the_class_is_called_class_on_the_wire() -> None:
    assert submitted(**{"class": "aspirasi"}).report_class == "aspirasi"
    assert submitted(report_class="aspirasi").report_class == "pengaduan"
    for model in (ReportSubmitted, ReportAccepted, ReportRouted):
        assert model.model_fields["report_class"].alias == "class"


def test_an_event_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        submitted().text = "something else"  # type: ignore[misc] # that is what is tried


def test_a_file_is_named_with_its_checksum() -> None:
    with pytest.raises(ValidationError):
        Attachment.model_validate({**PHOTO, "sha256": "0" * 63})


def test_an_agency_names_the_report_by_id_or_by_code() -> None:
    with pytest.raises(ValidationError, match="report-not-named"):
        AgencyUpdated.model_validate_json(json.dumps(UPDATE))
    by_code = AgencyUpdated.model_validate_json(json.dumps({**UPDATE, "tracking_code": "K7QF"}))
    assert by_code.report_id is None


@pytest.mark.parametrize("blank", ["", "  ", "\n", None])
def test_words_left_blank_are_absent(blank: str | None) -> None:
    reply = ReporterReplied.model_validate_json(json.dumps({**REPLY, "text": blank}))
    update = {**UPDATE, "tracking_code": "K7QF", "note": blank, "question": blank}
    told = AgencyUpdated.model_validate_json(json.dumps(update))
    assert (reply.text, told.note, told.question) == (None, None, None)


@pytest.mark.parametrize(("rating", "taken"), [(0, False), (1, True), (5, True), (6, False), ("5", False)])
def test_a_rating_is_one_to_five(rating: object, taken: bool) -> None:
    value = json.dumps({**REPLY, "rating": rating})
    if taken:
        assert ReporterReplied.model_validate_json(value).rating == rating
    else:
        with pytest.raises(ValidationError):
            ReporterReplied.model_validate_json(value)

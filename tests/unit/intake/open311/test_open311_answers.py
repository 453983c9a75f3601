"""What is shown of a report, and what is not; what an agency's words mean."""

from datetime import timedelta
from typing import Any, get_args
from uuid import UUID

import pytest

from services.intake.open311.answers import Report, Step, filed, request, update
from services.intake.open311.catalogue import definition, discovery, services, topic_of
from services.intake.open311.refusal import Refused
from services.intake.open311.states import ACTION_OF, ACTIONS, CLOSED, SHOWN, UPDATE_STATUS
from services.intake.open311.updates import agency_updated, named
from shared.events import AgencyUpdated, Status
from tests.builders import NOON, WIB, accepted
from tests.unit.intake.open311.pack import PACK

UPDATE = {
    "service_request_id": str(UUID(int=1)),
    "update_id": "u1",
    "status": "FIXED",
    "updated_datetime": "2026-11-23T10:00:00+07:00",
    "description": "Sudah ditambal.",
    "media_url": "https://files.example.org/1.jpg",
}


def said_by_agency(changes: dict[str, str | None], *, completion_needs_evidence: bool = True) -> AgencyUpdated:
    form = {name: value for name, value in {**UPDATE, **changes}.items() if value is not None}
    return agency_updated(form, "pupr", UUID(int=1), "code", completion_needs_evidence=completion_needs_evidence)


def report(status: Status = "assigned", **changes: Any) -> Report:
    told = accepted(location={"lat": -7.64, "lng": 112.9, "region_code": "35.75.01.1001"}, **changes).model_dump(
        mode="json", by_alias=True
    )
    due = NOON + timedelta(days=14)
    return Report(
        UUID(int=1), "code", told, NOON, "jalan-rusak", status, "pupr", "Besok.", due, NOON + timedelta(hours=1)
    )


def test_a_report_is_written_with_its_agency_deadline_and_place() -> None:
    row = request(report(), PACK, to_reporter=False)
    assert row["service_request_id"] == str(UUID(int=1))
    assert (row["status"], row["status_notes"]) == ("open", "Diteruskan: Besok.")
    assert row["agency_responsible"] == PACK.agencies["pupr"].name
    assert row["requested_datetime"] == "2026-11-23T12:00:00+07:00"
    assert row["expected_datetime"] == "2026-12-07T12:00:00+07:00"
    assert (row["lat"], row["long"]) == (-7.64, 112.9)
    region = PACK.regions.get("35.75.01.1001")
    assert row["zipcode"] == (region.postal_code if region else None)
    assert "code" not in row.values()


# Of the specification's own examples and schemas: what is always text, and what may be null.
TEXTS = ("service_request_id", "status", "service_code", "service_name", "requested_datetime", "updated_datetime")
OR_NULL = ("status_notes", "description", "agency_responsible", "service_notice", "expected_datetime", "address",
           "address_id", "zipcode", "media_url")  # fmt: skip


@pytest.mark.parametrize("known", [True, False])
def test_a_request_has_the_types_of_the_specification(*, known: bool) -> None:
    bare = Report(
        UUID(int=1), "code", accepted().model_dump(mode="json"), NOON, None, "received", None, None, None, NOON
    )
    row = request(report() if known else bare, PACK, to_reporter=True)
    assert set(row) == {*TEXTS, *OR_NULL, "lat", "long"}
    assert all(isinstance(row[name], str) for name in TEXTS)
    assert all(isinstance(row[name], str | None) for name in OR_NULL)
    assert all(isinstance(row[name], float if known else None.__class__) for name in ("lat", "long"))
    assert row["service_code"] == ("jalan-rusak" if known else "lainnya")


@pytest.mark.parametrize("to_reporter", [True, False])
def test_a_sensitive_report_keeps_its_words_and_point_from_all_but_its_reporter(*, to_reporter: bool) -> None:
    row = request(report(sensitive=True), PACK, to_reporter=to_reporter)
    assert (row["description"] is not None) == to_reporter
    assert (row["lat"] is not None) == to_reporter


def test_a_description_has_at_most_4000_characters() -> None:
    assert len(request(report(text="x" * 9000), PACK, to_reporter=True)["description"]) == 4000


def test_every_status_is_shown_and_nothing_is_closed_while_a_clock_runs() -> None:
    assert set(SHOWN) == set(UPDATE_STATUS) == set(get_args(Status))
    assert set(CLOSED) == {"closed", "referred", "rejected", "withdrawn"}
    for status in get_args(Status):
        row = request(report(status), PACK, to_reporter=False)
        assert row["status"] == ("closed" if status in CLOSED else "open")


def test_an_update_is_named_by_report_and_sequence() -> None:
    row = update(Step(UUID(int=1), 3, "completed", None, NOON), WIB)
    assert (row["update_id"], row["status"]) == (f"{UUID(int=1)}-3", "FIXED")
    assert row["description"] == "Selesai dikerjakan"


def test_services_have_unique_codes_and_definitions_unique_attributes() -> None:
    codes = [service["service_code"] for service in services(PACK)]
    assert len(set(codes)) == len(codes) == len(PACK.topics) + 1
    for code in codes:
        attributes = [attribute["code"] for attribute in definition(PACK, code)["attributes"]]
        assert len(set(attributes)) == len(attributes)
    with pytest.raises(Refused):
        topic_of(PACK, "x")


def test_a_service_asks_for_what_its_topic_needs() -> None:
    for topic in PACK.topics.values():
        asked = {attribute["code"] for attribute in definition(PACK, topic.code)["attributes"]}
        for need in (PACK.needs[code] for code in topic.needs):
            if need.kind == "attribute":
                assert asked & set((need.attribute or "").split(";"))
            if need.kind == "identity":
                assert "nik" in asked


def test_an_emergency_service_shows_its_number_and_asks_nothing_there() -> None:
    code = next(topic.code for topic in PACK.topics.values() if topic.emergency)
    first = definition(PACK, code)["attributes"][0]
    assert first["variable"] is False
    assert PACK.deployment.emergency_number in first["description"]


def test_discovery_tells_where_the_door_is() -> None:
    assert discovery(PACK, "https://x.example.org/open311/v2")["endpoints"][0]["url"].startswith(
        "https://x.example.org"
    )


def test_an_agencys_words_become_an_action_of_the_contract() -> None:
    said = said_by_agency({})
    assert (said.agency, said.action, said.note, said.update_id) == ("pupr", "complete", "Sudah ditambal.", "u1")
    asked = said_by_agency({"attribute[action]": "ask_reporter"})
    assert (asked.action, asked.question, asked.note) == ("ask_reporter", "Sudah ditambal.", None)
    moved: dict[str, str | None] = {"attribute[action]": "extend", "attribute[reason_code]": "weather",
             "attribute[expected_at]": "2026-12-01T00:00:00+07:00"}  # fmt: skip
    assert said_by_agency(moved).reason_code == "weather"


def test_the_actions_are_those_of_the_contract() -> None:
    assert set(ACTIONS) == set(get_args(AgencyUpdated.model_fields["action"].annotation))
    assert set(ACTION_OF.values()) <= set(ACTIONS)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"status": "REOPEN"}, "status"),
        ({"status": "CANCELLED"}, "status"),
        ({"attribute[action]": "withdraw"}, "attribute[action]"),
        ({"updated_datetime": "kemarin"}, "updated_datetime"),
        ({"updated_datetime": "2026-11-23T10:00:00"}, "updated_datetime"),
        ({"update_id": "x" * 129}, "update_id"),
        ({"description": "\u200b" * 3 + "\x00"}, "description"),
        ({"media_url": None}, "media_url"),
        ({"media_url": None, "status": "OPEN", "attribute[action]": "complete"}, "media_url"),
        ({"media_url": "http://files.example.org/1.jpg"}, "media_url"),
        ({"media_url": "foto.jpg", "status": "IN_PROGRESS"}, "media_url"),
        ({"media_url": ";".join(["https://files.example.org/1.jpg"] * 11)}, "media_url"),
        ({"attribute[suggested_agency]": "Dinas PU!"}, "attribute[suggested_agency]"),
    ],
)
def test_an_update_that_means_nothing_is_refused(changes: dict[str, str | None], field: str) -> None:
    with pytest.raises(Refused) as refused:
        said_by_agency({**changes})
    assert [fault.field for fault in refused.value.faults] == [field]


def test_a_link_is_the_evidence_of_an_update_and_tells_nothing_of_its_file() -> None:
    (file,) = said_by_agency({"media_url": " https://files.example.org/1.jpg?a=1;b=2 "}).evidence or ()
    assert (file.url, file.size, file.sha256) == ("https://files.example.org/1.jpg?a=1;b=2", 0, "0" * 64)
    assert file.media_type == "application/octet-stream"
    two = said_by_agency({"media_url": "https://files.example.org/1.jpg;https://files.example.org/2.jpg"}).evidence
    assert [file.url[-5:] for file in two or ()] == ["1.jpg", "2.jpg"]


def test_without_a_link_an_update_has_no_evidence_where_nobody_asks_for_it() -> None:
    assert said_by_agency({"media_url": None, "status": "IN_PROGRESS"}).evidence is None
    assert said_by_agency({"media_url": None}, completion_needs_evidence=False).action == "complete"


@pytest.mark.parametrize(
    ("changes", "field", "listed"),
    [
        ({"status": "OPEN", "attribute[action]": "dance"}, "attribute[action]", ACTIONS),
        ({"status": "DANCING"}, "status", tuple(ACTION_OF)),
    ],
)
def test_what_is_in_no_list_is_told_with_the_list_of_its_own_field(
    changes: dict[str, str | None], field: str, listed: tuple[str, ...]
) -> None:
    with pytest.raises(Refused) as refused:
        said_by_agency({**changes, "updated_datetime": "kemarin"})
    first, second = refused.value.faults
    assert (first.field, first.problem, second.field) == (field, "not-in-list", "updated_datetime")
    assert first.description.endswith(f" {', '.join(listed)}")


def test_an_update_names_one_report() -> None:
    assert named(UPDATE).ids == (UUID(int=1),)
    for name, status in (("x", 404), (f"{UUID(int=1)},{UUID(int=2)}", 400)):
        with pytest.raises(Refused) as refused:
            named({**UPDATE, "service_request_id": name})
        assert refused.value.status == status


def test_the_answer_to_a_post_says_what_to_keep_what_to_do_and_what_is_lacking() -> None:
    row = filed(accepted(emergency=True, missing=("place", "customer-number")), "a7", PACK)
    assert (row["service_request_id"], row["account_id"]) == (str(UUID(int=1)), "a7")
    for words in (PACK.deployment.emergency_number, row["tracking_code"], PACK.needs["customer-number"].name_id):
        assert words in row["service_notice"]
    assert PACK.deployment.emergency_number not in filed(accepted(), None, PACK)["service_notice"]

"""From a submitted report to an accepted one, whole."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.acceptance import Acceptance, Acceptor
from services.intake.place import Places
from services.intake.validation import NotAReport, examine
from shared.events import ReplyTo, ReportAccepted, Reporter
from tests.builders import NOON, submission
from tests.unit.intake.pasuruan import PACK

ACCEPTOR = Acceptor(PACK, Places(PACK), b"k" * 32)
PHOTO = {"url": "https://files.example.org/a.jpg", "media_type": "image/jpeg", "size": 1, "sha256": "0" * 64}


def accept(**changes: Any) -> Acceptance:
    """What becomes of a report that is published at noon."""
    understood = examine(json.dumps(submission(external_id="1", **changes)).encode())
    return ACCEPTOR.accept(understood.report, NOON)


def left_out(acceptance: Acceptance) -> list[tuple[str, str]]:
    return [(item.field, item.code) for item in acceptance.notes.left_out]


def test_the_same_report_is_accepted_alike_at_any_time() -> None:
    assert accept() == accept()


def test_the_accepted_report_is_one_by_its_own_rules() -> None:
    report = accept(title="Lubang", topic="jalan-rusak", agency="pupr", location={"lat": -7.63, "lng": 112.89}).report
    assert ReportAccepted.model_validate_json(report.model_dump_json(by_alias=True)) == report


def test_identity_leaves_for_the_vault_and_nothing_of_it_stays() -> None:
    reporter = {
        "name": "Rahayu Prameswari",
        "nik": "3575014107809001",
        "email": "Rahayu@Example.org",
        "phone": "0812-0000-1234",
        "address": "Jl. Kenanga 12",
    }
    acceptance = accept(
        title="Dari Rahayu Prameswari",
        text="Saya Rahayu (NIK 3575014107809001), hubungi 081200001234 atau rahayu@example.org",
        reporter=reporter,
        location={"address": "rumah Rahayu Prameswari, 081200001234, Karangketug"},
        attributes={"contact": "081200001234", "customer_number": "0311907752"},
        attachments=[PHOTO],
    )
    assert acceptance.identity.reporter == Reporter(
        name="Rahayu Prameswari",
        nik="3575014107809001",
        email="Rahayu@example.org",
        phone="+6281200001234",
        address="Jl. Kenanga 12",
    )
    kept = acceptance.report.model_dump_json() + acceptance.notes.as_json() + acceptance.details.as_json()
    assert not [secret for secret in ("ahayu", "Prameswari", "3575014107809001", "0812", "Kenanga") if secret in kept]
    assert json.loads(acceptance.details.as_json()) == {
        "address": "rumah [nama], [telepon], Karangketug",
        "attachments": [PHOTO],
        "attributes": {"contact": "[telepon]", "customer_number": "0311907752"},
    }


WAYS: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({}, [("email", "rahayu@example.org")]),
    ({"reporter": ...}, []),
    ({"reporter": {"phone": "081200001234"}}, [("sms", "+6281200001234")]),
    ({"reply_to": [{"kind": "whatsapp", "address": "0812 0000 1234"}]}, [("whatsapp", "+6281200001234")]),
    ({"reply_to": [{"kind": "channel", "address": "s-1"}]}, [("channel", "s-1")]),
    ({"reply_to": [{"kind": "sms", "address": "1708"}]}, [("email", "rahayu@example.org")]),
    (
        {"reply_to": [{"kind": "sms", "address": "081200001234"}, {"kind": "sms", "address": "+6281200001234"}]},
        [("sms", "+6281200001234")],
    ),
    ({"reply_to": []}, [("email", "rahayu@example.org")]),
]


@pytest.mark.parametrize(("changes", "ways"), WAYS)
def test_a_reporter_is_told_as_asked_for_or_else_as_is_possible(
    changes: dict[str, Any], ways: list[tuple[str, str]]
) -> None:
    kept = accept(**changes).identity.reply_to
    assert kept == tuple(ReplyTo.model_validate({"kind": kind, "address": address}) for kind, address in ways)


AT_0 = ("attachments.0", "unusable")
UNUSABLE: list[tuple[str, dict[str, Any], tuple[str, str], str | None]] = [
    ("a NIK that is none", {"reporter": {"nik": "3575013201900001"}}, ("reporter.nik", "unusable"), "identity"),
    ("a short telephone", {"reporter": {"phone": "08123"}}, ("reporter.phone", "unusable"), "contact"),
    ("an odd e-mail", {"reporter": {"email": "rahayu"}}, ("reporter.email", "unusable"), "contact"),
    ("112", {"reporter": ..., "reply_to": [{"kind": "sms", "address": "112"}]}, ("reply_to.0", "unusable"), "contact"),
    ("a topic nobody knows", {"topic": "naik-haji"}, ("topic", "unknown-code"), None),
    ("an agency nobody knows", {"agency": "dinas-x"}, ("agency", "unknown-code"), None),
    ("a private link", {"attachments": [PHOTO | {"url": "https://10.0.0.1/"}]}, AT_0, "attachment"),
    ("tomorrow", {"occurred_on": "2026-11-24"}, ("occurred_on", "in-the-future"), "date"),
    ("the year 9999", {"occurred_on": "9999-12-31"}, ("occurred_on", "in-the-future"), "date"),
    ("the year 1", {"occurred_on": "0001-01-01"}, ("occurred_on", "out-of-range"), "date"),
    ("a clock in the year 1", {"submitted_at": "0001-01-01T00:00:00+07:00"}, ("submitted_at", "wrong-clock"), None),
    ("a clock in the year 9999", {"submitted_at": "9999-12-31T23:59:59-12:00"}, ("submitted_at", "wrong-clock"), None),
]  # fmt: skip


@pytest.mark.parametrize(("_name", "changes", "noted", "missing"), UNUSABLE, ids=[case[0] for case in UNUSABLE])
def test_what_cannot_be_used_costs_no_report(
    _name: str, changes: dict[str, Any], noted: tuple[str, str], missing: str | None
) -> None:
    acceptance = accept(**changes)
    assert left_out(acceptance) == [noted]
    assert acceptance.report.missing == ((missing,) if missing else ())
    assert (acceptance.report.topic, acceptance.report.agency, acceptance.report.occurred_on) == (None, None, None)


def test_a_contact_is_not_missing_where_another_one_is_left() -> None:
    assert accept(reporter={"phone": "08123", "email": "rahayu@example.org"}).report.missing == ()


def test_a_code_is_taken_as_meant() -> None:
    assert accept(topic="pju").report.topic == "pju"
    understood = examine(json.dumps(submission(external_id="1", topic="PJU")).encode())
    assert understood.report.topic is None
    assert [item.code for item in understood.left_out] == ["bad-format"]


def test_today_is_the_day_of_the_city() -> None:
    """At noon UTC+7 minus eight hours it is still yesterday in UTC and already today in Pasuruan."""
    report = examine(json.dumps(submission(external_id="1", occurred_on="2026-11-23")).encode()).report
    early = NOON - timedelta(hours=11)
    assert ACCEPTOR.accept(report, early).report.occurred_on == report.occurred_on
    assert ACCEPTOR.accept(report, early - timedelta(hours=2)).report.occurred_on is None


@pytest.mark.parametrize(("day", "old"), [("2024-11-23", False), ("2024-11-22", True), ("1999-01-01", True)])
def test_what_is_over_two_years_old_is_accepted_and_marked(day: str, old: bool) -> None:
    acceptance = accept(occurred_on=day)
    assert acceptance.notes.old is old
    assert str(acceptance.report.occurred_on) == day


def test_signs_that_were_encoded_twice_are_repaired() -> None:
    report = accept(title="Terima kasih ðŸ™\x8f", text="Mati lampu ðŸ™\x8f â€œlagiâ€\x9d").report
    assert (report.title, report.text) == ("Terima kasih 🙏", "Mati lampu 🙏 “lagi”")


PLACES: list[tuple[dict[str, Any] | None, str | None, str, str]] = [
    (None, None, "unknown", "none"),
    ({"lat": -7.630978, "lng": 112.888361}, "35.75.01.1001", "inside", "point"),
    ({"region_code": "3575011001"}, "35.75.01.1001", "inside", "region-code"),
    ({"address": "Jl. Raya 3, Kec. Bangil, Kabupaten Pasuruan"}, "35.14.14", "outside", "address"),
    ({"address": "Karanganyar"}, None, "unknown", "address-ambiguous"),
    ({"lat": -7.2575, "lng": 112.7521}, None, "outside", "point"),
]


@pytest.mark.parametrize(("location", "region", "jurisdiction", "decided_by"), PLACES)
def test_the_place_is_told_with_what_decided_it(
    location: dict[str, Any] | None, region: str | None, jurisdiction: str, decided_by: str
) -> None:
    acceptance = accept(location=location)
    assert acceptance.report.location.region_code == region
    assert acceptance.report.location.jurisdiction == jurisdiction
    assert acceptance.notes.place == decided_by


def test_the_notes_say_why() -> None:
    acceptance = accept(text="Ada kebakaran, api besar!", topic="pju", reporter={"nik": "1"}, occurred_on="2020-01-01")
    assert json.loads(acceptance.notes.as_json({"of": "x", "because": "words"})) == {
        "place": "none",
        "subject": {"topic": "pju", "by": "given"},
        "flags": [
            {"flag": "emergency", "words": "kebakaran", "topic": "kebakaran"},
            {"flag": "emergency", "words": "api besar", "topic": "kebakaran"},
        ],
        "left_out": [{"field": "reporter.nik", "code": "unusable"}],
        "old": True,
        "duplicate": {"of": "x", "because": "words"},
    }


texts = st.text(max_size=200)
anything = st.fixed_dictionaries(
    {"text": texts.filter(lambda text: bool(text.strip()))},
    optional={
        "title": texts,
        "topic": texts,
        "agency": texts,
        "occurred_on": st.dates().map(str),
        "submitted_at": st.datetimes(timezones=st.just(NOON.tzinfo)).map(lambda at: at.isoformat()),
        "location": st.fixed_dictionaries(
            {},
            optional={"lat": st.floats(-90, 90), "lng": st.floats(-180, 180), "region_code": texts, "address": texts},
        ),
        "reporter": st.dictionaries(st.sampled_from(["name", "nik", "email", "phone", "address"]), texts),
        "reply_to": st.lists(
            st.fixed_dictionaries({"kind": st.sampled_from(["email", "sms", "whatsapp", "channel"]), "address": texts}),
            max_size=3,
        ),
        "attachments": st.lists(texts.map(lambda url: {**PHOTO, "url": f"https://{url}"}), max_size=3),
        "attributes": st.dictionaries(texts, texts, max_size=3),
    },
)


@given(anything)
def test_whatever_people_write_is_accepted_or_refused_by_name(changes: dict[str, Any]) -> None:
    outcome: Acceptance | NotAReport
    try:
        outcome = accept(**changes)
    except NotAReport as refused:
        outcome = refused
    if isinstance(outcome, NotAReport):
        assert {item.field.split(".")[0] for item in outcome.problems} & {"text", "title", "location", "submitted_at"}
        return
    report = outcome.report
    assert ReportAccepted.model_validate_json(report.model_dump_json(by_alias=True)) == report
    json.loads(outcome.notes.as_json())
    json.loads(outcome.details.as_json())
    assert "\0" not in report.model_dump_json() + outcome.details.as_json()

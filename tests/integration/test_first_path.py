"""One report all the way: Kafka in, tables, events, a mail, the timeline."""

import json
import subprocess
import sys
from datetime import datetime
from uuid import uuid4

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from services.intake.identity import report_id
from shared import kinds, topics
from shared.schemas import schema_of
from tests.builders import submission
from tests.integration.conftest import System, until

POTHOLE = "Jalan berlubang di depan pasar, aspal rusak parah dan jalan ambles."


async def test_a_bare_json_value_ends_as_a_mail_with_code_agency_and_date(system: System) -> None:
    address = f"{uuid4().hex}@example.org"
    report = submission(text=POTHOLE, reporter={"email": address}, channel="web")
    await system.publish(report)
    mails = await until(lambda: system.mails_to(address))
    assert len(mails) == 1
    mail = (await system.http.get(f"{system.addresses['TANGGAP_MAIL_URL']}/api/v1/message/{mails[0]['ID']}")).json()
    identity = report_id("web", report["external_id"])
    (routed,) = await system.events(topics.ROUTED.name, identity)
    assert routed["agency"] == "pupr"
    assert routed["tracking_code"] in mail["Subject"]
    assert routed["agency_name"] in mail["Text"]
    due = datetime.fromisoformat(routed["deadlines"][0]["due_at"])
    assert f"{due.day} " in mail["Text"]
    assert str(due.year) in mail["Text"]


async def test_every_service_has_its_rows(system: System) -> None:
    report = submission(text=POTHOLE)
    await system.publish(report)
    identity = report_id("web", report["external_id"])
    await until(lambda: system.rows("select 1 from notifier.notification where report_id = $1 offset 1", identity))
    for table, count in (
        ("intake.report", 1),
        ("intake.vault", 1),
        ("router.report", 1),
        ("router.hop", 1),
        ("router.clock", 5),
        ("router.transition", 2),
        ("notifier.notification", 2),  # the reporter's and the agency's
    ):
        rows = await system.rows(f"select 1 from {table} where report_id = $1", identity)
        assert len(rows) == count, table


async def test_every_event_keeps_the_contract(system: System) -> None:
    report = submission(text=POTHOLE)
    trace = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    await system.publish(report, headers=[("traceparent", trace)])
    key = str(report_id("web", report["external_id"])).encode()
    await until(lambda: system.outcomes(key.decode()))
    for kind in (
        kinds.REPORT_ACCEPTED,
        kinds.REPORT_ROUTED,
        kinds.STATUS_CHANGED,
        kinds.NOTIFICATION_OUTCOME,
    ):
        records = [record for record in await system.read(kind.topic.name) if record.key == key]
        assert records, kind.type
        for record in records:
            headers = dict(record.headers)
            assert headers["ce_specversion"] == b"1.0"
            assert headers["ce_type"] == kind.type.encode()
            assert headers["ce_subject"] == key
            assert headers["content-type"] == b"application/json"
            assert headers["traceparent"].split(b"-")[1] == trace.split(b"-")[1]
            validator = Draft202012Validator(schema_of(kind), format_checker=FormatChecker())
            assert not list(validator.iter_errors(json.loads(record.value)))


async def test_the_steps_are_numbered_without_gaps_and_name_who_has_it(system: System) -> None:
    report = submission(text=POTHOLE)
    await system.publish(report)
    identity = report_id("web", report["external_id"])
    steps = await until(lambda: system.events(topics.STATUS.name, identity))
    assert [(step["sequence"], step["status"], step["previous"]) for step in steps] == [
        (1, "received", None),
        (2, "assigned", "received"),
    ]


async def test_what_nobody_can_tell_goes_to_the_desk_and_its_reporter_hears_of_it(system: System) -> None:
    address = f"{uuid4().hex}@example.org"
    report = submission(text="Assalamualaikum, tolong dibantu nggih.", reporter={"email": address})
    await system.publish(report)
    (mail,) = await until(lambda: system.mails_to(address))
    assert "diverifikasi" in mail["Subject"]
    identity = report_id("web", report["external_id"])
    assert (await system.events(topics.STATUS.name, identity))[-1]["status"] == "at_desk"
    assert not await system.events(topics.ROUTED.name, identity)


async def test_the_timeline_is_shown_by_the_command_and_over_http(system: System) -> None:
    report = submission(text=POTHOLE)
    await system.publish(report)
    identity = report_id("web", report["external_id"])
    rows = await until(
        lambda: system.rows("select 1 from intake.timeline where report_id = $1 and sequence = 2", identity)
    )
    assert rows
    (found,) = await system.rows("select tracking_code from intake.report where report_id = $1", identity)
    answer = (await system.get("intake", f"/track/{found['tracking_code'].lower()}.json")).json()
    assert [step["status"] for step in answer["timeline"]] == ["received", "assigned"]
    assert answer["timeline"][1]["at"].endswith("+07:00")
    shown = subprocess.run(
        [sys.executable, "-m", "console", "track", found["tracking_code"]],
        env=system.stack.env("intake") | system.addresses,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Diteruskan" in shown.stdout
    assert "Dinas Pekerjaan" in shown.stdout


async def test_an_unknown_code_is_not_found(system: System) -> None:
    for code in ("0000-0000-0000-00", "nonsense", "%00"):
        assert (await system.get("intake", f"/track/{code}.json")).status_code == 404


@pytest.mark.parametrize(
    ("reporter", "reason"), [(..., "no-contact"), ({"phone": "+6281200001234"}, "kind-not-configured")]
)
async def test_a_reporter_who_cannot_be_told_is_not_and_that_is_said(
    system: System, reporter: object, reason: str
) -> None:
    report = submission(text=POTHOLE, reporter=reporter)
    await system.publish(report)
    identity = report_id("web", report["external_id"])
    (outcome,) = await until(lambda: system.outcomes(identity))
    assert (outcome["status"], outcome["reason"]) == ("suppressed", reason)

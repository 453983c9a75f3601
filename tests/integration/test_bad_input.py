"""Whatever comes, each message is answered and the service goes on."""

import json
from typing import Any
from uuid import uuid4

import pytest

from services.intake.identity import report_id
from shared import topics
from tests.builders import submission
from tests.integration.conftest import System, until


async def refusal(system: System, place: tuple[int, int]) -> dict[str, Any] | None:
    found = await system.rows(
        'select channel, external_id, problems from intake.rejection where partition = $1 and "offset" = $2', *place
    )
    return dict(found[0]) if found else None


def problems(row: dict[str, Any]) -> set[tuple[str, str]]:
    return {(item["field"], item["code"]) for item in json.loads(row["problems"])}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"bukan json", {("$", "not-json")}),
        (None, {("$", "empty-message")}),
        (b"[1, 2]", {("$", "not-an-object")}),
        (b'{"channel": "web", "text": "' + b"x" * 2_000_000 + b'"}', {("$", "too-large")}),
        (b"{}", {("channel", "missing"), ("external_id", "missing"), ("submitted_at", "missing"), ("text", "missing")}),
    ],
    ids=["not json", "tombstone", "an array", "2 MB", "missing fields"],
)
async def test_what_is_no_report_is_rejected_with_every_problem_named(
    system: System, value: bytes | None, expected: set[tuple[str, str]]
) -> None:
    sent = await system.publish(value, key=b"a key, as a tombstone has")
    row = await until(lambda: refusal(system, (sent.partition, sent.offset)))
    assert problems(row) == expected


async def test_wrong_types_are_rejected_on_the_topic_with_sentences_in_both_languages(system: System) -> None:
    report = submission(text=12, anonymous="ya", location={"lat": "utara"})
    await system.publish(report)
    identity = report_id("web", report["external_id"])
    (event,) = await until(lambda: system.events(topics.REJECTED.name, identity))
    assert (event["channel"], event["external_id"]) == ("web", report["external_id"])
    assert {item["field"] for item in event["problems"]} >= {"text", "anonymous"}
    assert all(item["message_id"] and item["message_en"] for item in event["problems"])


async def test_an_unknown_type_is_a_dead_letter_with_its_bytes_and_headers(system: System) -> None:
    value = json.dumps(submission(text=f"v2 {uuid4()}")).encode()
    headers = [("ce_type", b"id.tanggap.report.submitted.v2"), ("x-mine", b"\xff\x00")]
    await system.publish(value, headers=headers, key=b"k")

    async def letter() -> Any:
        return [record for record in await system.read("intake.dead-letters") if record.value == value]

    (record,) = await until(letter)
    kept = dict(record.headers)
    assert record.key == b"k"
    assert kept["x-mine"] == b"\xff\x00"
    assert kept["dead-letter-reason"] == b"unknown-type"
    assert kept["dead-letter-topic"] == topics.SUBMITTED.name.encode()


@pytest.mark.parametrize(("topic", "service"), [("reports.accepted", "router"), ("reports.status", "notifier")])
async def test_a_broken_event_inside_is_a_dead_letter_of_who_read_it(system: System, topic: str, service: str) -> None:
    value = f"rubbish {uuid4()}".encode()
    await system.publish(value, topic=topic)

    async def letter() -> Any:
        return [record for record in await system.read(f"{service}.dead-letters") if record.value == value]

    assert len(await until(letter)) == 1


async def test_the_service_goes_on_after_all_that(system: System) -> None:
    report = submission()
    for value in (b"\x00", None, b"{", json.dumps(report).encode(), b"nonsense"):
        await system.publish(value, key=b"k")
    identity = report_id("web", report["external_id"])
    assert await until(lambda: system.events(topics.ACCEPTED.name, identity))


async def test_text_with_nul_bytes_is_accepted_without_them(system: System) -> None:
    report = submission(text="lampu\x00 mati", title="a\x00b", attributes={"x": "y\x00"})
    await system.publish(report)
    identity = report_id("web", report["external_id"])
    (event,) = await until(lambda: system.events(topics.ACCEPTED.name, identity))
    assert event["text"] == "lampu mati"

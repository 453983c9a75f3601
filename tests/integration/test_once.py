"""Nothing twice: repeats, redeliveries and crashes leave one report, one route, one mail."""

import asyncio
import json
from uuid import uuid4

from services.intake.identity import report_id
from shared import topics
from tests.builders import submission
from tests.integration.conftest import System, until

CLEAR = "Jalan berlubang di depan pasar, aspal rusak parah dan jalan ambles."


async def test_a_repeat_makes_no_second_report_and_is_no_error(system: System) -> None:
    address = f"{uuid4().hex}@example.org"
    report = submission(reporter={"email": address})
    identity = report_id("web", report["external_id"])
    for value in (report, report, dict(reversed(report.items()))):
        await system.publish(json.dumps(value, indent=1).encode())
    await until(lambda: system.mails_to(address))
    await settled(system, report)
    assert len(await system.events(topics.ACCEPTED.name, identity)) == 1
    assert not await system.events(topics.REJECTED.name, identity)
    assert len(await system.mails_to(address)) == 1


async def test_other_content_under_the_same_id_is_a_conflict(system: System) -> None:
    report = submission()
    identity = report_id("web", report["external_id"])
    for text in ("Lampu jalan mati.", "Sampah menumpuk."):
        await system.publish({**report, "text": text}, key=b"same")
    (event,) = await until(lambda: system.events(topics.REJECTED.name, identity))
    assert [item["code"] for item in event["problems"]] == ["conflict"]
    (first,) = await system.events(topics.ACCEPTED.name, identity)
    assert first["text"] == "Lampu jalan mati."


async def test_an_event_delivered_twice_changes_nothing(system: System) -> None:
    report = submission(text=CLEAR, reporter={"email": f"{uuid4().hex}@example.org"})
    identity = report_id("web", report["external_id"])
    await system.publish(report)
    await until(lambda: system.outcomes(identity))
    for topic in (topics.ACCEPTED.name, topics.STATUS.name):
        for record in [r for r in await system.read(topic) if r.key == str(identity).encode()]:
            await system.publish(record.value, headers=record.headers, topic=topic, key=record.key)
    await settled(system, submission())
    await asyncio.sleep(1)
    assert len(await system.events(topics.ROUTED.name, identity)) == 1
    assert len(await system.outcomes(identity)) == 1
    assert len(await system.rows("select 1 from intake.timeline where report_id = $1", identity)) == 2
    assert len(await system.mails_to(report["reporter"]["email"])) == 1


async def settled(system: System, report: dict[str, object]) -> None:
    """A later report has come all the way: what was published before it has, too, as far as it ever will."""
    last = submission()
    await system.publish(last)
    await until(lambda: system.outcomes(report_id("web", last["external_id"])))

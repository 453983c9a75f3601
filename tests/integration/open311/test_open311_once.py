"""One report, however often and through whichever door; and a client that somebody else wrote."""

import asyncio
import importlib
import itertools
import warnings
from typing import Any
from uuid import uuid4

from services.intake.identity import report_id
from shared import topics
from tests.builders import submission
from tests.integration.conftest import System
from tests.integration.open311.client import TEXT, Client


def three(client: Client, form: str = "json") -> Any:
    """The `three` library, which looks for a function that Python 2 had."""
    itertools.ifilter = filter  # type: ignore[attr-defined]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        library = importlib.import_module("three")
    return library.Three(client.url, api_key=client.key, jurisdiction="kota-pasuruan", format=form)


async def test_the_three_client_files_and_reads_a_report(client: Client) -> None:
    def use() -> tuple[Any, Any, Any]:
        city = three(client)
        try:
            assert city.discovery()["endpoints"][0]["formats"] == ["text/xml", "application/json"]
            assert "jalan-rusak" in {service["service_code"] for service in city.services()}
            assert city.services("jalan-rusak")["service_code"] == "jalan-rusak"
            filed = city.post(
                "jalan-rusak", address="Jalan Melati 5", name="Contoh Warga", phone="0343000000",
                description="Jalan berlubang di depan pasar.",
            )  # fmt: skip
            name = filed[0]["service_request_id"]
            shown: Any = []
            while not isinstance(shown, list) or not shown or "status" not in shown[0]:
                shown = city.request(name)
            return filed[0], shown[0], city.requests("jalan-rusak", count=5)
        finally:
            city.session.close()

    filed, shown, listed = await asyncio.to_thread(use)
    assert shown["service_request_id"] == filed["service_request_id"]
    assert shown["description"] == "Jalan berlubang di depan pasar."
    assert filed["service_request_id"] in {row["service_request_id"] for row in listed}


async def test_a_report_sent_200_times_through_kafka_and_http_is_one_report(system: System, client: Client) -> None:
    key = uuid4().hex
    written = submission(
        channel="open311", external_id=key, text=TEXT, topic="pju",
        location={"address": "Jalan Melati 5"}, reporter=...,
    )  # fmt: skip
    sent = [
        client.file(key) if number % 2 else system.publish(written, key=str(number).encode()) for number in range(200)
    ]
    answers = [answer for answer in await asyncio.gather(*sent) if isinstance(answer, dict)]
    identity = report_id("open311", key)
    assert {answer["service_request_id"] for answer in answers} == {str(identity)}
    last = await client.file()
    await client.shown(last["service_request_id"])
    await asyncio.sleep(1)
    (event,) = await system.events(topics.ACCEPTED.name, identity)
    assert {answer["tracking_code"] for answer in answers} == {event["tracking_code"]}
    assert len(await system.rows("select 1 from intake.report where external_id = $1", key)) == 1


async def test_a_report_sent_again_later_is_the_same_and_with_other_content_a_conflict(
    system: System, client: Client
) -> None:
    key = uuid4().hex
    first = await client.file(key)
    await client.shown(first["service_request_id"])
    await asyncio.sleep(1.1)
    assert await client.file(key) == first
    last = await client.file()
    await client.shown(last["service_request_id"])
    await asyncio.sleep(0.5)
    assert not await system.events(topics.REJECTED.name, first["service_request_id"])
    fields = {"service_code": "lainnya", "description": "Sesuatu yang lain."}
    answer = await client.post("requests.json", key, **fields)
    assert (answer.status_code, answer.json()[0]["problem"]) == (400, "conflict")


async def test_what_came_by_another_door_is_a_conflict_here_too(system: System, client: Client) -> None:
    key = uuid4().hex
    written = submission(
        channel="open311", external_id=key, text=TEXT, topic="pju",
        location={"address": "Jalan Melati 5"}, reporter=...,
    )  # fmt: skip
    await system.publish(written)
    await client.shown(str(report_id("open311", key)))
    answer = await client.post("requests.json", key, service_code="lainnya", description="Sesuatu yang lain.")
    assert (answer.status_code, answer.json()[0]["problem"]) == (400, "conflict")
    # What was refused is not taken for the report: its own words are welcome still.
    assert (await client.file(key))["service_request_id"] == str(report_id("open311", key))


async def test_without_a_key_each_report_is_its_own_and_with_a_reference_it_is_once(client: Client) -> None:
    assert (await client.file())["service_request_id"] != (await client.file())["service_request_id"]
    reference = {"device_id": uuid4().hex, "client_reference": "17"}
    assert await client.file(**reference) == await client.file(**reference)
    number = {"attribute[fixmystreet_id]": uuid4().hex}
    assert await client.file(**number) == await client.file(**number)

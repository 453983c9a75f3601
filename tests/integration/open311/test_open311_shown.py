"""What becomes visible of a report, and what of it nobody else may see."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

from tests.integration.conftest import System, until
from tests.integration.open311.client import Client, names, tree


async def test_a_routed_report_shows_its_agency_and_its_public_deadline(client: Client) -> None:
    filed = await client.file()
    name = filed["service_request_id"]

    async def routed() -> Any:
        (found,) = (await client.get(f"requests/{name}.json")).json()
        return found if found["expected_datetime"] else None

    await client.shown(name)
    found = await until(routed)
    assert found["agency_responsible"]
    assert found["expected_datetime"] > found["requested_datetime"]
    assert found["status_notes"]

    # the list begins with the oldest and a page has an end: what other tests did before is left out
    updates = (await client.get("servicerequestupdates.json", start_date=found["updated_datetime"])).json()
    assert "OPEN" in {update["status"] for update in updates if update["service_request_id"] == name}
    root = tree(await client.get("servicerequestupdates.xml", page_size="1"))
    (update,) = root
    assert (root.tag, update.tag) == ("service_request_updates", "request_update")
    assert names(update) == [
        "update_id", "service_request_id", "status", "updated_datetime", "description", "media_url",
    ]  # fmt: skip


async def test_a_report_without_a_topic_is_shown_under_the_one_that_the_router_found(client: Client) -> None:
    filed = await client.file(service_code="lainnya", description="Jalan berlubang parah, aspal rusak dan ambles.")

    async def named() -> bool:
        (found,) = (await client.get("requests.json", service_request_id=filed["service_request_id"])).json() or [{}]
        return bool(found.get("service_code") == "jalan-rusak")

    await until(named)
    listed = (await client.get("requests.json", service_code="jalan-rusak")).json()
    assert filed["service_request_id"] in {row["service_request_id"] for row in listed}


async def test_somebody_in_danger_is_told_at_once_whom_to_call(client: Client) -> None:
    danger = await client.file(service_code="lainnya", description="Kebakaran rumah, api besar, ada orang di dalam!")
    assert "112" in danger["service_notice"]
    assert "112" not in (await client.file())["service_notice"]


async def test_a_confidential_report_is_shown_by_its_tracking_code_alone(system: System, client: Client) -> None:
    filed = await client.file(**{"attribute[confidential]": "true"})
    name, code = filed["service_request_id"], filed["tracking_code"]
    shown = await client.shown(code)
    assert shown["service_request_id"] == name
    hidden, unknown = await client.get(f"requests/{name}.json"), await client.get(f"requests/{uuid4()}.json")
    assert (hidden.status_code, hidden.content) == (404, unknown.content)
    assert (await client.get("requests.json", service_request_id=name)).json() == []
    assert name not in (await client.get("requests.json")).text
    await until(lambda: system.rows("select 1 from intake.timeline where report_id = $1", UUID(name)))
    since = shown["requested_datetime"]
    assert name not in (await client.get("servicerequestupdates.json", start_date=since)).text


async def test_nobody_sees_who_reported_nor_a_tracking_code(client: Client) -> None:
    filed = await client.file(
        description="Saya Rahayu Prameswari, hubungi 081234567890. Lampu mati.", first_name="Rahayu",
        last_name="Prameswari", email="rahayu@example.org", phone="081234567890",
    )  # fmt: skip
    await client.shown(filed["service_request_id"])
    for path in ("requests.json", "requests.xml", f"requests/{filed['service_request_id']}.xml"):
        text = (await client.get(path)).text
        assert filed["service_request_id"] in text
        for secret in ("Prameswari", "rahayu", "81234567890", filed["tracking_code"]):
            assert secret not in text


async def test_lists_are_filtered_and_paged(client: Client) -> None:
    filed = [(await client.file(service_code="trotoar"))["service_request_id"] for _ in range(3)]
    for name in filed:
        await client.shown(name)
    by_id = (await client.get("requests.json", service_request_id=",".join(filed[:2]), status="closed")).json()
    assert {row["service_request_id"] for row in by_id} == set(filed[:2])
    listed = (await client.get("requests.json", service_code="trotoar,lainnya", status="open")).json()
    assert set(filed) <= {row["service_request_id"] for row in listed}
    assert {row["service_code"] for row in listed} <= {"trotoar", "lainnya"}
    times = [row["requested_datetime"] for row in listed]
    assert times == sorted(times, reverse=True)
    pages = [(await client.get("requests.json", service_code="trotoar", page_size="1", page=n)).json() for n in "12"]
    assert pages[0] != pages[1]
    assert (await client.get("requests.json", service_code="trotoar", status="closed")).json() == []
    assert (await client.get("requests.json", start_date="2020-01-01", end_date="2020-02-01")).json() == []


async def test_many_lists_at_once_are_all_answered(client: Client) -> None:
    await client.file()
    answers = await asyncio.gather(*(client.get("requests.xml", page_size="10") for _ in range(40)))
    assert {answer.status_code for answer in answers} == {200}

"""Who may write, how often, and what guessing costs."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest_asyncio

from shared import topics
from tests.integration.command import tanggap
from tests.integration.conftest import System, until
from tests.integration.open311.client import TEXT, Client, new_key, tree


async def test_an_agency_posts_an_update_to_the_topic_of_updates(
    system: System, client: Client, agency: Client
) -> None:
    filed = await client.file()
    name = filed["service_request_id"]
    await client.shown(name)
    update = {
        "service_request_id": name, "update_id": uuid4().hex, "status": "IN_PROGRESS",
        "updated_datetime": "2026-11-23T10:00:00+07:00", "description": "Petugas menuju lokasi.",
    }  # fmt: skip
    answer = await agency.post("servicerequestupdates.xml", **update)
    root = tree(answer)
    (said,) = root
    assert (answer.status_code, root.tag, said.tag) == (200, "service_request_updates", "request_update")
    assert said.findtext("update_id") == update["update_id"]
    (event,) = await system.events(topics.UPDATES.name, name)
    assert (event["agency"], event["action"], event["note"]) == ("dishub", "start", "Petugas menuju lokasi.")
    assert event["tracking_code"] == filed["tracking_code"]
    assert (await client.post("servicerequestupdates.xml", **update)).status_code == 403
    assert (await agency.post("requests.xml", service_code="lainnya", description="x")).status_code == 403
    answer = await agency.post("servicerequestupdates.json", **{**update, "service_request_id": str(uuid4())})
    assert answer.status_code == 404
    answer = await agency.post("servicerequestupdates.json", status="FIXED")
    assert {error["field"] for error in answer.json()} == {
        "service_request_id", "update_id", "updated_datetime", "description",
    }  # fmt: skip
    assert (await agency.post("servicerequestupdates.json", **{**update, "status": "REOPEN"})).status_code == 400


async def test_what_an_agency_calls_fixed_is_completed_with_its_link_as_evidence(
    system: System, client: Client, agency: Client
) -> None:
    name = (await client.file())["service_request_id"]

    async def assigned() -> bool:
        return any(step["status"] == "assigned" for step in await system.events(topics.STATUS.name, name))

    await until(assigned)
    update = {
        "service_request_id": name, "update_id": uuid4().hex, "status": "FIXED",
        "updated_datetime": datetime.now(UTC).isoformat(), "description": "Lampu sudah menyala.",
    }  # fmt: skip

    async def accepted() -> bool:
        return (await agency.post("servicerequestupdates.json", **update)).status_code != 404

    await until(accepted)
    answer = await agency.post("servicerequestupdates.json", **update)
    assert (answer.status_code, [error["field"] for error in answer.json()]) == (400, ["media_url"])
    link = "https://files.example.org/1.jpg"
    answer = await agency.post("servicerequestupdates.json", **update, media_url=link)
    assert answer.status_code == 200, answer.text

    async def completed() -> list[str]:
        told = await system.events(topics.STATUS.name, name)
        return [file["url"] for step in told if step["status"] == "completed" for file in step["evidence"]]

    assert await until(completed) == [link]


async def test_a_key_is_shown_once_kept_as_a_hash_and_dies_when_revoked(
    system: System, http: httpx.AsyncClient
) -> None:
    name = f"k{uuid4().hex[:8]}"
    client = Client(system, http, await new_key(system.addresses, name))
    await client.file()
    assert (await tanggap(system.addresses, "keys", "add", name)).exit_code == 1
    listed = (await tanggap(system.addresses, "keys", "list", "--json")).stdout
    assert name in listed
    assert client.key not in listed
    (row,) = await system.rows("select k::text as row from intake.api_key k where name = $1", name)
    assert client.key not in row["row"]
    assert (await tanggap(system.addresses, "keys", "revoke", name)).exit_code == 0
    assert (await tanggap(system.addresses, "keys", "revoke", name)).exit_code == 1

    async def refused() -> bool:
        return (await client.post("requests.json", service_code="lainnya", description=TEXT)).status_code == 403

    await until(refused)


async def test_a_key_has_its_rate(system: System, http: httpx.AsyncClient) -> None:
    client = Client(system, http, await new_key(system.addresses, f"k{uuid4().hex[:8]}", "--per-minute", "3"))
    for _ in range(3):
        await client.file()
    answer = await client.post("requests.json", service_code="lainnya", description=TEXT)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def other_address(system: System) -> AsyncIterator[httpx.AsyncClient]:
    """A client at another address, whose misses count for itself."""
    transport = httpx.AsyncHTTPTransport(local_address="127.0.0.2")
    async with httpx.AsyncClient(transport=transport, timeout=10) as http:
        yield http


async def test_guessing_codes_is_slowed_down(system: System, client: Client, other_address: httpx.AsyncClient) -> None:
    known = (await client.file())["tracking_code"]
    await client.shown(known)
    paths = ("/track/0000-0000-0000-00.json", f"/open311/v2/requests/{uuid4()}.xml", "/open311/v2/tokens/1.json")
    base = system.addresses["TANGGAP_INTAKE_URL"]
    seen = [(await other_address.get(base + path)).status_code for path in paths * 20]
    assert seen[0] == 404
    assert set(seen) == {404, 429}
    for path in (*paths, f"/track/{known}.json"):
        answer = await other_address.get(base + path)
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) >= 1
    assert (await system.get("intake", f"/track/{known}.json")).status_code == 200

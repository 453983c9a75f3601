"""The Open311 door over HTTP, against the real broker and database, with a client that somebody else wrote."""

import asyncio
import importlib
import itertools
import json
import os
import subprocess
import sys
import warnings
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID, uuid4
from xml.etree import ElementTree

import httpx
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.local.catcher import CHECKOUT
from deploy.local.stack import Stack
from services.intake.identity import read_tracking_code, report_id
from services.intake.open311.form import BODY_BYTES
from shared import topics
from tests.builders import submission
from tests.integration.conftest import System, until

TEXT = "Lampu penerangan jalan di depan pasar mati sejak kemarin malam."
Fields = Mapping[str, str]


def keys(addresses: Mapping[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    """`tanggap keys ...`"""
    command = [sys.executable, "-m", "console", "keys", *arguments]
    environment = {**os.environ, **addresses}
    return subprocess.run(command, env=environment, cwd=CHECKOUT, capture_output=True, text=True, check=False)


def new_key(addresses: Mapping[str, str], name: str, *options: str) -> str:
    done = keys(addresses, "add", name, *options, "--json")
    assert done.returncode == 0, done.stderr
    key: str = json.loads(done.stdout)["api_key"]
    return key


class Client:
    """A client of the door as the specification describes it."""

    def __init__(self, system: System, key: str) -> None:
        self.url = f"{system.addresses['TANGGAP_INTAKE_URL']}/open311/v2"
        self.key = key
        self.http = system.http

    async def get(self, path: str, **params: str) -> httpx.Response:
        return await self.http.get(f"{self.url}/{path}", params=params)

    async def post(self, path: str, idempotency_key: str | None = None, **fields: str) -> httpx.Response:
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        form = {"api_key": self.key, **fields}
        return await self.http.post(f"{self.url}/{path}", data=form, headers=headers)

    async def file(self, idempotency_key: str | None = None, **changes: str) -> dict[str, Any]:
        fields = {"service_code": "pju-mati", "description": TEXT, "address_string": "Jalan Melati 5", **changes}
        answer = await self.post("requests.json", idempotency_key, **fields)
        assert answer.status_code == 200, answer.text
        (filed,) = answer.json()
        return dict(filed)

    async def shown(self, name: str) -> dict[str, Any]:
        """The report as soon as intake has it."""

        async def look() -> Any:
            found = (await self.get("requests.json", service_request_id=name)).json()
            return found[0] if found else None

        return dict(await until(look))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def client(system: System) -> Client:
    return Client(system, new_key(system.addresses, "open311-test", "--channel", "open311", "--per-minute", "100000"))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def agency(system: System) -> Client:
    return Client(system, new_key(system.addresses, "dinas-test", "--agency", "dishub"))


def tree(answer: httpx.Response) -> ElementTree.Element:
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)  # noqa: S314 - our own answer


def names(element: ElementTree.Element) -> list[str]:
    return [child.tag for child in element]


# --- each path, element by element ------------------------------------------------------------------------------------


async def test_discovery_names_the_endpoint_and_its_formats(client: Client) -> None:
    root = tree(await client.get("discovery.xml"))
    assert (root.tag, names(root)) == ("discovery", ["changeset", "contact", "key_service", "endpoints"])
    (endpoint,) = root.findall("endpoints/endpoint")
    assert names(endpoint) == ["specification", "url", "changeset", "type", "formats"]
    assert endpoint.findtext("specification") == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint.findtext("url") == client.url
    assert [item.text for item in endpoint.findall("formats/format")] == ["text/xml", "application/json"]
    assert (await client.get("discovery.json")).json()["endpoints"][0]["url"] == client.url


async def test_services_are_the_topics_of_the_pack_and_one_for_who_does_not_know(client: Client) -> None:
    root = tree(await client.get("services.xml"))
    assert root.tag == "services"
    for service in root:
        assert service.tag == "service"
        assert names(service) == [
            "service_code", "service_name", "description", "metadata", "type", "keywords", "group",
        ]  # fmt: skip
        assert service.findtext("metadata") == "true"
        assert service.findtext("type") == "realtime"
    codes = [service.findtext("service_code") for service in root]
    assert "pju-mati" in codes
    assert codes[-1] == "lainnya"
    listed = (await client.get("services.json")).json()
    assert [service["service_code"] for service in listed] == codes
    assert listed[0]["metadata"] is True


async def test_every_service_has_a_definition(client: Client) -> None:
    for service in (await client.get("services.json")).json():
        code = service["service_code"]
        root = tree(await client.get(f"services/{code}.xml"))
        assert (root.tag, names(root)) == ("service_definition", ["service_code", "attributes"])
        assert root.findtext("service_code") == code
        attributes = root.findall("attributes/attribute")
        assert [item.findtext("order") for item in attributes] == [str(n) for n in range(1, len(attributes) + 1)]
        for item in attributes:
            assert names(item)[:7] == [
                "variable", "code", "datatype", "required", "datatype_description", "order", "description",
            ]  # fmt: skip
            listed = item.findall("values/value")
            assert bool(listed) == (item.findtext("datatype") == "singlevaluelist")
            assert all(names(value) == ["key", "name"] for value in listed)


async def test_a_report_is_filed_and_read_as_xml(client: Client) -> None:
    answer = await client.post(
        "requests.xml", service_code="pju-mati", description=f"{TEXT} <b>&", lat="-7.6453", long="112.9075",
        email=f"{uuid4().hex}@example.org", account_id="a7",
    )  # fmt: skip
    assert answer.status_code == 200
    root = tree(answer)
    assert root.tag == "service_requests"
    (filed,) = root
    assert (filed.tag, names(filed)) == (
        "request", ["service_request_id", "service_notice", "account_id", "tracking_code"],
    )  # fmt: skip
    name, code = filed.findtext("service_request_id") or "", filed.findtext("tracking_code") or ""
    assert read_tracking_code(code) == code
    assert code in (filed.findtext("service_notice") or "")
    assert filed.findtext("account_id") == "a7"
    await client.shown(name)
    root = tree(await client.get(f"requests/{name}.xml"))
    (request,) = root
    assert (root.tag, request.tag) == ("service_requests", "request")
    assert names(request) == [
        "service_request_id", "status", "status_notes", "service_name", "service_code", "description",
        "agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime",
        "address", "address_id", "zipcode", "lat", "long", "media_url",
    ]  # fmt: skip
    assert request.findtext("service_request_id") == name
    assert request.findtext("status") == "open"
    assert request.findtext("service_code") == "pju-mati"
    assert request.findtext("description") == f"{TEXT} <b>&"
    assert (request.findtext("requested_datetime") or "").endswith("+07:00")
    assert float(request.findtext("lat") or 0) == -7.6453
    assert float(request.findtext("long") or 0) == 112.9075
    assert code not in (await client.get(f"requests/{name}.xml")).text


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
    updates = (await client.get("servicerequestupdates.json")).json()
    assert "OPEN" in {update["status"] for update in updates if update["service_request_id"] == name}
    root = tree(await client.get("servicerequestupdates.xml", page_size="1"))
    (update,) = root
    assert (root.tag, update.tag) == ("service_request_updates", "request_update")
    assert names(update) == [
        "update_id", "service_request_id", "status", "updated_datetime", "description", "media_url",
    ]  # fmt: skip


async def test_a_tracking_code_is_a_token_for_its_report(client: Client) -> None:
    filed = await client.file()
    await client.shown(filed["service_request_id"])
    root = tree(await client.get(f"tokens/{filed['tracking_code']}.xml"))
    (request,) = root
    assert (root.tag, names(request)) == ("service_requests", ["service_request_id", "token"])
    assert request.findtext("service_request_id") == filed["service_request_id"]
    assert request.findtext("token") == filed["tracking_code"]
    assert [
        row["service_request_id"] for row in (await client.get(f"requests/{filed['tracking_code']}.json")).json()
    ] == [filed["service_request_id"]]


# --- a client that somebody else wrote --------------------------------------------------------------------------------


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


# --- once -------------------------------------------------------------------------------------------------------------


async def test_a_report_sent_200_times_through_kafka_and_http_is_one_report(system: System, client: Client) -> None:
    key = uuid4().hex
    written = submission(
        channel="open311", external_id=key, text=TEXT, topic="pju-mati",
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


async def test_without_a_key_each_report_is_its_own_and_with_a_reference_it_is_once(client: Client) -> None:
    assert (await client.file())["service_request_id"] != (await client.file())["service_request_id"]
    reference = {"device_id": uuid4().hex, "client_reference": "17"}
    assert await client.file(**reference) == await client.file(**reference)
    number = {"attribute[fixmystreet_id]": uuid4().hex}
    assert await client.file(**number) == await client.file(**number)


# --- what nobody else may see -----------------------------------------------------------------------------------------


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
    assert name not in (await client.get("servicerequestupdates.json")).text


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


# --- filters ----------------------------------------------------------------------------------------------------------


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


# --- errors -----------------------------------------------------------------------------------------------------------

ERRORS = [
    ("services/tidak-ada", {}, 404),
    ("requests", {"jurisdiction_id": "surabaya"}, 404),
    ("requests", {"service_code": "tidak-ada"}, 404),
    ("requests/0000-0000-0000-00", {}, 404),
    ("tokens/0", {}, 404),
    ("nothing", {}, 404),
    ("requests", {"start_date": "2026-01-01", "end_date": "2026-12-01"}, 400),
    ("requests", {"start_date": "kemarin"}, 400),
    ("requests", {"start_date": "2026-01-01T00:00:00"}, 400),
    ("requests", {"status": "shut"}, 400),
    ("requests", {"page": "0"}, 400),
    ("requests", {"page_size": "1001"}, 400),
]


@pytest.mark.parametrize(("path", "params", "status"), ERRORS, ids=str)
async def test_an_error_has_its_status_in_both_formats(
    client: Client, path: str, params: dict[str, str], status: int
) -> None:
    root = tree(answer := await client.get(f"{path}.xml", **params))
    assert (answer.status_code, root.tag) == (status, "errors")
    for error in root:
        assert error.tag == "error"
        assert names(error)[:2] == ["code", "description"]
        assert error.findtext("code") == str(status)
        assert error.findtext("description")
    answer = await client.get(f"{path}.json", **params)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert [error["code"] for error in answer.json()] == [status] * len(root)


BAD_POSTS: list[tuple[dict[str, str], int, str | None]] = [
    ({"api_key": ""}, 403, "api_key"),
    ({"api_key": "tg_wrong"}, 403, "api_key"),
    ({"service_code": ""}, 400, "service_code"),
    ({"service_code": "tidak-ada"}, 404, "service_code"),
    ({"jurisdiction_id": "surabaya"}, 404, "jurisdiction_id"),
    ({"address_string": ""}, 400, "lat"),
    ({"lat": "-7.6"}, 400, "lat"),
    ({"lat": "nan", "long": "112.9"}, 400, "lat"),
    ({"lat": "1e400", "long": "112.9"}, 400, "lat"),
    ({"lat": "112.9", "long": "-7.6"}, 400, "lat"),
    ({"description": "x" * 10_001}, 400, "description"),
    ({"service_code": "lainnya", "description": "\u200b \u0000"}, 400, "description"),
    ({"attribute[class]": "keluhan"}, 400, "attribute[class]"),
    ({"attribute[confidential]": "maybe"}, 400, "attribute[confidential]"),
]


@pytest.mark.parametrize(("fields", "status", "field"), BAD_POSTS, ids=lambda value: str(value)[:60])
async def test_a_post_that_is_no_report_names_what_is_wrong(
    client: Client, fields: dict[str, str], status: int, field: str | None
) -> None:
    whole = {"service_code": "pju-mati", "description": TEXT, "address_string": "Jalan Melati 5", **fields}
    answer = await client.post("requests.json", **whole)
    assert answer.status_code == status, answer.text
    assert field in [error["field"] for error in answer.json()]


async def test_other_formats_methods_and_bodies_are_refused(client: Client) -> None:
    for path in ("requests.html", "requests", "services/pju-mati.rss"):
        assert (await client.get(path)).status_code == 400
    answer = await client.http.delete(f"{client.url}/requests.json")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")
    head = await client.http.head(f"{client.url}/services.xml")
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) == len((await client.get("services.xml")).content)
    answer = await client.http.post(f"{client.url}/requests.json", json={"api_key": client.key})
    assert answer.status_code == 400
    answer = await client.http.post(f"{client.url}/requests.xml", content=b"x" * (BODY_BYTES + 1))
    assert (answer.status_code, tree(answer).tag) == (413, "errors")
    answer = await client.http.post(
        f"{client.url}/requests.json", data={"api_key": client.key}, files={"media": ("foto.jpg", b"jpeg")}
    )
    assert (answer.status_code, answer.json()[0]["problem"]) == (400, "no-files")


# --- agencies' updates ------------------------------------------------------------------------------------------------


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


# --- keys -------------------------------------------------------------------------------------------------------------


async def test_a_key_is_shown_once_kept_as_a_hash_and_dies_when_revoked(system: System) -> None:
    name = f"k{uuid4().hex[:8]}"
    client = Client(system, new_key(system.addresses, name))
    await client.file()
    assert keys(system.addresses, "add", name).returncode == 1
    listed = keys(system.addresses, "list", "--json").stdout
    assert name in listed
    assert client.key not in listed
    (row,) = await system.rows("select k::text as row from intake.api_key k where name = $1", name)
    assert client.key not in row["row"]
    assert keys(system.addresses, "revoke", name).returncode == 0
    assert keys(system.addresses, "revoke", name).returncode == 1

    async def refused() -> bool:
        return (await client.post("requests.json", service_code="lainnya", description=TEXT)).status_code == 403

    await until(refused)


async def test_a_key_has_its_rate(system: System) -> None:
    client = Client(system, new_key(system.addresses, f"k{uuid4().hex[:8]}", "--per-minute", "3"))
    for _ in range(3):
        await client.file()
    answer = await client.post("requests.json", service_code="lainnya", description=TEXT)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1


# --- both doors, any form ---------------------------------------------------------------------------------------------


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


NAMES = st.sampled_from(
    ["service_code", "lat", "long", "description", "email", "first_name", "attribute[title]", "attribute[occurred_on]",
     "attribute[nik]", "device_id", "media_url", "address_id", "jurisdiction_id", "attribute[x][]"]
)  # fmt: skip
VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
    st.sampled_from(["lainnya", "pju-mati", "-7.6", "1e400", "0", "", "2026-01-01", "9999-12-31T23:59:59-12:00"]),
    st.floats().map(str),
)


async def test_any_form_is_answered_and_what_is_accepted_becomes_a_report(system: System, client: Client) -> None:
    accepted: list[str] = []
    base = {"service_code": "lainnya", "description": TEXT, "api_key": client.key}
    loop = asyncio.get_running_loop()

    @settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.dictionaries(NAMES, VALUES, max_size=6))
    def post(fields: dict[str, str]) -> None:
        sending = client.http.post(f"{client.url}/requests.xml", data={**base, **fields})
        answer = asyncio.run_coroutine_threadsafe(sending, loop).result(30)
        assert answer.status_code in {200, 400, 404}, answer.text
        root = tree(answer)
        assert root.tag == ("service_requests" if answer.status_code == 200 else "errors")
        accepted.extend(name.text or "" for name in root.iter("service_request_id"))

    await asyncio.to_thread(post)
    assert accepted

    async def arrived() -> bool:
        rows = await system.rows(
            "select report_id::text from intake.report where report_id = any($1::uuid[])", accepted
        )
        return {row["report_id"] for row in rows} == set(accepted)

    await until(arrived)


# --- broker and database away -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
async def own_stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """A stack that may be hurt: others' tests use the shared one."""
    async with Stack(tmp_path_factory.mktemp("hurt"), fast=True) as stack:
        await stack.start()
        await stack.prepare()
        await stack.members["intake"].start(lambda _line: None)
        yield stack


async def test_while_a_dependency_is_away_nothing_is_promised(own_stack: Stack) -> None:
    addresses = own_stack.addresses()
    fields = {"api_key": new_key(addresses, "app"), "service_code": "lainnya", "description": TEXT}
    url = addresses["TANGGAP_INTAKE_URL"]
    async with httpx.AsyncClient(timeout=30) as http:

        async def post() -> httpx.Response:
            return await http.post(f"{url}/open311/v2/requests.xml", data=fields, headers={"Idempotency-Key": "one"})

        first = await post()
        assert first.status_code == 200
        code = tree(first).findtext("request/tracking_code")
        await own_stack.members["kafka"].stop()
        answer = await post()
        assert (answer.status_code, tree(answer).tag) == (503, "errors")
        assert int(answer.headers["retry-after"]) >= 1
        await own_stack.members["kafka"].start(lambda _line: None)

        async def taken() -> httpx.Response | None:
            again = await post()
            return again if again.status_code == 200 else None

        assert (await until(taken)).text == first.text
        await own_stack.members["postgres"].stop()
        assert (await post()).status_code == 200
        for path in ("open311/v2/requests.xml", f"track/{code}.json"):
            answer = await http.get(f"{url}/{path}")
            assert (answer.status_code, "retry-after" in answer.headers) == (503, True)

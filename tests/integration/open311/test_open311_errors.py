"""What cannot be done is said as the specification says it."""

import asyncio
from urllib.parse import urlsplit

import pytest

from services.intake.open311.form import BODY_BYTES
from shared import topics
from tests.integration.conftest import System, until
from tests.integration.open311.client import TEXT, Client, names, tree

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
    whole = {"service_code": "pju", "description": TEXT, "address_string": "Jalan Melati 5", **fields}
    answer = await client.post("requests.json", **whole)
    assert answer.status_code == status, answer.text
    assert field in [error["field"] for error in answer.json()]


async def test_one_answer_names_all_that_is_wrong(client: Client) -> None:
    answer = await client.post(
        "requests.json", service_code="pju", lat="abc", long="nan",
        **{"attribute[anonymous]": "maybe", "attribute[class]": "foo", "attribute[language]": "fr"},
    )  # fmt: skip
    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()} == {
        "lat", "long", "attribute[anonymous]", "attribute[class]", "attribute[language]",
    }  # fmt: skip


async def test_a_date_that_is_none_is_left_out_and_told_as_lacking_here_and_by_intake(
    system: System, client: Client
) -> None:
    filed = await client.file(**{"attribute[occurred_on]": "31/12/2026"})
    assert "tanggal kejadian" in filed["service_notice"]
    await client.shown(filed["service_request_id"])

    async def accepted() -> list[dict[str, object]]:
        return await system.events(topics.ACCEPTED.name, filed["service_request_id"])

    (event,) = await until(accepted)
    assert (event["occurred_on"], event["missing"]) == (None, ["date"])
    (row,) = await system.rows(
        "select notes::text as notes from intake.report where report_id = $1::uuid", filed["service_request_id"]
    )
    assert "occurred_on" in row["notes"]


async def test_other_formats_methods_and_bodies_are_refused(client: Client) -> None:
    for path in ("requests.html", "requests", "services/pju.rss"):
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


async def test_a_body_that_does_not_come_is_answered_and_the_connection_ends(client: Client) -> None:
    url = urlsplit(client.url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    head = (
        f"POST {url.path}/requests.json HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Length: 100\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    writer.write(f"{head}api_key=".encode())
    answer = await asyncio.wait_for(reader.read(), 60)
    writer.close()
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"too-slow" in answer

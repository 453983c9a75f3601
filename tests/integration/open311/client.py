"""A client of the Open311 door as the specification describes it, and how its answers are taken apart."""

import json
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import httpx

from tests.integration.command import tanggap
from tests.integration.conftest import System, until

TEXT = "Lampu penerangan jalan di depan pasar mati sejak kemarin malam."
Fields = Mapping[str, str]


async def new_key(addresses: Mapping[str, str], name: str, *options: str) -> str:
    done = await tanggap(addresses, "keys", "add", name, *options, "--json")
    assert done.exit_code == 0, done.output
    key: str = json.loads(done.stdout)["api_key"]
    return key


class Client:
    """A client of the door as the specification describes it."""

    def __init__(self, system: System, http: httpx.AsyncClient, key: str) -> None:
        self.url = f"{system.addresses['TANGGAP_INTAKE_URL']}/open311/v2"
        self.key = key
        self.http = http

    async def get(self, path: str, **params: str) -> httpx.Response:
        return await self.http.get(f"{self.url}/{path}", params=params)

    async def post(self, path: str, idempotency_key: str | None = None, **fields: str) -> httpx.Response:
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        form = {"api_key": self.key, **fields}
        return await self.http.post(f"{self.url}/{path}", data=form, headers=headers)

    async def file(self, idempotency_key: str | None = None, **changes: str) -> dict[str, Any]:
        fields = {"service_code": "pju", "description": TEXT, "address_string": "Jalan Melati 5", **changes}
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


def tree(answer: httpx.Response) -> ElementTree.Element:
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)  # noqa: S314 - our own answer


def names(element: ElementTree.Element) -> list[str]:
    return [child.tag for child in element]

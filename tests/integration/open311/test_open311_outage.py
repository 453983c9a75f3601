"""Broker and database away."""

from collections.abc import AsyncIterator

import httpx
import pytest

from deploy.local.stack import Stack
from tests.integration.conftest import until
from tests.integration.open311.client import TEXT, new_key, tree


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
    fields = {"api_key": await new_key(addresses, "app"), "service_code": "lainnya", "description": TEXT}
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

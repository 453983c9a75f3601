"""Any form is answered; what is accepted becomes a report."""

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.conftest import System, until
from tests.integration.open311.client import TEXT, Client, tree

NAMES = st.sampled_from(
    ["service_code", "lat", "long", "description", "email", "first_name", "attribute[title]", "attribute[occurred_on]",
     "attribute[nik]", "device_id", "media_url", "address_id", "jurisdiction_id", "attribute[x][]"]
)  # fmt: skip
VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
    st.sampled_from(["lainnya", "pju", "-7.6", "1e400", "0", "", "2026-01-01", "9999-12-31T23:59:59-12:00"]),
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

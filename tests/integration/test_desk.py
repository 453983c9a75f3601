"""The desk: what it refuses to be asked, whom it offers, and more officers at once than the router has connections."""

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

from services.intake.identity import report_id
from tests.builders import submission
from tests.integration.command import tanggap
from tests.integration.conftest import System, until
from tests.integration.test_life import reply

AT_ONCE = 24  # three times the pool


async def at_desk(system: System, count: int, text: str = "Assalamualaikum, tolong dibantu nggih.") -> list[UUID]:
    """So many reports that nobody but an officer can give to an agency."""
    reports = [submission(text=text) for _ in range(count)]
    for report in reports:
        await system.publish(report)
    ids = [report_id("web", report["external_id"]) for report in reports]

    async def there() -> list[UUID]:
        sql = "select report_id from router.report where report_id = any($1::uuid[]) and status = 'at_desk'"
        found = [row["report_id"] for row in await system.rows(sql, ids)]
        return found if len(found) == count else []

    found: list[UUID] = await until(there)
    return found


async def officer(system: System, name: str) -> dict[str, str]:
    """The headers of an officer with a new key."""
    made = await tanggap(system.addresses, "desk", "key", name, "--json")
    return {"Authorization": f"Bearer {json.loads(made.stdout)['key']}"}


async def test_a_query_without_sense_is_refused_and_what_is_offered_can_be_chosen(system: System) -> None:
    headers = await officer(system, "bertanya")
    base = f"{system.addresses['TANGGAP_ROUTER_URL']}/desk/v1/reports"
    for query in ({"status": "foo"}, {"limit": "0"}, {"limit": "x"}, {"after": "x"}):
        answer = await system.http.get(base, headers=headers, params=query)
        assert (answer.status_code, answer.json()) == (400, {"error": "bad-query"})
    (report,) = await at_desk(system, 1, "Mau ngurus surat pengantar di kelurahan.")
    best = (await system.http.get(f"{base}/{report}", headers=headers)).json()["best"]
    assert [one["agency"] for one in best["place_needed"]] == ["by-kelurahan"]
    assert "by-kelurahan" not in [one["agency"] for one in best["agencies"]]
    page = (await system.http.get(base, headers=headers, params={"limit": "200"})).json()["reports"]
    assert [one["best"] for one in page if one["report_id"] == str(report)] == [best]
    order = {"command_id": str(uuid4()), "note": "Di mana? Hubungi 081200001234 atau rahayu@example.org"}
    asked = await system.http.post(f"{base}/{report}/ask", headers=headers, json=order)
    assert asked.status_code == 200, asked.text
    shown = (await system.http.get(f"{base}/{report}", headers=headers)).json()
    assert shown["steps"][-1]["note"] == "Di mana? Hubungi [telepon] atau [email]"


async def test_an_officer_sees_what_the_reporter_sent_along_and_answers(system: System) -> None:
    headers, name = await officer(system, "membaca"), "Wulandari Kusumaningrum"
    report = submission(
        text="Assalamualaikum, tolong dibantu nggih.",
        location={"address": "Gang Melati 5"},
        attributes={"customer_number": "00123456"},
        reporter={"name": name, "email": "wk@example.org"},
    )
    await system.publish(report)
    identity = report_id("web", report["external_id"])
    url = f"{system.addresses['TANGGAP_ROUTER_URL']}/desk/v1/reports/{identity}"

    async def seen(path: str = "") -> Any:
        answer = await system.http.get(url + path, headers=headers)
        return answer.json() if answer.is_success else None

    shown = await until(seen)
    assert (shown["address"], shown["attributes"]) == ("Gang Melati 5", {"customer_number": "00123456"})
    assert (shown["attachments"], shown["replies"]) == ([], [])
    asked = {"command_id": str(uuid4()), "note": "Ada apa?"}
    assert (await system.http.post(f"{url}/ask", headers=headers, json=asked)).is_success
    await reply(system, shown["tracking_code"], "answer", text=f"Got mampet. Salam, {name}, 081200005566")

    async def replied() -> Any:
        return (await seen())["replies"]

    (said,) = await until(replied)
    assert (said["action"], said["text"]) == ("answer", "Got mampet. Salam, [nama], [telepon]")


async def test_more_orders_at_once_than_connections_are_all_carried_out_once(system: System) -> None:
    headers = await officer(system, "ramai")
    reports = await at_desk(system, AT_ONCE)

    async def order(report: UUID, name: str) -> dict[str, Any]:
        url = f"{system.addresses['TANGGAP_ROUTER_URL']}/desk/v1/reports/{report}/assign"
        answer = await system.http.post(url, headers=headers, json={"command_id": name, "agency": "dlhkp"})
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    names = {report: str(uuid4()) for report in reports}
    done = await asyncio.gather(*(order(report, names[report]) for report in reports))
    again = await asyncio.gather(*(order(reports[0], names[reports[0]]) for _ in range(AT_ONCE)))
    assert {(one["status"], one["agency"], one["repeated"]) for one in done} == {("assigned", "dlhkp", False)}
    assert {(one["sequence"], one["repeated"]) for one in again} == {(done[0]["sequence"], True)}
    assert (await system.get("router", "/health/ready")).status_code == 200

"""The life of a report on the real stack: every door, in order, once, and nothing half-done."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from typer.testing import Result

from services.intake.identity import report_id
from shared import topics
from tests.builders import submission
from tests.integration.command import tanggap
from tests.integration.conftest import System, until

POTHOLE = "Jalan berlubang di depan pasar, aspal rusak parah dan jalan ambles."
PROOF = [{"url": "https://example.org/foto.jpg", "media_type": "image/jpeg", "size": 1, "sha256": "0" * 64}]


async def assigned(system: System, text: str = POTHOLE) -> tuple[UUID, dict[str, Any]]:
    """A report that an agency has, and its second step."""
    report = submission(text=text)
    identity = report_id("web", report["external_id"])
    await system.publish(report)
    return identity, (await steps(system, identity, 2))[-1]


async def steps(system: System, identity: UUID, count: int) -> list[dict[str, Any]]:
    """The steps of a report once there are so many."""

    async def there() -> list[dict[str, Any]]:
        found = await system.events(topics.STATUS.name, identity)
        return found if len(found) >= count else []

    found: list[dict[str, Any]] = await until(there)
    return found


async def update(system: System, identity: UUID, agency: str, action: str, **more: Any) -> str:
    """Act as an agency; the id of the update."""
    name = str(uuid4())
    value = {
        "update_id": name,
        "report_id": str(identity),
        "agency": agency,
        "action": action,
        "at": datetime.now(UTC).isoformat(),
        **more,
    }
    await system.publish(value, topic=topics.UPDATES.name, key=str(identity).encode())
    return str(value["update_id"])


async def reply(system: System, code: str, action: str, **more: Any) -> None:
    """Act as a reporter."""
    value = {
        "reply_id": str(uuid4()),
        "tracking_code": code,
        "channel": "web",
        "action": action,
        "at": datetime.now(UTC).isoformat(),
        **more,
    }
    await system.publish(value, topic=topics.REPLIES.name)


async def refusals(system: System, mark: str) -> list[str]:
    """Why messages that hold `mark` came back."""
    return [
        dict(record.headers)["dead-letter-reason"].decode()
        for record in await system.read(topics.dead_letters("router").name)
        if record.value and mark.encode() in record.value
    ]


async def test_a_report_goes_from_agency_to_reporter_and_is_closed(system: System) -> None:
    identity, at = await assigned(system)
    await update(system, identity, at["agency"], "acknowledge")
    await update(system, identity, at["agency"], "answer", note="Akan kami perbaiki.")
    await update(system, identity, at["agency"], "complete", note="Sudah ditambal.", evidence=PROOF)
    await steps(system, identity, 5)
    await reply(system, at["tracking_code"].lower().replace("-", " "), "confirm")
    found = await steps(system, identity, 6)
    assert [(step["sequence"], step["status"], step["actor"]) for step in found] == [
        (1, "received", "system"),
        (2, "assigned", "system"),
        (3, "in_progress", "agency"),
        (4, "answered", "agency"),
        (5, "completed", "agency"),
        (6, "closed", "reporter"),
    ]
    assert found[4]["evidence"][0]["url"] == PROOF[0]["url"]
    assert found[5]["expected_at"] is None
    clocks = await system.rows("select clock, state from router.clock where report_id = $1", identity)
    assert {row["state"] for row in clocks} == {"stopped"}


async def test_not_ours_leads_to_the_suggested_agency_and_in_a_circle_to_the_desk(system: System) -> None:
    identity, at = await assigned(system)
    other = "dishub" if at["agency"] != "dishub" else "dlhkp"
    await update(system, identity, at["agency"], "not_ours", suggested_agency=other, note="Jalan provinsi.")
    third = (await steps(system, identity, 3))[2]
    assert (third["status"], third["agency"], third["reason"]) == ("assigned", other, "not-ours")
    assert third["expected_at"] == at["expected_at"], "the citizen's clock goes on"
    await update(system, identity, other, "not_ours", suggested_agency=at["agency"])
    fourth = (await steps(system, identity, 4))[3]
    assert (fourth["status"], fourth["agency"]) == ("at_desk", None)
    routed = await system.events(topics.ROUTED.name, identity)
    assert [(event["hop"], event["agency"]) for event in routed] == [(1, at["agency"]), (2, other)]
    runs = await system.rows(
        "select run, kind from router.clock_event where report_id = $1 and clock = 'tindak-lanjut' order by number",
        identity,
    )
    assert [tuple(row) for row in runs] == [(1, "start"), (2, "restart"), (2, "stop")]


async def test_what_is_not_allowed_changes_nothing_and_comes_back_with_the_reason(system: System) -> None:
    identity, at = await assigned(system)
    mine = at["agency"]
    other = "dlhkp" if mine != "dlhkp" else "pupr"
    for agency, named, action, more, reason in (
        (other, identity, "start", {}, "wrong-agency"),
        (mine, identity, "reject", {}, "desk-only"),
        (mine, identity, "complete", {}, "evidence-missing"),
        (mine, identity, "acknowledge", {"at": "2026-01-01T00:00:00Z"}, "out-of-date"),
        (mine, uuid4(), "acknowledge", {}, "unknown-report"),
    ):
        sent = await update(system, named, agency, action, **more)
        assert await until(partial(refusals, system, sent)) == [reason], action
    assert len(await system.events(topics.STATUS.name, identity)) == 2


async def test_an_id_is_good_for_one_request(system: System) -> None:
    identity, at = await assigned(system)
    said = datetime.now(UTC).isoformat()
    sent = await update(system, identity, at["agency"], "acknowledge", at=said)
    await steps(system, identity, 3)
    await update(system, identity, at["agency"], "acknowledge", at=said, update_id=sent)
    assert await until(partial(refusals, system, sent)) == ["repeated"]
    await update(system, identity, at["agency"], "answer", note="Lain.", update_id=sent)

    async def both() -> bool:
        return await refusals(system, sent) == ["repeated", "conflict"]

    await until(both)
    assert len(await system.events(topics.STATUS.name, identity)) == 3


async def test_asking_the_reporter_stops_the_clocks_and_the_answer_lets_them_go_on(system: System) -> None:
    identity, at = await assigned(system)
    await update(system, identity, at["agency"], "ask_reporter", question="Di sisi mana?")
    third = (await steps(system, identity, 3))[2]
    assert (third["status"], third["note"]) == ("needs_information", "Di sisi mana?")
    states = {
        row["clock"]: row["state"]
        for row in await system.rows("select clock, state from router.clock where report_id = $1", identity)
    }
    assert (states["penyelesaian"], states["tindak-lanjut"], states["melengkapi-berkas"]) == (
        "paused",
        "paused",
        "running",
    )
    await reply(system, at["tracking_code"], "answer", text="Sisi utara, nomor saya 0812-0000-1234.")
    fourth = (await steps(system, identity, 4))[3]
    assert (fourth["status"], fourth["actor"], fourth["note"]) == ("in_progress", "reporter", None)


async def test_what_fell_due_while_nobody_looked_is_taken_in_order_and_once(system: System) -> None:
    identity, at = await assigned(system)
    # As if it had come two months ago and no router had run since.
    await system.rows(
        """with moved as (
               update router.clock_event set at = at - interval '60 days', due_at = due_at - interval '60 days'
                where report_id = $1)
           update router.report
              set next_at = now() - interval '60 days', since = since - interval '60 days'
            where report_id = $1""",
        identity,
    )

    async def escalated() -> list[dict[str, Any]]:
        found = await system.events(topics.DEADLINES.name, identity)
        return found if any(event["level"] == 3 for event in found) else []

    found = await until(escalated)
    agency = [event for event in found if event["clock"] == "tindak-lanjut"]
    assert [(event["threshold"], event["level"]) for event in agency] == [
        (0.75, 0),
        (0.9, 0),
        (1.0, 0),
        (1.0, 1),
        (1.0, 2),
    ]
    assert [event["at"] for event in found] == sorted(event["at"] for event in found)
    assert agency[0]["notify"] == [at["agency"]]
    records = [r for r in await system.read(topics.DEADLINES.name) if r.key == str(identity).encode()]
    ids = [dict(record.headers)["ce_id"] for record in records]
    assert len(ids) == len(set(ids))


async def test_silence_after_an_answer_closes_the_report(system: System) -> None:
    identity, at = await assigned(system)
    await update(system, identity, at["agency"], "answer", note="Sudah dijadwalkan.")
    await steps(system, identity, 3)
    await system.rows(
        """with moved as (
               update router.clock_event set at = at - interval '30 days', due_at = due_at - interval '30 days'
                where report_id = $1)
           update router.report
              set next_at = now() - interval '30 days', since = since - interval '30 days'
            where report_id = $1""",
        identity,
    )
    last = (await steps(system, identity, 4))[3]
    assert (last["status"], last["actor"], last["reason"]) == ("closed", "system", "no-reply")


async def test_reconcile_accounts_for_every_report_and_names_what_is_wrong(system: System) -> None:
    identity, _ = await assigned(system)
    clean = await reconcile(system)
    assert str(identity) not in clean.stdout
    assert clean.exit_code == int(len(clean.stdout.splitlines()) > 1)
    await system.rows("update router.report set sequence = 9 where report_id = $1", identity)
    try:
        wrong = await reconcile(system)
    finally:
        await system.rows("update router.report set sequence = 2 where report_id = $1", identity)
    assert wrong.exit_code == 1
    assert json.dumps({"report_id": str(identity), "problem": "steps-disagree"}) in wrong.stdout


async def reconcile(system: System) -> Result:
    return await tanggap(system.addresses, "reconcile", "--json", "--grace", "30")


async def test_an_officer_sees_what_waits_and_decides_once(system: System) -> None:
    report = submission(text="Assalamualaikum, tolong dibantu nggih.")
    identity = report_id("web", report["external_id"])
    await system.publish(report)
    await steps(system, identity, 2)
    made = await tanggap(system.addresses, "desk", "key", "uji", "--json")
    headers = {"Authorization": f"Bearer {json.loads(made.stdout)['key']}"}
    base = system.addresses["TANGGAP_ROUTER_URL"] + "/desk/v1/reports"
    assert (await system.http.get(base)).status_code == 401
    assert (await system.http.get(base, headers={"Authorization": "Bearer x"})).status_code == 401
    pages: list[dict[str, Any]] = []
    after = ""
    while after is not None:
        page = (await system.http.get(base, headers=headers, params={"limit": 2, "after": after})).json()
        pages, after = pages + page["reports"], page["next"]
    assert str(identity) in [one["report_id"] for one in pages]
    assert len({one["report_id"] for one in pages}) == len(pages)
    shown = (await system.http.get(f"{base}/{identity}", headers=headers)).json()
    assert (shown["status"], len(shown["steps"]), shown["best"]["tried"] != []) == ("at_desk", 2, True)
    basis = {clock["clock"]: (clock["legal_basis"], clock["certainty"]) for clock in shown["clocks"]}
    assert basis["tanggapan-awal"] == ("UU 25/2009 Pasal 44", "verify")
    order = {"command_id": str(uuid4()), "agency": "dlhkp", "sequence": 2}
    for body, status, error in (
        ({**order, "agency": "nowhere"}, 409, "unknown-agency"),
        ({**order, "sequence": 1}, 409, "out-of-date"),
        ({"agency": "dlhkp"}, 422, "malformed"),
    ):
        answer = await system.http.post(f"{base}/{identity}/assign", headers=headers, json=body)
        assert (answer.status_code, answer.json()["error"]) == (status, error)
    first, again = [
        (await system.http.post(f"{base}/{identity}/assign", headers=headers, json=order)).json() for _ in range(2)
    ]
    assert (first["status"], first["agency"], first["repeated"], again["repeated"]) == (
        "assigned",
        "dlhkp",
        False,
        True,
    )
    third = (await steps(system, identity, 3))[2]
    assert (third["actor"], third["agency"], third["previous"]) == ("desk", "dlhkp", "at_desk")
    (routed,) = await system.events(topics.ROUTED.name, identity)
    assert (routed["hop"], routed["decision"]["method"]) == (1, "desk")
    assert (await tanggap(system.addresses, "desk", "revoke", "uji")).exit_code == 0
    assert (await system.http.get(base, headers=headers)).status_code == 401


async def test_an_amended_decree_moves_open_dates_and_tells_only_those(system: System, tmp_path: Path) -> None:
    identity, at = await assigned(system)
    over, end = await assigned(system)
    await reply(system, end["tracking_code"], "withdraw")
    await steps(system, over, 3)
    # Every day that the agency could work is taken away for a week from tomorrow.
    zone = ZoneInfo("Asia/Jakarta")
    days = [(datetime.now(zone) + timedelta(days=number)).date() for number in range(1, 8)]
    written = (Path(system.addresses["TANGGAP_PACK"]) / "calendar.toml").read_text()
    closed = "".join(
        f'\n[[closed]]\ndate = {day}\nname = "Uji"\ndecree = "Uji"\n' for day in days if str(day) not in written
    )
    amended = tmp_path / "calendar.toml"
    amended.write_text(written.replace('version = "PSR-2026-1"', f'version = "{tmp_path.name}"') + closed)
    done = await tanggap(system.addresses, "calendar", "apply", str(amended), "--json")
    assert done.exit_code == 0, done.stderr
    third = (await steps(system, identity, 3))[2]
    assert (third["status"], third["previous"], third["actor"]) == ("assigned", "assigned", "system")
    assert third["expected_moved_because"] == "calendar-changed"
    assert third["expected_at"] > at["expected_at"]
    events = await system.rows(
        """select kind, calendar_version from router.clock_event
            where report_id = $1 and clock = 'penyelesaian' order by number""",
        identity,
    )
    assert [tuple(row) for row in events] == [("start", "PSR-2026-1"), ("recompute", tmp_path.name)]
    assert len(await system.events(topics.STATUS.name, over)) == 3
    _, fresh = await assigned(system)
    assert fresh["expected_at"] >= third["expected_at"], "the running router counts by the new calendar at once"
    again = await tanggap(system.addresses, "calendar", "apply", str(amended), "--json")
    assert json.loads(again.stdout.splitlines()[-1])["moved"] == 0
    back = tmp_path / "back.toml"
    back.write_text(written.replace('version = "PSR-2026-1"', f'version = "{tmp_path.name}-back"'))
    assert (await tanggap(system.addresses, "calendar", "apply", str(back))).exit_code == 0

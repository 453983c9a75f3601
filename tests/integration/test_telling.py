"""Who else is told: channel bots, agencies, digests of many warnings, and those who asked for no more."""

import asyncio
import json
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from services.intake.identity import report_id
from shared import kinds, topics
from shared.envelope import announce
from shared.events import DeadlineReached, Notification
from tests.builders import step, submission
from tests.integration.conftest import System, until
from tests.integration.test_life import reply, update

POTHOLE = "Jalan berlubang di depan pasar, aspal rusak parah dan jalan ambles."
FIRE = "Kebakaran rumah di dekat pasar, api besar."


async def reported(system: System, **changes: Any) -> UUID:
    report = submission(**{"text": POTHOLE, **changes})
    await system.publish(report)
    return report_id("web", report["external_id"])


async def took(system: System, identity: UUID, sequence: int, status: str, previous: str) -> None:
    """A step in the life of a report, as the router would tell it."""
    (row,) = await until(
        lambda: system.rows("select tracking_code from notifier.notification where report_id = $1 limit 1", identity)
    )
    later = step(
        report_id=identity, tracking_code=row["tracking_code"], sequence=sequence, status=status, previous=previous
    )
    event = announce(kinds.STATUS_CHANGED, identity, (identity, sequence), later, datetime.now(UTC), identity.hex)
    await system.publish(event.value, headers=event.headers, topic=event.topic, key=event.key)


async def to_reporter(system: System, identity: UUID) -> list[Any]:
    return await system.rows(
        """select * from notifier.notification where report_id = $1 and audience = 'reporter' order by sequence""",
        identity,
    )


async def answered(system: System, result: str) -> float:
    found = re.search(
        rf'notifier_channel_answers_total{{result="{result}"}} (\S+)', (await system.get("notifier", "/metrics")).text
    )
    return float(found[1]) if found else 0.0


async def test_a_bot_is_asked_once_and_its_answers_count_in_any_order(system: System) -> None:
    handle = f"chat-{uuid4().hex}"
    identity = await reported(system, text=FIRE, topic="kebakaran", reporter=..., reply_to=[
        {"kind": "channel", "address": handle}
    ])  # fmt: skip
    (asked,) = await until(lambda: system.events(topics.REQUESTED.name, identity))
    assert (asked["channel"], asked["handle"], asked["kind"], asked["attempt"]) == ("web", handle, "channel", 1)
    assert "112" in asked["text"]
    before = {result: await answered(system, result) for result in ("accepted", "repeated", "late", "unknown")}
    plain = {name: asked[name] for name in Notification.model_fields}
    late, unknown = {**plain, "status": "permanent-failure"}, {**plain, "notification_id": str(uuid4())}
    delivered = {**plain, "status": "delivered", "provider_message_id": "bot-1"}
    for answer in (delivered, delivered, late, {**unknown, "status": "delivered"}):
        # A bot writes plain JSON, without headers.
        await system.publish(answer, topic=topics.OUTCOMES.name, key=str(identity).encode())

    async def all_counted() -> bool:
        now = {result: await answered(system, result) for result in before}
        return all(now[result] > before[result] for result in before)

    await until(all_counted)
    (row,) = await to_reporter(system, identity)
    assert (row["status"], row["provider_message_id"], row["attempt"]) == ("delivered", "bot-1", 1)
    assert len(await system.events(topics.REQUESTED.name, identity)) == 1
    for service in ("intake", "router", "notifier"):
        assert handle not in (system.stack.home / "log" / f"{service}.log").read_text()
    assert not await system.rows("select from notifier.notification n where to_jsonb(n)::text like $1", f"%{handle}%")


async def test_a_bot_that_failed_for_now_is_asked_again_under_the_same_id(system: System) -> None:
    identity = await reported(system, text=FIRE, topic="kebakaran", reporter=..., reply_to=[
        {"kind": "channel", "address": f"chat-{uuid4().hex}"}
    ])  # fmt: skip
    (asked,) = await until(lambda: system.events(topics.REQUESTED.name, identity))
    plain = {name: asked[name] for name in Notification.model_fields}
    failed = {**plain, "status": "temporary-failure", "reason": "busy"}
    await system.publish(failed, topic=topics.OUTCOMES.name, key=str(identity).encode())

    async def put_off() -> list[Any]:
        return await system.rows(
            """update notifier.notification set next_attempt_at = now()
                where report_id = $1 and status = 'temporary-failure' returning notification_id""",
            identity,
        )

    await until(put_off)  # the pause of a minute is over

    async def twice() -> list[dict[str, Any]] | None:
        found = await system.events(topics.REQUESTED.name, identity)
        return found if len(found) > 1 else None

    first, second = await until(twice)
    assert first["notification_id"] == second["notification_id"]
    assert (first["attempt"], second["attempt"]) == (1, 2)


async def test_a_bot_that_is_silent_has_not_delivered_until_it_says_so(system: System) -> None:
    identity = await reported(system, text=FIRE, topic="kebakaran", reporter=..., reply_to=[
        {"kind": "channel", "address": f"chat-{uuid4().hex}"}
    ])  # fmt: skip
    (asked,) = await until(lambda: system.events(topics.REQUESTED.name, identity))
    (waits,) = await system.rows(
        """update notifier.notification set receipt_by = now()
            where report_id = $1 and kind = 'channel' and receipt_by > now() + interval '71 hours' returning *""",
        identity,
    )
    assert waits["status"] == "sent"

    async def ended(status: str) -> Any:
        (row,) = await to_reporter(system, identity)
        return row if row["status"] == status else None

    silent = await until(lambda: ended("temporary-failure"))
    assert (silent["reason"], silent["next_attempt_at"]) == ("no-receipt", None)
    plain = {name: asked[name] for name in Notification.model_fields}
    late = {**plain, "status": "delivered"}
    await system.publish(late, topic=topics.OUTCOMES.name, key=str(identity).encode())
    await until(lambda: ended("delivered"))
    assert len(await system.events(topics.REQUESTED.name, identity)) == 1


async def test_what_a_bot_cannot_deliver_goes_by_mail_once(system: System) -> None:
    address = f"{uuid4().hex}@example.org"
    identity = await reported(system, text=FIRE, topic="kebakaran", reporter=..., reply_to=[
        {"kind": "channel", "address": f"chat-{uuid4().hex}"}, {"kind": "email", "address": address}
    ])  # fmt: skip
    (asked,) = await until(lambda: system.events(topics.REQUESTED.name, identity))
    plain = {name: asked[name] for name in Notification.model_fields}
    failed = {**plain, "status": "permanent-failure", "reason": "left"}
    for _ in range(2):
        await system.publish(failed, topic=topics.OUTCOMES.name, key=str(identity).encode())
    (mail,) = await until(lambda: system.mails_to(address))
    assert "112" in mail["Snippet"]

    async def both_ended() -> list[Any] | None:
        rows = await to_reporter(system, identity)
        return rows if {row["status"] for row in rows} == {"permanent-failure", "sent"} else None

    rows = await until(both_ended)
    assert [(row["kind"], str(row["instead_of"])) for row in rows if row["instead_of"]] == [
        ("email", asked["notification_id"])
    ]


async def test_an_agency_is_told_of_an_anonymous_report_without_who_reported_it(system: System) -> None:
    name, phone = "Wulandari Kusumaningrum", "081200007733"
    identity = await reported(
        system, anonymous=True, text=f"Saya {name}, HP {phone}. {POTHOLE}", reporter={"name": name, "phone": phone}
    )

    async def agency_told() -> list[Any]:
        return await system.rows(
            """select * from notifier.notification where report_id = $1 and audience = 'agency' and status = 'sent'""",
            identity,
        )

    (row,) = await until(agency_told)
    mails = await system.mails_to(f"{row['recipient']}@instansi.example.org")
    (mail,) = [mail for mail in mails if row["tracking_code"] in mail["Subject"]]
    whole = (await system.http.get(f"{system.addresses['TANGGAP_MAIL_URL']}/api/v1/message/{mail['ID']}")).json()
    for part in (whole["Text"], whole["HTML"], json.dumps(whole["Headers"])):
        assert not [secret for secret in (*name.split(), phone, phone[1:]) if secret in part]
    assert "aspal rusak parah" in " ".join(whole["Text"].split())
    assert "identitasnya dirahasiakan" in " ".join(whole["Text"].split())
    readings = await system.rows("select reason from intake.vault_reading where report_id = $1", identity)
    assert f"notification {row['notification_id']}" not in {reading["reason"] for reading in readings}


async def agency_mail(system: System, identity: UUID, template: str) -> str:
    """The plain text of the mail by which the agency was told."""

    async def told() -> list[Any]:
        return await system.rows(
            """select * from notifier.notification
                where report_id = $1 and template = $2 and audience = 'agency' and status = 'sent'""",
            identity,
            template,
        )

    (row,) = await until(told)
    words = {"agency-assigned": "Laporan baru", "agency-information": "Pelapor menjawab"}[template]
    mails = await system.mails_to(f"{row['recipient']}@instansi.example.org")
    (mail,) = [mail for mail in mails if row["tracking_code"] in mail["Subject"] and words in mail["Subject"]]
    whole = (await system.http.get(f"{system.addresses['TANGGAP_MAIL_URL']}/api/v1/message/{mail['ID']}")).json()
    return str(whole["Text"])


async def test_an_agency_sees_where_it_is_and_what_its_reporter_answers_without_who_that_is(system: System) -> None:
    name, phone = "Wulandari Kusumaningrum", "081200007744"
    identity = await reported(
        system,
        text="Air PDAM mati tiga hari.",
        topic="pdam-air-mati",
        location={"address": "Perumahan Blok C nomor 4"},
        attributes={"customer_number": "00123456"},
        attachments=[
            {"url": "https://files.example.org/keran.jpg", "media_type": "image/jpeg", "size": 1, "sha256": "0" * 64}
        ],
        reporter={"name": name, "phone": phone},
    )
    mail = await agency_mail(system, identity, "agency-assigned")
    for words in ("Perumahan Blok C nomor 4", "customer_number: 00123456", "https://files.example.org/keran.jpg"):
        assert words in mail
    (report,) = await system.rows("select tracking_code, agency from router.report where report_id = $1", identity)
    await update(system, identity, report["agency"], "ask_reporter", question="Sejak jam berapa?")
    await until(lambda: system.rows("select from intake.timeline where report_id = $1 and sequence = 3", identity))
    said = f"Sejak jam 5 pagi, sisi timur. Hubungi {name} di {phone}."
    await reply(system, report["tracking_code"], "answer", text=said)
    mail = " ".join((await agency_mail(system, identity, "agency-information")).split())
    assert "Sejak jam 5 pagi, sisi timur." in mail
    assert "jawabannya di bawah ini" in mail
    assert not [secret for secret in (*name.split(), phone[1:]) if secret in mail]
    (kept,) = await system.rows("select action, text from intake.reply where report_id = $1", identity)
    assert kept["action"] == "answer"
    assert not [secret for secret in (*name.split(), phone[1:]) if secret in kept["text"]]
    readings = await system.rows("select reason from intake.vault_reading where report_id = $1", identity)
    assert any(reading["reason"].startswith("masking reply ") for reading in readings)
    steps = json.dumps(await system.events(topics.STATUS.name, identity))
    assert "sisi timur" not in steps  # it is for who asked, not for everybody


async def test_two_hundred_warnings_are_one_mail_also_after_kill_9(system: System) -> None:
    office, number, now = "dispusip", 200, datetime.now(UTC)
    sent = []
    for _ in range(number):
        identity = uuid4()
        warned = DeadlineReached(
            report_id=identity, tracking_code=f"0000-0000-{identity.hex[:4]}-00".upper(), clock="penyelesaian",
            threshold=0.75, level=0, notify=(office,), due_at=now, agency=office, at=now,
        )  # fmt: skip
        event = announce(kinds.DEADLINE_WARNED, identity, (identity, 0.75), warned, now, identity.hex)
        sent.append(system.publish(event.value, headers=event.headers, topic=event.topic, key=event.key))
    await asyncio.gather(*sent)
    waiting = "select from notifier.notification where recipient = $1 and digest_at is not null"

    async def all_wait() -> bool:
        return len(await system.rows(waiting, office)) == number

    await until(all_wait, seconds=120)
    notifier = system.stack.members["notifier"]
    await system.rows(
        """update notifier.notification set digest_at = now() - interval '10 minutes'
            where recipient = $1 and digest_at is not null returning 1""",
        office,
    )
    for pause in (0.0, 0.3):
        await asyncio.sleep(pause)
        await notifier.kill()
        await notifier.start(lambda _line: None)

    async def all_followed() -> bool:
        return not await system.rows(
            """select from notifier.notification
                where recipient = $1 and template <> 'agency-digest' and status not in ('sent', 'unknown')""",
            office,
        )

    await until(all_followed, seconds=120)
    digests = await system.rows(
        "select * from notifier.notification where recipient = $1 and template = 'agency-digest'", office
    )
    ids = await system.rows("select distinct digest_id from notifier.notification where recipient = $1", office)
    assert len(digests) == 1
    assert {row["digest_id"] for row in ids} == {digests[0]["notification_id"], None}
    mails = await system.mails_to(f"{office}@instansi.example.org")
    assert len([mail for mail in mails if mail["Subject"].startswith("200 laporan")]) == (
        digests[0]["status"] == "sent"
    )


async def test_who_asked_for_no_more_gets_only_what_the_law_wants_told(system: System) -> None:
    address = f"{uuid4().hex}@example.org"
    identity = await reported(system, reporter={"email": address})
    (mail,) = await until(lambda: system.mails_to(address))
    whole = (await system.http.get(f"{system.addresses['TANGGAP_MAIL_URL']}/api/v1/message/{mail['ID']}")).json()
    headers = {name.lower(): value for name, value in whole["Headers"].items()}
    assert "One-Click" in str(headers["list-unsubscribe-post"])
    link = re.search(r"<([^>]+)>", str(headers["list-unsubscribe"]))
    assert link
    assert (await system.http.get(link[1])).status_code == 200
    done = await system.http.post(link[1], data={"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    await took(system, identity, 3, "in_progress", "assigned")
    await took(system, identity, 4, "answered", "in_progress")

    async def ends() -> dict[str, tuple[str, str | None]] | None:
        rows = {row["template"]: (row["status"], row["reason"]) for row in await to_reporter(system, identity)}
        return rows if rows.get("answered", ("", ""))[0] == "sent" else None

    ended = await until(ends)
    assert ended["in-progress"] == ("suppressed", "opted-out")
    assert not await system.rows("select from notifier.stopped s where to_jsonb(s)::text like $1", f"%{address}%")
    assert (await system.http.post(link[1], data={"again": "1"})).status_code == 200
    await took(system, identity, 5, "reopened", "answered")

    async def reopened() -> bool:
        return "sent" in {row["status"] for row in await to_reporter(system, identity) if row["sequence"] == 5}

    await until(reopened)

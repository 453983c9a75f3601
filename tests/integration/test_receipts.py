"""What providers say later, at the notifier's door, in a stack of its own without intake and router."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio
from pydantic import SecretBytes

from deploy.local.stack import Stack
from services.intake.acceptance import Identity
from services.notifier.receipts.twilio import signature
from shared import kinds, topics
from shared.envelope import announce
from shared.events import DeadlineReached, ReplyTo
from shared.vault import Vault
from tests.bench.bench_notifier import KEY, facts
from tests.chaos.kill_notifier import pack_without_night
from tests.chaos.provider import Misbehaving
from tests.integration.conftest import System, outsiders, until

URL = "https://lapor.example.org/notifier"
SECRET = "a-secret-of-16-signs"
VAULT = Vault({"bench": SecretBytes(base64.b64decode(KEY))})
BOUNCES = Path(__file__).parents[1] / "unit" / "notifier" / "receipts" / "bounces"


class Well(Misbehaving):
    """A gateway that takes every message and answers at once; numbers that end in 99 it refuses for good."""

    async def _behave(self, way: str, answer: dict[str, object], writer: asyncio.StreamWriter) -> bool:
        return await super()._behave("well", answer, writer)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """The notifier with an SMS gateway that is well, and one of two WhatsApp gateways that is dead."""
    home = tmp_path_factory.mktemp("receipts")
    servers = [await asyncio.start_server(Well(1, takes_key=False).serve, "127.0.0.1", 0) for _ in range(2)]
    sms, whatsapp = (server.sockets[0].getsockname()[1] for server in servers)
    settings = {
        "TANGGAP_VAULT_KEYS": f"bench:{KEY}",
        "TANGGAP_SENDING_LEASE_SECONDS": "8",
        "TANGGAP_SENDING_RETRY_SECONDS": "3600",
        "TANGGAP_SMS_GATEWAYS": f"twilio+http://AC1:12345@127.0.0.1:{sms}?from=1708",
        "TANGGAP_WHATSAPP_GATEWAYS": "whatsapp-cloud+http://1:token@127.0.0.1:9/v1?name=dead "
        f"whatsapp-cloud+http://2:token@127.0.0.1:{whatsapp}/v1?name=well&secret=app&verify=agreed",
        "TANGGAP_NOTIFIER_URL": URL,
        "TANGGAP_BOUNCE_SECRET": SECRET,
        "TANGGAP_MAIL_FROM": "laporan@kota.example.org",
    }
    async with Stack(home, fast=True, pack=pack_without_night(home), settings=settings) as stack:
        await stack.start()
        await stack.prepare()
        await stack.members["notifier"].start(lambda _line: None)
        async with outsiders(stack) as system:
            yield system
    for server in servers:
        server.close()


async def planned(system: System, *kinds: str, number: str = "+6281200001234", identity: UUID | None = None) -> UUID:
    """A message by the first of `kinds`, as the planner writes it, to a reporter who can be told by all of them."""
    report, now = identity or uuid4(), datetime.now(UTC)
    ways = {"email": f"{report}@example.org", "sms": number, "whatsapp": number}
    person = Identity(
        reporter=None,
        reply_to=tuple(ReplyTo.model_validate({"kind": kind, "address": ways[kind]}) for kind in kinds),
    )
    kept = VAULT.seal(report, person.model_dump_json().encode())
    con = await asyncpg.connect(system.addresses["TANGGAP_DATABASE_URL"])
    async with con.transaction():
        await con.execute(
            """insert into intake.report (report_id, channel, external_id, tracking_code, fingerprint, accepted,
                      received_at) values ($1::uuid, 'test', $1::uuid::text, $1::uuid::text, '', '{}', $2)""",
            report,
            now,
        )
        await con.execute(
            """insert into intake.vault (report_id, master_key, wrapped_key, sealed, reply_kinds)
               values ($1, $2, $3, $4, $5)""",
            report,
            kept.master_key,
            kept.wrapped_key,
            kept.sealed,
            list(kinds),
        )
        await con.execute(
            """insert into notifier.notification
                      (notification_id, report_id, tracking_code, sequence, audience, kind, template, language, facts,
                       trace, status, next_attempt_at, created_at, updated_at)
               values ($1::uuid, $1::uuid, $1::uuid::text, 2, 'reporter', $2, 'assigned', 'id', $3, '1',
                       'created', $4, $4, $4)""",
            report,
            kinds[0],
            facts(report, now),
            now,
        )
    await con.close()
    return report


async def row(system: System, identity: UUID, kind: str, status: str) -> Any:
    """The message by `kind` as soon as it has `status`."""

    async def seen() -> Any:
        rows = await system.rows(
            "select * from notifier.notification where report_id = $1 and kind = $2", identity, kind
        )
        return rows[0] if rows and rows[0]["status"] == status else None

    return await until(seen, seconds=60)


async def say(system: System, message: UUID | str, status: str, sid: str, code: str = "", key: str = "12345") -> int:
    """A status callback of Twilio; returns the answer's status."""
    form = {"MessageSid": sid, "MessageStatus": status, "ErrorCode": code, "To": "+6281200001234"}
    path = f"/receipts/twilio?n={message}"
    headers = {
        "X-Twilio-Signature": signature(key, URL + path, list(form.items())),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    url = system.addresses["TANGGAP_NOTIFIER_URL"] + path
    return (await system.http.post(url, content=urlencode(form), headers=headers)).status_code


async def bounced(system: System, message: UUID, *, signs: bool = True) -> int:
    """The mail comes back as a relay returns it; returns the answer's status."""
    mail = (BOUNCES / "postfix-unknown-user.eml").read_bytes().replace(str(UUID(int=7)).encode(), str(message).encode())
    signed = {"X-Tanggap-Signature-256": "sha256=" + hmac.new(SECRET.encode(), mail, hashlib.sha256).hexdigest()}
    url = system.addresses["TANGGAP_NOTIFIER_URL"] + "/receipts/mail"
    return (await system.http.post(url, content=mail, headers=signed if signs else {})).status_code


async def said(system: System, identity: UUID, status: str) -> list[str]:
    """The outcomes of a report, in their order, as soon as `status` is among them."""

    async def seen() -> list[str] | None:
        found = [one["status"] for one in await system.events(topics.OUTCOMES.name, identity)]
        return found if status in found else None

    found: list[str] = await until(seen)
    return found


async def test_a_receipt_that_comes_twice_and_out_of_order_is_told_once(told: System) -> None:
    identity = await planned(told, "sms")
    sent = await row(told, identity, "sms", "sent")
    assert sent["receipt_by"] is not None
    for status in ("delivered", "sent", "delivered", "failed"):
        assert await say(told, identity, status, sent["provider_message_id"]) == 204
    await row(told, identity, "sms", "delivered")
    assert await said(told, identity, "delivered") == ["sent", "delivered"]


async def test_a_receipt_is_known_by_the_providers_id_too_and_an_unknown_one_is_kept(told: System) -> None:
    identity = await planned(told, "sms")
    sent = await row(told, identity, "sms", "sent")
    assert await say(told, "", "delivered", sent["provider_message_id"]) == 204
    await row(told, identity, "sms", "delivered")
    stranger = f"SM{uuid4().hex}"
    for _ in range(2):
        assert await say(told, uuid4(), "delivered", stranger) == 204
    kept = await told.rows("select * from notifier.receipt where provider_message_id = $1", stranger)
    assert [one["status"] for one in kept] == ["delivered"]


async def test_a_receipt_that_overtakes_its_sender_is_not_lost(told: System) -> None:
    identity = uuid4()
    assert await say(told, identity, "delivered", "SM-early") == 204
    await planned(told, "sms", identity=identity)
    await row(told, identity, "sms", "delivered")
    assert not await told.rows("select 1 from notifier.receipt where notification_id = $1", identity)


async def test_who_cannot_sign_is_not_believed(told: System) -> None:
    identity = await planned(told, "sms")
    sent = await row(told, identity, "sms", "sent")
    assert await say(told, identity, "delivered", sent["provider_message_id"], key="guessed") == 403
    assert (await told.get("notifier", "/receipts/nobody")).status_code == 404
    url = told.addresses["TANGGAP_NOTIFIER_URL"] + "/receipts/twilio"
    assert (await told.http.post(url, content=b"x" * 70_000)).status_code == 413
    metrics = (await told.get("notifier", "/metrics")).text
    assert 'notifier_receipts_total{outcome="bad-signature",provider="twilio"} 1.0' in metrics
    assert (await row(told, identity, "sms", "sent"))["attempt"] == 1


async def test_what_failed_for_good_goes_the_reporters_second_way_once(told: System) -> None:
    identity = await planned(told, "sms", "email", "whatsapp")
    sent = await row(told, identity, "sms", "sent")
    assert await say(told, identity, "undelivered", sent["provider_message_id"], "30005") == 204
    await row(told, identity, "sms", "permanent-failure")
    mail = await row(told, identity, "email", "sent")
    assert mail["instead_of"] == identity
    assert await bounced(told, mail["notification_id"], signs=False) == 403
    assert await bounced(told, mail["notification_id"]) == 204
    await row(told, identity, "email", "permanent-failure")
    rows = await told.rows("select kind from notifier.notification where report_id = $1 order by kind", identity)
    assert [one["kind"] for one in rows] == ["email", "sms"]


async def test_what_a_digest_told_has_failed_where_the_digest_came_back(told: System) -> None:
    office, reports, now = "dispusip", [uuid4(), uuid4()], datetime.now(UTC)
    for report in reports:
        await told.rows(
            """insert into notifier.report (report_id, language, anonymous, confidential, emergency, text, received_at)
               values ($1, 'id', false, false, false, 'Jalan rusak', $2) returning 1""",
            report,
            now,
        )
        warned = DeadlineReached(
            report_id=report, tracking_code=f"0000-0000-{report.hex[:4]}-00".upper(), clock="penyelesaian",
            threshold=0.75, level=0, notify=(office,), due_at=now, agency=office, at=now,
        )  # fmt: skip
        event = announce(kinds.DEADLINE_WARNED, report, (report, 0.75), warned, now, report.hex)
        await told.publish(event.value, headers=event.headers, topic=event.topic, key=event.key)

    async def ended() -> bool:
        rows = await told.rows(
            """update notifier.notification set digest_at = now() - interval '1 minute'
                where (select count(*) from notifier.notification where digest_at is not null) = 2
                  and digest_at is not null returning 1"""
        )
        return len(rows) == 2

    await until(ended)
    for report in reports:
        await row(told, report, "email", "sent")
    (digest,) = await told.rows("select * from notifier.notification where template = 'agency-digest'")
    assert await bounced(told, digest["notification_id"]) == 204
    for report in reports:
        await row(told, report, "email", "permanent-failure")
        assert await said(told, report, "permanent-failure") == ["sent", "permanent-failure"]
        assert len(await told.rows("select 1 from notifier.notification where report_id = $1", report)) == 1
    assert not await told.events(topics.OUTCOMES.name, digest["report_id"])


async def test_what_has_no_receipt_in_time_is_not_delivered(told: System) -> None:
    waited, resent = await planned(told, "sms", "email"), await planned(told, "sms", "email")
    for identity in (waited, resent):
        await row(told, identity, "sms", "sent")
    await told.rows("update notifier.notification set resend = true where report_id = $1 returning 1", resent)
    await told.rows(
        """update notifier.notification set receipt_by = now() - interval '1 second'
            where report_id = any($1) returning 1""",
        [waited, resent],
    )
    assert (await row(told, waited, "sms", "temporary-failure"))["reason"] == "no-receipt"
    await row(told, resent, "email", "sent")
    assert not await told.rows("select 1 from notifier.notification where report_id = $1 and kind = 'email'", waited)
    late = (await row(told, waited, "sms", "temporary-failure"))["provider_message_id"]
    assert await say(told, waited, "delivered", late) == 204
    await row(told, waited, "sms", "delivered")


async def test_of_two_gateways_a_dead_one_holds_nobody_up(told: System) -> None:
    messages = [await planned(told, "whatsapp") for _ in range(20)]
    for identity in messages:
        sent = await row(told, identity, "whatsapp", "sent")
        assert (sent["provider"], sent["attempt"]) == ("well", 1)
    identity = messages[0]
    status = {"id": sent["provider_message_id"], "status": "read", "biz_opaque_callback_data": str(identity)}
    changes = [{"field": "messages", "value": {"statuses": [status]}}]
    body = json.dumps({"object": "whatsapp_business_account", "entry": [{"changes": changes}]}).encode()
    signed = {"X-Hub-Signature-256": "sha256=" + hmac.new(b"app", body, hashlib.sha256).hexdigest()}
    url = told.addresses["TANGGAP_NOTIFIER_URL"] + "/receipts/well"
    assert (await told.http.post(url, content=body, headers=signed)).status_code == 204
    await row(told, identity, "whatsapp", "delivered")
    asked = {"hub.mode": "subscribe", "hub.verify_token": "agreed", "hub.challenge": "42"}
    assert (await told.http.get(url, params=asked)).text == "42"
    assert (await told.http.get(url, params={**asked, "hub.verify_token": "x"})).status_code == 403


async def test_while_the_database_is_away_a_receipt_is_asked_to_come_again(told: System) -> None:
    identity = await planned(told, "sms")
    sent = await row(told, identity, "sms", "sent")
    database = told.stack.members["postgres"]
    await database.stop()
    try:
        assert await say(told, identity, "delivered", sent["provider_message_id"]) == 503
    finally:
        await database.start(lambda _line: None)

    async def taken() -> bool:
        return await say(told, identity, "delivered", sent["provider_message_id"]) == 204

    await until(taken)
    await row(told, identity, "sms", "delivered")

"""The notifier against providers that fail in every way, in a stack of its own."""

import asyncio
import base64
import json
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from deploy.local.stack import PACK, Stack
from services.intake.identity import report_id
from shared import kinds, topics
from shared.envelope import Kind, announce
from shared.events import DeadlineReached, Value
from shared.pack import SHIPPED
from tests.builders import accepted, step, submission
from tests.integration.conftest import System, outsiders, until

POTHOLE = "Jalan berlubang di depan pasar, aspal rusak parah dan jalan ambles."
OK, DROPS, FAILS_AFTER, LATE, RUBBISH, REFUSES = (f"+62812000012{number:02}" for number in range(6))


class Provider:
    """A gateway that speaks Twilio's format and misbehaves by the number that a message goes to, the first time."""

    def __init__(self) -> None:
        self.taken: list[dict[str, str]] = []
        self._misbehaved: Counter[str] = Counter()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Requests on one connection."""
        try:
            while (head := await reader.readuntil(b"\r\n\r\n")) and await self._answer(head.decode(), reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        method, target, _ = head.split(" ", 2)
        headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
        assert base64.b64decode(head.split("Basic ")[1].split("\r\n", maxsplit=1)[0]) == b"AC1:secret"
        if method == "GET":
            to = parse_qs(urlsplit(target).query)["To"][0]
            reply(writer, 200, {"messages": [taken for taken in self.taken if taken["to"] == to]})
            return True
        form = {
            name: values[0]
            for name, values in parse_qs((await reader.readexactly(int(headers["content-length"]))).decode()).items()
        }
        to, sid = form["To"], f"SM{uuid4().hex}"
        if to == REFUSES:
            reply(writer, 400, {"code": 21211})
            return True
        self.taken.append({"to": to, "body": form["Body"], "sid": sid, "status": "queued"})
        self._misbehaved[to] += 1
        if self._misbehaved[to] == 1 and to == DROPS:
            return False
        if self._misbehaved[to] == 1 and to == LATE:
            await asyncio.sleep(3)
        if self._misbehaved[to] == 1 and to in {FAILS_AFTER, RUBBISH}:
            reply(writer, 500 if to == FAILS_AFTER else 201, "<html>")
            return True
        reply(writer, 201, {"sid": sid})
        return True

    def received(self, to: str) -> list[str]:
        """The texts that went to a number."""
        return [taken["body"] for taken in self.taken if taken["to"] == to]


def reply(writer: asyncio.StreamWriter, status: int, answer: object) -> None:
    body = json.dumps(answer).encode()
    writer.write(
        f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body
    )


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def provider() -> AsyncIterator[tuple[Provider, int]]:
    fake = Provider()
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    yield fake, server.sockets[0].getsockname()[1]
    server.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(tmp_path_factory: pytest.TempPathFactory, provider: tuple[Provider, int]) -> AsyncIterator[System]:
    """A stack whose phones ring at any hour, an SMS gateway that misbehaves, a WhatsApp gateway that is dead."""
    pack: Path = tmp_path_factory.mktemp("pack") / "kota"
    shutil.copytree(PACK, pack)
    rules = pack / "messages" / "rules.toml"
    rules.parent.mkdir()
    rules.write_text(
        (SHIPPED / "messages" / "rules.toml")
        .read_text()
        .replace('kinds = ["sms", "whatsapp", "channel"]', "kinds = []")
    )
    settings = {
        "TANGGAP_OFFICES": "",
        "TANGGAP_SENDING_LEASE_SECONDS": "8",
        "TANGGAP_SENDING_RETRY_SECONDS": "1",
        "TANGGAP_SMS_GATEWAYS": f"twilio+http://AC1:secret@127.0.0.1:{provider[1]}?from=1708",
        "TANGGAP_WHATSAPP_GATEWAYS": "whatsapp-cloud+http://1:token@127.0.0.1:9/v1",
    }
    async with Stack(tmp_path_factory.mktemp("notifier"), fast=True, pack=pack, settings=settings) as stack:
        await stack.start()
        await stack.start_services()
        async with outsiders(stack) as system:
            yield system


async def reported(system: System, **changes: Any) -> UUID:
    """A report that an agency gets; returns its id."""
    report = submission(**{"text": POTHOLE, **changes})
    await system.publish(report)
    return report_id("web", report["external_id"])


async def outcomes(system: System, identity: UUID) -> list[tuple[str, str | None]]:
    return [(one["status"], one["reason"]) for one in await system.events(topics.OUTCOMES.name, identity)]


async def ended(system: System, identity: UUID, status: str) -> list[tuple[str, str | None]]:
    """The outcomes of a report as soon as one of them is `status`."""

    async def seen() -> list[tuple[str, str | None]] | None:
        found = await outcomes(system, identity)
        return found if status in {name for name, _ in found} else None

    found: list[tuple[str, str | None]] = await until(seen, seconds=90)
    return found


@pytest.mark.parametrize("number", [OK, DROPS, FAILS_AFTER, LATE, RUBBISH])
async def test_whatever_a_gateway_does_a_reporter_gets_one_message(
    told: System, provider: tuple[Provider, int], number: str
) -> None:
    identity = await reported(told, reporter={"phone": number}, language="jv")
    found = await ended(told, identity, "sent")
    assert len(provider[0].received(number)) == 1
    assert provider[0].received(number)[0].startswith("Atur ")
    unknown = [one for one in found if one[0] == "unknown"]
    assert len(unknown) == (0 if number == OK else 1)


async def test_a_bad_number_ends_at_once_and_is_in_nobodys_way(told: System, provider: tuple[Provider, int]) -> None:
    identity = await reported(told, reporter={"phone": REFUSES})
    assert await ended(told, identity, "permanent-failure") == [("permanent-failure", "bad-address")]


async def test_a_dead_gateway_costs_no_attempt_and_does_not_hold_up_the_mails(told: System) -> None:
    waiting = [
        await reported(told, reply_to=[{"kind": "whatsapp", "address": "+6281200001299"}], reporter=...)
        for _ in range(20)
    ]
    address = f"{uuid4().hex}@example.org"
    await reported(told, reporter={"email": address}, language="mad")
    (mail,) = await until(lambda: told.mails_to(address))
    assert "eterrossagi" in mail["Subject"]
    rows = await told.rows("select status, attempt from notifier.notification where report_id = any($1)", waiting)
    assert {(row["attempt"] - (row["status"] == "sending")) for row in rows} == {0}


async def test_later_news_replace_what_was_not_sent_yet(told: System) -> None:
    identity = await reported(told, reply_to=[{"kind": "whatsapp", "address": "+6281200001298"}], reporter=...)
    (row,) = await until(
        lambda: told.rows("select tracking_code from notifier.notification where report_id = $1", identity)
    )
    later = step(report_id=identity, tracking_code=row["tracking_code"], sequence=3, status="in_progress")
    event = announce(kinds.STATUS_CHANGED, identity, (identity, 3), later, datetime.now(UTC), identity.hex)
    await told.publish(event.value, headers=event.headers, topic=event.topic, key=event.key)
    assert await ended(told, identity, "suppressed") == [("suppressed", "superseded")]
    rows = await told.rows(
        "select sequence from notifier.notification where report_id = $1 and next_attempt_at is not null", identity
    )
    assert [row["sequence"] for row in rows] == [3]


async def test_a_step_that_comes_again_tells_nobody_twice_although_more_is_known_then(told: System) -> None:
    """The first time report.accepted has not been heard of; the second time it says that somebody is in danger."""
    identity, now = uuid4(), datetime.now(UTC)
    report = accepted(
        report_id=identity, tracking_code=f"{identity}", external_id=f"{identity}", emergency=True, received_at=now
    )
    early = step(report_id=identity, tracking_code=report.tracking_code, at=now)
    last = step(report_id=identity, tracking_code=report.tracking_code, sequence=3, status="in_progress", at=now)

    async def publish(kind: Kind, cause: int, data: Value) -> None:
        event = announce(kind, identity, (identity, cause), data, now, identity.hex)
        await told.publish(event.value, headers=event.headers, topic=event.topic, key=event.key)

    await publish(kinds.STATUS_CHANGED, 2, early)
    assert await ended(told, identity, "suppressed") == [("suppressed", "no-contact")]
    await publish(kinds.REPORT_ACCEPTED, 1, report)
    await until(lambda: told.rows("select from notifier.report where report_id = $1", identity))
    await publish(kinds.STATUS_CHANGED, 2, early)
    await publish(kinds.STATUS_CHANGED, 3, last)

    async def of_the_last() -> bool:
        return len(await outcomes(told, identity)) > 1

    await until(of_the_last)
    templates = [one["template"] for one in await told.events(topics.OUTCOMES.name, identity)]
    assert templates == ["assigned", "in-progress"]


async def test_the_mails_of_a_report_are_one_thread_and_a_passed_date_is_told(told: System) -> None:
    address = f"{uuid4().hex}@example.org"
    identity = await reported(told, reporter={"email": address}, language="en")
    await until(lambda: told.mails_to(address))
    (row,) = await told.rows("select tracking_code from notifier.notification where report_id = $1", identity)
    now = datetime.now(UTC)
    passed = DeadlineReached(
        report_id=identity, tracking_code=row["tracking_code"], clock="penyelesaian", threshold=1.0, level=0,
        notify=("pupr",), due_at=now, agency="pupr", at=now,
    )  # fmt: skip
    event = announce(kinds.DEADLINE_BREACHED, identity, (identity, "penyelesaian", 1.0), passed, now, identity.hex)
    for _ in range(2):
        await told.publish(event.value, headers=event.headers, topic=event.topic, key=event.key)

    async def two() -> list[dict[str, Any]] | None:
        found = await told.mails_to(address)
        return found if len(found) > 1 else None

    mails = await until(two)
    assert ["past its deadline" in mail["Subject"] for mail in mails] == [True, False]
    heads = [
        (await told.http.get(f"{told.addresses['TANGGAP_MAIL_URL']}/api/v1/message/{mail['ID']}")).json()["Headers"]
        for mail in mails
    ]
    assert heads[0]["References"] == heads[1]["References"] == heads[0]["In-Reply-To"]
    assert heads[0]["Message-ID"] != heads[1]["Message-ID"]


async def test_no_number_and_no_password_is_in_a_log_or_a_table_of_the_notifier(told: System) -> None:
    logs = (told.stack.home / "log" / "notifier.log").read_text()
    rows = await told.rows("select to_jsonb(n)::text as row from notifier.notification n")
    assert "notification.settled" in logs
    for secret in ("6281200001", "secret", "token"):
        assert secret not in logs
        assert not [row for row in rows if secret in row["row"]]

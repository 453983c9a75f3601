"""The notifier killed at random instants while its providers misbehave: nobody is told twice, nothing is lost.

Run: `python -m tests.chaos.kill_notifier [kills] [seed]`, 200 and 1 by default. WhatsApp goes through two gateways that
take an Idempotency-Key, SMS through one that can be asked, e-mail through a server that can neither. Prints what was
seen; exit status 1 where a promise was broken. A short run is part of tests/integration.
"""

import asyncio
import base64
import json
import os
import random
import shutil
import signal
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from pydantic import SecretBytes

from deploy.local.stack import PACK, Stack
from shared import topics
from shared.pack import SHIPPED
from shared.vault import Vault
from tests.bench.bench_notifier import KEY, fill, phone
from tests.chaos.provider import Misbehaving, SmtpSink

HOME = Path(__file__).parents[2] / ".tanggap" / "chaos-notifier"
EACH = 15
_USUAL_PORT = 8003
CHECKOUT = Path(__file__).parents[2]
_PENDING = """select exists (select from notifier.notification where next_attempt_at is not null)
                  or exists (select from notifier.outbox)"""
_SENDING = """select exists (
    select from notifier.notification where status = 'sending' and updated_at > now() - interval '1 second')"""


@dataclass
class Providers:
    """Who gets the messages."""

    keyed: tuple[Misbehaving, Misbehaving]
    asked: Misbehaving
    mail: SmtpSink


@dataclass
class Seen:
    """What a run showed."""

    kills: int
    planned: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    unknown_events: int = 0
    repeats: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


@asynccontextmanager
async def providers(seed: int) -> AsyncIterator[tuple[Providers, dict[str, str]]]:
    """The providers, listening, and the settings that name them."""
    keyed = Misbehaving(seed, takes_key=True), Misbehaving(seed + 1, takes_key=True)
    found = Providers(keyed, Misbehaving(seed + 2, takes_key=False), SmtpSink(seed + 3))
    parts = (*found.keyed, found.asked, found.mail)
    servers = [await asyncio.start_server(part.serve, "127.0.0.1", 0, limit=2**20) for part in parts]
    first, second, sms, smtp = (server.sockets[0].getsockname()[1] for server in servers)
    yield (
        found,
        {
            "TANGGAP_SMTP_URL": f"smtp://127.0.0.1:{smtp}",
            "TANGGAP_VAULT_KEYS": f"bench:{KEY}",
            "TANGGAP_SMS_GATEWAYS": f"twilio+http://AC1:secret@127.0.0.1:{sms}?from=1708",
            "TANGGAP_WHATSAPP_GATEWAYS": f"whatsapp-cloud+http://1:token@127.0.0.1:{first}/v1?key=1&name=first "
            f"whatsapp-cloud+http://2:token@127.0.0.1:{second}/v1?key=1&name=second",
            "TANGGAP_SENDING_LEASE_SECONDS": "8",
            "TANGGAP_SENDING_RETRY_SECONDS": "1",
            "TANGGAP_LOG_LEVEL": "WARNING",
        },
    )
    for server in servers:
        server.close()


def apart(home: Path, settings: Mapping[str, str]) -> Stack:
    """A stack whose notifier does not have the usual port: another stack could take it while the notifier is dead."""
    with socket.socket() as usual:
        with suppress(OSError):
            usual.bind(("127.0.0.1", _USUAL_PORT))
        return Stack(home, fast=True, settings=settings, pack=pack_without_night(home))


def pack_without_night(home: Path) -> Path:
    """The pack with phones that ring at any hour: what is tried again would wait for the morning."""
    pack = home / "pack"
    shutil.copytree(PACK, pack)
    rules = pack / "messages" / "rules.toml"
    rules.parent.mkdir()
    rules.write_text(
        (SHIPPED / "messages" / "rules.toml")
        .read_text()
        .replace('kinds = ["sms", "whatsapp", "channel"]', "kinds = []")
    )
    return pack


async def run(home: Path, kills: int, seed: int) -> Seen:
    """Kill the notifier `kills` times while it sends, let the last one finish, and account for every message."""
    lot = random.Random(seed)
    seen = Seen(kills)
    ids: dict[str, list[UUID]] = {"whatsapp": [], "sms": [], "email": []}
    async with providers(seed) as (gateways, settings), apart(home, settings) as stack:
        await stack.start()
        await stack.prepare()
        con = await asyncpg.connect(stack.addresses()["TANGGAP_DATABASE_URL"])
        vault = Vault({"bench": SecretBytes(base64.b64decode(KEY))})
        async with starter(stack) as start:
            for kill in range(kills + 1):
                for kind, filled in ids.items():
                    filled.extend(await fill(con, vault, kind, EACH, first=len(filled)))
                pid = await start()
                if kill < kills:
                    await _kill_while_it_sends(pid, con, lot)
                    print(f"  killed {kill + 1} of {kills}", end="\r", flush=True)
            await _until_settled(con)
        await _account(stack, con, gateways, seen)
        await con.close()
    return seen


async def _until_settled(con: asyncpg.Connection) -> None:
    """Return when nothing is left to be sent, or ten minutes later: what is left then is seen in the account."""
    for _ in range(3000):
        if not await con.fetchval(_PENDING):
            return
        await asyncio.sleep(0.2)


async def _kill_while_it_sends(pid: int, con: asyncpg.Connection, lot: random.Random) -> None:
    """Wait until it sends, then a random while, and kill it."""
    for _ in range(3000):
        if await con.fetchval(_SENDING):
            break
        await asyncio.sleep(0.02)
    await asyncio.sleep(lot.uniform(0.0, 0.6))
    os.kill(pid, signal.SIGKILL)


@asynccontextmanager
async def starter(stack: Stack) -> AsyncIterator[Callable[[], Awaitable[int]]]:
    """Starts a notifier and returns its process id."""
    log = (stack.home / "log" / "notifier.log").open("ab")
    forks = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.chaos.forks",
        env=stack.env("notifier"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=log,
        cwd=CHECKOUT,
    )
    assert forks.stdin
    assert forks.stdout
    started: list[int] = []

    async def start() -> int:
        assert forks.stdin
        assert forks.stdout
        forks.stdin.write(b"start\n")
        # What the notifier itself prints goes the same way.
        while not (line := await forks.stdout.readline()).strip().isdigit():
            assert line
        started.append(int(line))
        return started[-1]

    try:
        yield start
    finally:
        with suppress(ProcessLookupError, IndexError):
            os.kill(started[-1], signal.SIGKILL)
        forks.kill()
        await forks.wait()
        log.close()


async def _account(stack: Stack, con: asyncpg.Connection, gateways: Providers, seen: Seen) -> None:
    rows = await con.fetch("select notification_id, kind, status, provider from notifier.notification")
    seen.planned = len(rows)
    seen.statuses = Counter(f"{row['kind']} {row['status']}" for row in rows)
    events = await _outcomes(stack)
    seen.unknown_events = sum(1 for event in events if event["status"] == "unknown")
    said = {(UUID(event["notification_id"]), event["status"]) for event in events}
    got = {
        "whatsapp": Counter(gateways.keyed[0].messages) + Counter(gateways.keyed[1].messages),
        "sms": gateways.asked.messages,
        "email": gateways.mail.messages,
    }
    for row in rows:
        identity, kind = row["notification_id"], row["kind"]
        times = got[kind][f"{identity}@example.org" if kind == "email" else phone(identity).removeprefix("+")]
        where = f"{kind} {identity} {row['status']} {times} times"
        if times > 1:
            seen.repeats[kind] += 1
        if times > 1 and kind in {"whatsapp", "email"}:
            seen.broken.append(f"twice: {where}")
        if times == 0 and (row["status"] != "unknown" or kind == "whatsapp"):
            seen.broken.append(f"lost: {where}")
        if row["status"] not in {"sent", "unknown"}:
            seen.broken.append(f"ended as nobody expects: {where}")
        if (identity, row["status"]) not in said:
            seen.broken.append(f"not announced: {where}")


async def _outcomes(stack: Stack) -> list[dict[str, str]]:
    """Every outcome, each once: what a crash had published again has the same id."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=stack.addresses()["TANGGAP_KAFKA_BOOTSTRAP_SERVERS"], auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        places = [TopicPartition(topics.OUTCOMES.name, number) for number in range(topics.PARTITIONS)]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        found: dict[bytes, dict[str, str]] = {}
        while any([await consumer.position(place) < ends[place] for place in places]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found |= {dict(record.headers)["ce_id"]: json.loads(record.value) for record in records}
        return list(found.values())
    finally:
        await consumer.stop()


def show(seen: Seen) -> None:
    """What a run showed, in lines."""
    print(f"killed {seen.kills} times; {seen.planned} messages: {dict(sorted(seen.statuses.items()))}")
    print(f"events with status unknown: {seen.unknown_events}; received more than once: {dict(seen.repeats)}")
    for line in seen.broken:
        print(f"BROKEN {line}")


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:]]
    shutil.rmtree(HOME, ignore_errors=True)
    result = asyncio.run(run(HOME, *(numbers + [200, 1][len(numbers) :])))
    show(result)
    sys.exit(1 if result.broken else 0)

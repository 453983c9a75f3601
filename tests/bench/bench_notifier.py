"""How many mails the notifier hands to a local SMTP server, how long one takes, and whether a dead provider slows it.

Run: `python -m tests.bench.bench_notifier [mails] [dead] [connections]`; 100000, 5000 and 8 by default. The messages
are put into the table as the planner would; the notifier is a process of its own as deployed; the SMTP server, in this
process, takes every mail and forgets it. First a steady load of mails alone, then the same while `dead` messages wait
for a WhatsApp gateway that does not answer, then all mails at once. Prints figures with their conditions; judges
nothing. The stack has its own folder and is stopped at the end.
"""

import asyncio
import base64
import os
import platform
import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
from pydantic import SecretBytes

from deploy.local.stack import Stack
from services.intake.acceptance import Identity
from services.notifier.news import News
from shared.envelope import id_of
from shared.events import ReplyTo
from shared.vault import Vault

HOME = Path(__file__).parents[2] / ".tanggap" / "bench-notifier"
MAILS = 100_000
DEAD = 5_000
STEADY_RATE = 100  # mails a second
STEADY_SECONDS = 30
KEY = "a" * 43 + "="
CHUNK = 5_000


class Sink:
    """An SMTP server that takes everything and keeps nothing."""

    def __init__(self) -> None:
        self.mails = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        writer.write(b"220 sink\r\n")
        try:
            while line := await reader.readline():
                command = line[:4].upper()
                if command == b"DATA":
                    writer.write(b"354 go on\r\n")
                    await reader.readuntil(b"\r\n.\r\n")
                    self.mails += 1
                writer.write(b"250 ok\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def fill(con: asyncpg.Connection, vault: Vault, kind: str, number: int, first: int = 0) -> list[UUID]:
    """`number` reports, numbered from `first`, whose reporters wait for a message of `kind`; returns their ids."""
    now = datetime.now(UTC)
    filled: list[UUID] = []
    for start in range(0, number, CHUNK):
        ids = [id_of("bench", kind, first + start + index) for index in range(min(CHUNK, number - start))]
        await con.copy_records_to_table(
            "report",
            schema_name="intake",
            columns=("report_id", "channel", "external_id", "tracking_code", "fingerprint", "accepted", "received_at"),
            records=[(one, "bench", str(one), str(one), b"", "{}", now) for one in ids],
        )
        await con.copy_records_to_table(
            "vault",
            schema_name="intake",
            columns=("report_id", "master_key", "wrapped_key", "sealed", "reply_kinds"),
            records=[(one, *sealed(vault, one, kind, phone(one)), [kind]) for one in ids],
        )
        await con.copy_records_to_table(
            "report",
            schema_name="notifier",
            columns=("report_id", "language", "anonymous", "confidential", "emergency", "text", "received_at"),
            records=[(one, "id", False, False, False, "Jalan berlubang.", now) for one in ids],
        )
        await con.executemany(
            """insert into notifier.notification
                      (notification_id, report_id, tracking_code, sequence, audience, kind, template, language, facts,
                       trace, status, next_attempt_at, created_at, updated_at)
               values ($1::uuid, $1::uuid, 'C46C-2YCQ-RXE7-8T', 2, 'reporter', $2, 'assigned', 'id', $3, '1',
                       'created', $4, $4, $4)""",
            [(one, kind, facts(one, now), now) for one in ids],
        )
        filled += ids
    return filled


def phone(report: UUID) -> str:
    """A number of its own for each report, of none that is given out."""
    return f"+6281200{report.int % 10**8:08}"


def sealed(vault: Vault, report: UUID, kind: str, number: str) -> tuple[str, bytes, bytes]:
    address = f"{report}@example.org" if kind == "email" else number
    person = Identity(reporter=None, reply_to=(ReplyTo.model_validate({"kind": kind, "address": address}),))
    kept = vault.seal(report, person.model_dump_json().encode())
    return kept.master_key, kept.wrapped_key, kept.sealed


def facts(report: UUID, now: datetime) -> str:
    return News(
        event="assigned", report_id=report, tracking_code="C46C-2YCQ-RXE7-8T", sequence=2, cause="2", agency="pupr",
        expected_at=now, at=now,
    ).model_dump_json()  # fmt: skip


def memory(pid: int) -> float:
    """Resident MB of a process (Linux)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def cpu(pid: int) -> float:
    """Seconds of CPU that a process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def follow(stack: Stack, sink: Sink, mails: int) -> None:
    """Watch until all are handed over, and tell of each tenth."""
    pid = stack.members["notifier"].pid or 0
    used = cpu(pid)
    begun, marks = time.monotonic(), [(0, time.monotonic())]
    while sink.mails < mails:
        await asyncio.sleep(0.2)
        if sink.mails - marks[-1][0] >= mails / 10 or sink.mails >= mails:
            (before, then), now = marks[-1], time.monotonic()
            marks.append((sink.mails, now))
            rate = (sink.mails - before) / (now - then)
            print(f"  {sink.mails:8} mails  {rate:7.0f}/s  {memory(pid):6.0f} MB", flush=True)
    seconds = time.monotonic() - begun
    each = (cpu(pid) - used) / mails * 1000
    print(f"{mails} mails in {seconds:.1f} s: {mails / seconds:.0f}/s; {each:.2f} ms of CPU of the notifier each")


async def steady(con: asyncpg.Connection, vault: Vault, label: str, first: int) -> None:
    """A steady load, and how long its mails took from the plan to the relay's answer, as the database has it."""
    ids: list[UUID] = []
    begun = time.monotonic()
    for tick in range(STEADY_SECONDS * 10):
        ids += await fill(con, vault, "email", STEADY_RATE // 10, first=first + len(ids))
        await asyncio.sleep(max(0.0, begun + (tick + 1) / 10 - time.monotonic()))
    rate = len(ids) / (time.monotonic() - begun)
    for _ in range(600):
        if not await con.fetchval(f"{_LEFT} and notification_id = any($1)", ids):
            break
        await asyncio.sleep(0.2)
    p50, p99 = await con.fetchval(
        """select percentile_cont(array[0.5, 0.99]) within group (order by extract(epoch from updated_at - created_at))
             from notifier.notification where notification_id = any($1)""",
        ids,
    )
    load = os.getloadavg()[0]
    print(
        f"{label}: {len(ids)} mails at {rate:.0f}/s, p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms; load {load:.1f}"
    )


_LEFT = "select count(*) from notifier.notification where kind = 'email' and status <> 'sent'"


async def main(mails: int, dead: int, connections: int) -> None:
    """One run."""
    shutil.rmtree(HOME, ignore_errors=True)
    load = f"load before {os.getloadavg()[0]:.1f}"
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {load}; {connections} connections", flush=True)
    sink = Sink()
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0, limit=2**20)
    port = server.sockets[0].getsockname()[1]
    settings = {
        "TANGGAP_SMTP_URL": f"smtp://127.0.0.1:{port}",
        "TANGGAP_VAULT_KEYS": f"bench:{KEY}",
        "TANGGAP_WHATSAPP_GATEWAYS": "whatsapp-cloud+http://1:token@127.0.0.1:9/v1",
        "TANGGAP_SMTP_CONNECTIONS": str(connections),
        "TANGGAP_LOG_LEVEL": "WARNING",
    }
    async with Stack(HOME, settings=settings) as stack:
        await stack.start()
        await stack.prepare()
        con = await asyncpg.connect(stack.addresses()["TANGGAP_DATABASE_URL"])
        vault = Vault({"bench": SecretBytes(base64.b64decode(KEY))})
        notifier = stack.members["notifier"]
        await notifier.start(lambda _line: None)
        count = STEADY_RATE * STEADY_SECONDS
        await steady(con, vault, "mails alone", mails)
        await fill(con, vault, "whatsapp", dead)
        await steady(con, vault, f"with {dead} for a dead gateway", mails + count)
        await notifier.stop()
        await fill(con, vault, "email", mails)
        await con.execute("vacuum analyze")
        sink.mails = 0
        await notifier.start(lambda _line: None)
        await follow(stack, sink, mails)
        await asyncio.sleep(1)
        left, load = await con.fetchval(_LEFT), f"load {os.getloadavg()[0]:.1f}"
        print(f"not sent: {left}; waiting for the dead gateway: {dead}; {load}")
        await con.close()
    server.close()


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:]]
    asyncio.run(main(*(numbers + [MAILS, DEAD, 8][len(numbers) :])))

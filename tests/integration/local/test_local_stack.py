"""The servers of the local stack: real broker, real database, real mail catcher, hurt and restarted."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import aiosmtplib
import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

from deploy.local.catcher import CHECKOUT
from deploy.local.child import descendants
from deploy.local.failure import StackError
from deploy.local.stack import Stack

TOPIC = "trial"


@pytest.fixture(scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    async with Stack(tmp_path_factory.mktemp("stack"), fast=True) as stack:
        await stack.start()
        await make_topic(stack)
        yield stack


def servers(stack: Stack) -> str:
    return stack.addresses()["TANGGAP_KAFKA_BOOTSTRAP_SERVERS"]


async def make_topic(stack: Stack) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers(stack))
    await admin.start()
    try:
        await admin.create_topics([NewTopic(TOPIC, num_partitions=1, replication_factor=1)])
    finally:
        await admin.close()


async def publish(stack: Stack, value: bytes) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=servers(stack), acks="all", max_request_size=5 * 2**20)
    await producer.start()
    try:
        await producer.send_and_wait(TOPIC, value)
    finally:
        await producer.stop()


async def published(stack: Stack) -> list[bytes | None]:
    partition = TopicPartition(TOPIC, 0)
    consumer = AIOKafkaConsumer(bootstrap_servers=servers(stack), auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([partition])
        end = (await consumer.end_offsets([partition]))[partition]
        found: list[bytes | None] = []
        while await consumer.position(partition) < end:
            found += [record.value for record in (await consumer.getmany(timeout_ms=500)).get(partition, [])]
        return found
    finally:
        await consumer.stop()


async def connect(stack: Stack) -> "asyncpg.Connection[asyncpg.Record]":
    return await asyncpg.connect(stack.addresses()["TANGGAP_DATABASE_URL"])


async def test_a_message_goes_through_the_broker_and_outlives_its_crash(stack: Stack) -> None:
    await publish(stack, b"before the crash")
    await stack.members["kafka"].kill()
    with pytest.raises(OSError, match=r"."):
        await asyncio.open_connection("127.0.0.1", int(servers(stack).rpartition(":")[2]))
    await stack.members["kafka"].start(lambda _line: None)
    assert b"before the crash" in await published(stack)


async def test_a_value_of_four_mebibytes_passes(stack: Stack) -> None:
    largest = bytes(4 * 2**20)
    await publish(stack, largest)
    assert largest in await published(stack)


async def test_a_topic_that_nobody_created_does_not_appear(stack: Stack) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=servers(stack), request_timeout_ms=500)
    await producer.start()
    try:
        with pytest.raises(KafkaError):
            await producer.send_and_wait("misspelt", b"lost")
    finally:
        await producer.stop()
    admin = AIOKafkaAdminClient(bootstrap_servers=servers(stack))
    await admin.start()
    try:
        assert "misspelt" not in await admin.list_topics()
    finally:
        await admin.close()


async def test_rows_outlive_a_crash_of_the_database(stack: Stack) -> None:
    connection = await connect(stack)
    await connection.execute("create table kept as select 42 as answer")
    await connection.execute("checkpoint")
    await connection.close()
    await stack.members["postgres"].kill()
    await stack.members["postgres"].start(lambda _line: None)
    connection = await connect(stack)
    assert await connection.fetchval("select answer from kept") == 42
    await connection.close()


async def test_the_database_trusts_nobody_without_a_password(stack: Stack) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(stack.addresses()["TANGGAP_DATABASE_URL"], password="wrong")


async def test_a_service_logs_in_with_its_own_password_and_is_no_superuser(stack: Stack) -> None:
    url = stack.addresses()["TANGGAP_ROUTER_DATABASE_URL"]
    operator = await connect(stack)
    await operator.execute(f"create role router login password '{urlsplit(url).password}'")
    await operator.close()
    router = await asyncpg.connect(url)
    assert await router.fetchval("select current_user::text") == "router"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await router.execute("create role intruder")
    await router.close()


async def test_a_mail_handed_in_by_smtp_is_read_over_http(stack: Stack) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "tanggap@kota.example", "sri@warga.example", "Laporan – diteruskan"
    mail.set_content("Kode: ABC")
    door = urlsplit(stack.addresses()["TANGGAP_SMTP_URL"])
    await aiosmtplib.send(mail, hostname=door.hostname, port=door.port)
    async with httpx.AsyncClient(base_url=stack.addresses()["TANGGAP_MAIL_URL"], trust_env=False) as reader:
        listed = (await reader.get("/api/v1/messages")).json()["messages"][0]
        assert listed["Subject"] == "Laporan – diteruskan"
        assert (await reader.get(f"/api/v1/message/{listed['ID']}")).json()["Text"].strip() == "Kode: ABC"


async def test_a_paused_member_goes_on_where_it_was(stack: Stack) -> None:
    stack.members["mail"].pause()
    assert not await stack.members["mail"].part.is_ready()
    stack.members["mail"].resume()
    assert await stack.members["mail"].part.is_ready()


async def test_a_member_that_ends_by_itself_is_named(stack: Stack) -> None:
    stack.check()
    pid = stack.members["mail"].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while stack.members["mail"].pid is not None:  # noqa: ASYNC110 - a process sets no event
        await asyncio.sleep(0.01)
    with pytest.raises(StackError, match=r"mail ended by itself \(signal SIGKILL\)"):
        stack.check()
    await stack.members["mail"].start(lambda _line: None)


async def test_a_second_stack_in_the_same_folder_is_refused(stack: Stack) -> None:
    with pytest.raises(StackError, match="already runs"):
        Stack(stack.home)


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's table of sockets")
def test_no_server_listens_beyond_this_machine(stack: Stack) -> None:
    family = set(stack.pids().values())
    inodes = {link for pid in family for link in links_of(pid)}
    tables = [Path("/proc/net", name) for name in ("tcp", "tcp6") if Path("/proc/net", name).exists()]
    rows = [row.split() for table in tables for row in table.read_text().splitlines()[1:]]
    # In these tables 0A is the state LISTEN, and addresses are hexadecimal with the bytes reversed.
    heard = {row[1].split(":")[0] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in inodes}
    assert heard
    assert heard <= {"0100007F", "0000000000000000FFFF00000100007F"}


def links_of(pid: int) -> set[str]:
    return {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of a killed process")
def test_a_killed_parent_leaves_no_process_behind(tmp_path: Path) -> None:
    program = (
        "import asyncio, pathlib, sys; from deploy.local.stack import Stack\n"
        "async def run():\n"
        "    stack = Stack(pathlib.Path(sys.argv[1]), fast=True)\n"
        "    await stack.start()\n"
        "    print('ready', flush=True)\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(run())\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        try:
            assert parent.stdout.readline() == b"ready\n"
            family = descendants(parent.pid)
        finally:
            parent.kill()
    assert len(family) >= 3
    deadline = time.monotonic() + 20
    while (left := [pid for pid in family if Path(f"/proc/{pid}").exists()]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []

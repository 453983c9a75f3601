"""`tanggap publish FILE.jsonl`: act as an upstream channel."""

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from console.deployment import Json, asked, refuse


def publish(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="One report a line, as JSON.")],
    rate: Annotated[float, typer.Option(min=0, help="Reports a second; 0: as fast as they go.")] = 0,
    as_json: Json = False,
) -> None:
    """Publish each line of FILE to reports.submitted, as a channel would: unchecked, with the line as its value.

    Exit status 1 where the broker does not take them all; those before may be there, and may be published again.
    """
    from rich.progress import Progress

    from shared.settings import OperatorSettings, load

    lines = [line for line in file.read_bytes().splitlines() if line.strip()]
    servers = load(OperatorSettings).kafka_bootstrap_servers
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it tells of each try; we tell of the end
    with Progress(disable=as_json, transient=True) as progress:
        task = progress.add_task("publishing", total=len(lines))
        asked(_sent(servers, lines, rate, lambda: progress.advance(task), as_json=as_json), as_json=as_json)
    typer.echo(json.dumps({"published": len(lines)}) if as_json else f"{len(lines)} reports published")


async def _sent(
    servers: str, lines: Sequence[bytes], rate: float, sent: Callable[[], object], *, as_json: bool
) -> None:
    from aiokafka.errors import MessageSizeTooLargeError

    from shared.topics import MESSAGE_BYTES

    try:
        await send(servers, lines, rate, sent)
    except MessageSizeTooLargeError:  # it is a KafkaError, but the broker does answer
        refuse(f"a line is longer than a message may be: {MESSAGE_BYTES} bytes", code="too-long", as_json=as_json)


async def send(servers: str, lines: Sequence[bytes], rate: float, sent: Callable[[], object]) -> None:
    """Publish `lines` and return when the broker has them all; those with one key arrive in their order."""
    from aiokafka import AIOKafkaProducer

    from shared.topics import MESSAGE_BYTES, SUBMITTED

    producer = AIOKafkaProducer(bootstrap_servers=servers, enable_idempotence=True, max_request_size=MESSAGE_BYTES)
    clock = asyncio.get_running_loop().time
    try:
        await producer.start()
        started = clock()
        acknowledgements = []
        for number, line in enumerate(lines):
            if rate:
                await asyncio.sleep(max(0.0, started + number / rate - clock()))
            acknowledgement = await producer.send(SUBMITTED.name, line, key=_key(line))
            acknowledgement.add_done_callback(lambda _done: sent())
            acknowledgements.append(acknowledgement)
        await asyncio.gather(*acknowledgements)
    finally:
        await producer.stop()


def _key(line: bytes) -> bytes | None:
    """A channel's retry lands behind its first try: the same external id, the same partition."""
    try:
        report = json.loads(line)
        return f"{report['channel']}/{report['external_id']}".encode()
    except (ValueError, KeyError, TypeError):
        return None

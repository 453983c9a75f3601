"""`tanggap topics`: create what is missing of the contract's topics; they are never created by themselves."""

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from aiokafka.admin import AIOKafkaAdminClient


def topics(
    replication: Annotated[int, typer.Option(min=1, help="Copies of each partition; 3 in production.")] = 1,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for a broker that is not up yet.")] = 0,
) -> None:
    """Create the contract's topics that do not exist yet, and name those that differ from it. Safe to repeat."""
    from shared.settings import OperatorSettings, load

    different = asyncio.run(_create(load(OperatorSettings).kafka_bootstrap_servers, replication, wait))
    for line in different:
        typer.echo(line, err=True)
    if different:
        raise typer.Exit(1)


async def _create(servers: str, replication: int, wait: float) -> list[str]:
    from aiokafka.admin import NewTopic
    from aiokafka.errors import TopicAlreadyExistsError, for_code

    from shared.topics import ALL

    admin = await _connected(servers, wait)
    try:
        existing = set(await admin.list_topics())
        new = [
            NewTopic(topic.name, topic.partitions, replication, topic_configs=topic.config())
            for topic in ALL
            if topic.name not in existing
        ]
        answer = await admin.create_topics(new) if new else None
        failures = []
        for name, code, *_ in answer.topic_errors if answer else ():
            error = for_code(code)
            if code and error is not TopicAlreadyExistsError:
                failures.append(f"{name}: {error.__name__}")
            elif not code:
                typer.echo(f"created {name}")
        described = (
            await admin.describe_topics([topic.name for topic in ALL if topic.name in existing]) if existing else []
        )
        partitions = {entry["topic"]: len(entry["partitions"]) for entry in described}
        failures += [
            f"{topic.name}: has {partitions[topic.name]} partitions, the contract {topic.partitions}"
            for topic in ALL
            if topic.name in partitions and partitions[topic.name] != topic.partitions
        ]
    finally:
        await admin.close()
    return failures


async def _connected(servers: str, wait: float) -> "AIOKafkaAdminClient":
    """A client of a broker that answers, within `wait` seconds."""
    from aiokafka.admin import AIOKafkaAdminClient
    from aiokafka.errors import KafkaConnectionError

    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it tells of each try; we tell of the last
    give_up = time.monotonic() + wait
    while True:
        admin = AIOKafkaAdminClient(bootstrap_servers=servers)
        try:
            await admin.start()
        except KafkaConnectionError:
            await admin.close()
            if time.monotonic() >= give_up:
                typer.echo(f"no broker answers at {servers}", err=True)
                raise typer.Exit(1) from None
            await asyncio.sleep(0.1)
        else:
            return admin

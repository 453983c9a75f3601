"""`tanggap topics`: create what is missing of the contract's topics; they are never created by themselves."""

import asyncio
from typing import Annotated

import typer


def topics(
    replication: Annotated[int, typer.Option(help="Copies of each partition; 3 in production.")] = 1,
) -> None:
    """Create the contract's topics that do not exist yet, and name those that differ from it. Safe to repeat."""
    from shared.settings import OperatorSettings, load  # noqa: PLC0415 - keeps `tanggap --help` quick

    different = asyncio.run(_create(load(OperatorSettings).kafka_bootstrap_servers, replication))
    for line in different:
        typer.echo(line, err=True)
    if different:
        raise typer.Exit(1)


async def _create(servers: str, replication: int) -> list[str]:
    from aiokafka.admin import AIOKafkaAdminClient, NewTopic  # noqa: PLC0415
    from aiokafka.errors import TopicAlreadyExistsError, for_code  # noqa: PLC0415

    from shared.topics import ALL  # noqa: PLC0415

    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
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

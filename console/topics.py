"""`tanggap topics`: create what is missing of the contract's topics; they are never created by themselves."""

import asyncio
import json
import logging
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Final

import typer

from console.deployment import Json, asked, refuse

if TYPE_CHECKING:
    from aiokafka.admin import AIOKafkaAdminClient

Found = tuple[str, str]  # a code, `created` or what is wrong; and what is wrong in words
CREATED: Final[Found] = ("created", "")


def topics(
    replication: Annotated[int, typer.Option(min=1, help="Copies of each partition; 3 in production.")] = 1,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for a broker that is not up yet.")] = 0,
    as_json: Json = False,
) -> None:
    """Create the contract's topics that do not exist yet, and name those that differ from it. Safe to repeat.

    Exit status 1 where one differs or cannot be created.
    """
    from shared.settings import OperatorSettings, load

    servers = load(OperatorSettings).kafka_bootstrap_servers
    found = asked(_create(servers, replication, wait, as_json=as_json), as_json=as_json)
    for name, what in found.items():
        typer.echo(_line(name, what, as_json=as_json), err=what != CREATED and not as_json)
    if any(what != CREATED for what in found.values()):
        raise typer.Exit(1)


def _line(name: str, what: Found, *, as_json: bool) -> str:
    code, said = what
    if as_json:
        return json.dumps({"topic": name, **({"error": code, "message": said} if said else {"result": code})})
    return f"{name}: {said}" if said else f"{code} {name}"


async def _create(servers: str, replication: int, wait: float, *, as_json: bool) -> Mapping[str, Found]:
    """What was done, or is wrong, by topic; those that were there as they should be are not named."""
    from aiokafka.admin import NewTopic
    from aiokafka.errors import TopicAlreadyExistsError, for_code

    from shared.topics import ALL

    admin = await _connected(servers, wait, as_json=as_json)
    found: dict[str, Found] = {}
    try:
        existing = set(await admin.list_topics())
        new = [
            NewTopic(topic.name, topic.partitions, replication, topic_configs=topic.config())
            for topic in ALL
            if topic.name not in existing
        ]
        answer = await admin.create_topics(new) if new else None
        for name, code, *_ in answer.topic_errors if answer else ():
            error = for_code(code)
            if code and error is not TopicAlreadyExistsError:
                found[name] = ("not-created", error.__name__)
            elif not code:
                found[name] = CREATED
        described = (
            await admin.describe_topics([topic.name for topic in ALL if topic.name in existing]) if existing else []
        )
    finally:
        await admin.close()
    partitions = {entry["topic"]: len(entry["partitions"]) for entry in described}
    return found | {
        topic.name: ("differs", f"has {partitions[topic.name]} partitions, the contract {topic.partitions}")
        for topic in ALL
        if topic.name in partitions and partitions[topic.name] != topic.partitions
    }


async def _connected(servers: str, wait: float, *, as_json: bool) -> "AIOKafkaAdminClient":
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
                refuse(f"no broker answers at {servers}", code="no-broker", as_json=as_json)
            await asyncio.sleep(0.1)
        else:
            return admin

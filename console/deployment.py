"""The deployment that the environment names, as an operator's command asks it: its database, its broker."""

import asyncio
import getpass
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NoReturn, TypeVar
from urllib.parse import urlsplit

import typer

if TYPE_CHECKING:
    from aiokafka import ConsumerRecord

Answer = TypeVar("Answer")
Connection = Any  # asyncpg's: the services' stores take it for one of their pools'
Owner = Literal["intake", "router", "notifier"]
Json = Annotated[bool, typer.Option("--json", help="Print JSON lines.")]

_SECONDS: Final = 10.0


def asked(work: Coroutine[Any, Any, Answer], *, as_json: bool = False) -> Answer:
    """What `work` gives; exit status 1 where database or broker do not answer."""
    import asyncpg
    from aiokafka.errors import KafkaError

    try:
        return asyncio.run(work)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, KafkaError) as error:
        what = "broker" if isinstance(error, KafkaError) else "database"
        said = f"the {what} does not answer ({type(error).__name__}); is the stack up? try: tanggap status"
        refuse(said, code=f"no-{what}", as_json=as_json)


def in_database(owner: Owner, work: Callable[[Connection], Awaitable[Answer]], *, as_json: bool = False) -> Answer:
    """What `work` gives with a connection as the owner of a schema; exit status 1 where the database does not answer.

    A command that names no such role is asked as the owner of the whole database; exit status 2 without either.
    """
    url = database_url(owner, as_json=as_json)

    async def connected() -> Answer:
        con = await connect(url)
        try:
            return await work(con)
        finally:
            await con.close()

    return asked(connected(), as_json=as_json)


def database_url(owner: Owner | None = None, *, as_json: bool = False) -> str:
    """The address of the database with the role of `owner`, else that of the whole; exit status 2 without either."""
    from shared.settings import OperatorSettings, load

    settings = load(OperatorSettings)
    names = ("database_url",) if owner is None else (f"{owner}_database_url", "database_url")
    found = [url for url in (getattr(settings, name) for name in names) if url is not None]
    if not found:
        said = f"set {' or '.join(f'TANGGAP_{name.upper()}' for name in names)}, or start the stack: tanggap up"
        refuse(said, code="not-set", status=2, as_json=as_json)
    url: str = found[0].get_secret_value()
    return url


async def connect(url: str) -> Connection:
    """A connection, told apart in the database from those of the services."""
    import asyncpg

    return await asyncpg.connect(url, timeout=_SECONDS, server_settings={"application_name": "tanggap"})


async def all_records(topic: str) -> "AsyncIterator[ConsumerRecord]":
    """Everything that is on a topic when it is asked for, in the order of each partition."""
    from aiokafka import AIOKafkaConsumer, TopicPartition

    from shared.settings import OperatorSettings, load
    from shared.topics import MESSAGE_BYTES, PARTITIONS

    consumer = AIOKafkaConsumer(
        bootstrap_servers=load(OperatorSettings).kafka_bootstrap_servers,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=MESSAGE_BYTES,
    )
    await consumer.start()
    try:
        places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        while any([await consumer.position(place) < ends[place] for place in places]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    yield record
    finally:
        await consumer.stop()


def refuse(said: str, *, code: str = "", status: int = 1, as_json: bool = False) -> NoReturn:
    """Say why not, to people on stderr or as a JSON line, and end with `status`: 1 negative, 2 bad usage."""
    typer.echo(json.dumps({"error": code, "message": said}) if as_json else said, err=not as_json)
    raise typer.Exit(status)


def on_this_machine(url: str) -> bool:
    """Whether `url` names this machine itself: no proxy is asked then, it would look for the address on its own."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def operator() -> str:
    """Who runs the command: kept with what it changes."""
    return getpass.getuser()

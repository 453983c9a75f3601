"""`tanggap dead-letters`: the queue of what could not be handled, for an operator to send again or to drop."""

import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar
from uuid import UUID

import typer

from console.deployment import Json, asked, database_url, operator, refuse

if TYPE_CHECKING:
    from console.letter_queue import Found, Queue

T = TypeVar("T")
NO_REASON: Final = "no reason given"
Ids = Annotated[list[str] | None, typer.Argument(metavar="ID...", help="Ids, or their first eight characters.")]
Every = Annotated[bool, typer.Option("--all", help="Every letter that waits (with --reason: for that reason).")]
Reason = Annotated[str | None, typer.Option(help="Only letters with this reason.")]

app = typer.Typer(name="dead-letters", help="What could not be handled: look, send again, drop.", no_args_is_help=True)


@app.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Also those settled, and refused commands.")] = False,
    reason: Reason = None,
    as_json: Json = False,
) -> None:
    """List the messages that wait for a decision, oldest first. Exit status 1 where one waits."""
    found = _run(lambda queue: queue.letters(everything=everything, reason=reason), as_json=as_json)
    for row in found:
        line = _line(dict(row.items()))
        said = f"{line['letter_id']}  {line['state']:8}  {line['topic']}  {line['reason']}  since {line['arrived_at']}"
        typer.echo(json.dumps(line) if as_json else said)
    waiting = sum(row["state"] == "waiting" for row in found)
    if not as_json:
        typer.echo(f"{waiting} wait" if waiting else "nothing waits")
    if waiting:
        raise typer.Exit(1)


@app.command()
def show(
    letter: Annotated[str, typer.Argument(metavar="ID", help="Id, or its first eight characters.")],
    raw: Annotated[bool, typer.Option("--raw", help="Write the original bytes alone, for a pipe.")] = False,
    as_json: Json = False,
) -> None:
    """Show one message as it came. It may hold a reporter's identity: mind who looks over your shoulder."""
    (one,) = _run(lambda queue: queue.find([letter]), as_json=as_json)
    if one.event is None:
        refuse(f"{one.row['letter_id']}: Kafka has its bytes no longer", code="expired", as_json=as_json)
    if raw:
        sys.stdout.buffer.write(one.event.value or b"")
        return
    headers = {name: value.decode("utf-8", "backslashreplace") for name, value in one.event.headers}
    value = (one.event.value or b"").decode("utf-8", "backslashreplace")
    if as_json:
        typer.echo(json.dumps({"id": str(one.row["letter_id"]), "headers": headers, "value": value}))
        return
    for name, text in headers.items():
        typer.echo(f"{name}: {text}")
    typer.echo(f"\n{value}")


@app.command()
def replay(ids: Ids = None, every: Every = False, reason: Reason = None, as_json: Json = False) -> None:
    """Send messages again to the topic they were on. One that was settled before is not sent twice.

    What arrives a second time changes nothing, so a replay that broke off may be repeated.
    """
    _settle(ids, every, reason, as_json, lambda queue, found: queue.replay(found, operator()))


@app.command()
def drop(
    ids: Ids = None,
    every: Every = False,
    reason: Reason = None,
    why: Annotated[str, typer.Option(help="The reason, kept with the letter.")] = NO_REASON,
    as_json: Json = False,
) -> None:
    """Decide that messages are not to be handled. Kafka keeps their bytes for the rest of its 90 days."""
    _settle(ids, every, reason, as_json, lambda queue, found: queue.drop(found, operator(), why))


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as JSON; `id` is the letter's id by the name that the other commands have for it."""
    line = {name: value if isinstance(value, int | None) else str(value) for name, value in row.items()}
    return {"id": line["letter_id"], **line}


def _settle(
    ids: list[str] | None,
    every: bool,
    reason: str | None,
    as_json: bool,
    act: "Callable[[Queue, list[Found]], Awaitable[list[tuple[UUID, str]]]]",
) -> None:
    if bool(ids) == every or (reason and not every):
        raise typer.BadParameter("name the letters, or say --all (which --reason narrows)")

    async def work(queue: "Queue") -> list[tuple[UUID, str]]:
        named = ids or [str(row["letter_id"]) for row in await queue.letters(everything=False, reason=reason)]
        return await act(queue, await queue.find(named))

    outcome = _run(work, as_json=as_json)
    for letter_id, what in outcome:
        typer.echo(json.dumps({"id": str(letter_id), "result": what}) if as_json else f"{letter_id}  {what}")
    if any(what == "expired" for _, what in outcome):
        raise typer.Exit(1)


def _run(work: "Callable[[Queue], Awaitable[T]]", *, as_json: bool) -> T:
    """`work` with the queue of the deployment that the environment names."""
    from console.letter_queue import Ambiguous, Queue
    from shared.settings import OperatorSettings, load

    servers, url = load(OperatorSettings).kafka_bootstrap_servers, database_url(as_json=as_json)

    async def opened() -> T:
        async with Queue(url, servers) as queue:
            return await work(queue)

    try:
        return asked(opened(), as_json=as_json)
    except Ambiguous as error:
        refuse(str(error), code="ambiguous", as_json=as_json)

"""`tanggap route --report` and `--replay`: decisions that were made, made again."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, TypeVar

import typer

from services.router.packs.replay import Again, decide_again
from services.router.routing import Routes
from shared.pack import Pack
from shared.pack.archive import restored

Answer = TypeVar("Answer")
_SHOWN = 60  # characters of a text


def recompute(code: str, *, as_json: bool) -> None:
    """Make the first decision on a report again, by the pack that it names; exit status 1 where it is another."""
    from services.router.doors.handlers import code_as_kept
    from services.router.packs import store

    async def made(con: Any) -> tuple[Any, bytes | None]:  # noqa: ANN401 - a connection
        past = await store.decided(con, code_as_kept(code) or "")
        return past, await store.content(con, past.decision["pack_version"]) if past else None

    past, archive = _ask(made)
    if past is None or archive is None:
        missing = "not-found" if past is None else "pack-not-kept"
        typer.echo(json.dumps({"error": missing}) if as_json else missing, err=not as_json)
        raise typer.Exit(1)
    pack = restored(archive)
    again = decide_again(past, Routes.of(pack), pack.calendar)
    if as_json:
        typer.echo(json.dumps({**_document(again), "pack_version": pack.version, "decision": past.decision}))
    else:
        said = "the same decision" if again.same else f"another decision: {again.now or 'desk'}"
        typer.echo(f"{again.tracking_code}: {again.was or 'desk'} by pack {pack.version}; made again: {said}")
    if not again.same:
        raise typer.Exit(1)


def replay(pack: Pack, since: datetime | None, *, as_json: bool) -> None:
    """Show which past reports would go elsewhere by a pack, and why; nothing is changed."""
    from services.router.packs import store

    routes, counts, moved = Routes.of(pack), {"reports": 0, "moved": 0}, list[Again]()

    async def made(con: Any) -> None:  # noqa: ANN401 - a connection
        async for page in store.decided_since(con, since or datetime(1970, 1, 1, tzinfo=UTC)):
            for past in page:
                counts["reports"] += 1
                again = decide_again(past, routes, pack.calendar)
                if again.moved:
                    counts["moved"] += 1
                    moved.append(again)

    _ask(made)
    if as_json:
        for again in moved:
            typer.echo(json.dumps(_document(again), ensure_ascii=False))
        typer.echo(json.dumps({**counts, "pack_version": pack.version}))
    else:
        _show(moved, counts, pack)


def _document(again: Again) -> dict[str, object]:
    return {name: value for name, value in asdict(again).items() if name != "text"} | {"moved": again.moved}


def _show(moved: list[Again], counts: dict[str, int], pack: Pack) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    if moved:
        table = Table("Report", "Was", "Would be", "Why", "Text")
        for again in moved:
            row = again.tracking_code, again.was or "desk", again.now or "desk", "; ".join(again.why)
            table.add_row(*(escape(cell) for cell in row), escape(again.text[:_SHOWN]))
        Console().print(table)
    typer.echo(f"pack {pack.version}: {counts['moved']} of {counts['reports']} reports would move")


def _ask(work: Callable[[Any], Awaitable[Answer]]) -> Answer:
    """Ask the router's database; bad usage where no address is set."""
    import asyncpg

    from shared.settings import OperatorSettings, load

    settings = load(OperatorSettings)
    url = settings.router_database_url or settings.database_url
    if url is None:
        typer.echo("set TANGGAP_ROUTER_DATABASE_URL or TANGGAP_DATABASE_URL", err=True)
        raise typer.Exit(2)

    async def connected() -> Answer:
        con: asyncpg.Connection[Any] = await asyncpg.connect(url.get_secret_value(), timeout=10)
        try:
            await con.set_type_codec("jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads)
            return await work(con)
        finally:
            await con.close()

    try:
        return asyncio.run(connected())
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        typer.echo(f"the database does not answer ({type(error).__name__}); is the stack up?", err=True)
        raise typer.Exit(1) from None

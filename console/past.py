"""`tanggap route --report` and `--replay`: decisions that were made, made again."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

import typer

from console.deployment import Connection, in_database
from services.router.packs.replay import Again, decide_again
from services.router.routing import Routes
from shared.pack import Pack
from shared.pack.archive import restored

Answer = TypeVar("Answer")
NO_MODEL: Final = "none"
_SHOWN = 60  # characters of a text


def recompute(code: str, *, as_json: bool) -> None:
    """Make the first decision on a report again, by the pack and the model that it names.

    Exit status 1 where it is another one.
    """
    from services.router.doors.handlers import code_as_kept
    from services.router.learned import store as models
    from services.router.packs import store

    async def made(con: Connection) -> tuple[Any, bytes | None, bytes | None]:
        past = await store.decided(con, code_as_kept(code) or "")
        if past is None:
            return None, None, None
        version = past.decision["model_version"]
        model = await models.content(con, version) if version else None
        return past, await store.content(con, past.decision["pack_version"]), model

    past, archive, model = _ask(made)
    if past is None or archive is None or (past.decision["model_version"] and model is None):
        missing = "not-found" if past is None else "pack-not-kept" if archive is None else "model-not-kept"
        _refuse(missing, as_json=as_json)
    pack = restored(archive)
    routes = _with_model(Routes.of(pack), model, as_json=as_json)
    again, by = decide_again(past, routes, pack.calendar), _versions(routes)
    if as_json:
        typer.echo(json.dumps({**_document(again), **by, "decision": past.decision}))
    else:
        said = "the same decision" if again.same else f"another decision: {again.now or 'desk'}"
        typer.echo(f"{again.tracking_code}: {again.was or 'desk'} by {_named(by)}; made again: {said}")
    if not again.same:
        raise typer.Exit(1)


def replay(pack: Pack, model: str | None, since: datetime | None, *, as_json: bool) -> None:
    """Show which past reports would go elsewhere by a pack and a model, and why; nothing is changed.

    `model` is none, a file, or None for the one that decides now: so that only the pack makes the difference.
    """
    from services.router.packs import store

    routes = _with_model(Routes.of(pack), _bytes_of(model), as_json=as_json)
    counts, moved = {"reports": 0, "moved": 0}, list[Again]()

    async def made(con: Connection) -> None:
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
        typer.echo(json.dumps({**counts, **_versions(routes)}))
    else:
        _show(moved, counts, _named(_versions(routes)))


def _bytes_of(model: str | None) -> bytes | None:
    """The bytes of a model: of a file, or of the one that decides now; None without one."""
    from services.router.learned import store as models

    async def deciding(con: Connection) -> bytes | None:
        version = await models.switched_on(con)
        return await models.content(con, version) if version else None

    if model is None:
        return _ask(deciding)
    return None if model == NO_MODEL else read_model(model)


def read_model(file: str) -> bytes:
    """The bytes of a file; bad usage where it cannot be read."""
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{file}: {error.strerror}", param_hint="--model") from error


def _with_model(routes: Routes, content: bytes | None, *, as_json: bool) -> Routes:
    """The routes with a model; exit status 1 where the pack and the model do not fit."""
    from services.router.learned.handlers import ready
    from services.router.learned.judgement import ModelError

    if content is None:
        return routes
    try:
        return replace(routes, model=ready(content, routes.pack))
    except ModelError as error:
        _refuse(str(error), as_json=as_json)


def _refuse(why: str, *, as_json: bool) -> NoReturn:
    typer.echo(json.dumps({"error": why}) if as_json else why, err=not as_json)
    raise typer.Exit(1)


def _versions(routes: Routes) -> dict[str, str | None]:
    return {"pack_version": routes.pack.version, "model_version": routes.model.version if routes.model else None}


def _named(versions: dict[str, str | None]) -> str:
    return f"pack {versions['pack_version']}, model {versions['model_version'] or NO_MODEL}"


def _document(again: Again) -> dict[str, object]:
    return {name: value for name, value in asdict(again).items() if name != "text"} | {"moved": again.moved}


def _show(moved: list[Again], counts: dict[str, int], by: str) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    if moved:
        table = Table("Report", "Was", "Would be", "Why", "Text")
        for again in moved:
            row = again.tracking_code, again.was or "desk", again.now or "desk", "; ".join(again.why)
            table.add_row(*(escape(cell) for cell in row), escape(again.text[:_SHOWN]))
        Console().print(table)
    typer.echo(f"{by}: {counts['moved']} of {counts['reports']} reports would move")


def _ask(work: Callable[[Connection], Awaitable[Answer]]) -> Answer:
    """Ask the router's database, which keeps decisions as JSON."""

    async def decoded(con: Connection) -> Answer:
        await con.set_type_codec("jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads)
        return await work(con)

    return in_database("router", decoded)

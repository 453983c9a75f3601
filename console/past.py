"""`tanggap route --report` and `--replay`: decisions that were made, made again."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Final, NoReturn, TypeVar

import typer

from console.deployment import Connection, in_database
from services.router.packs.replay import Again, decide_again, ordered
from services.router.packs.store import Decided
from services.router.routing import Routes
from shared.pack import Pack
from shared.pack.archive import restored

Answer = TypeVar("Answer")
NO_MODEL: Final = "none"
_SHOWN = 60  # characters of a text


@dataclass(frozen=True, slots=True)
class Stored:
    """The decisions on a report, and the bytes of the packs and models that they name; None where one is not kept."""

    decisions: Sequence[Decided]
    packs: Mapping[str, bytes | None]
    models: Mapping[str, bytes | None]

    def routes(self, pack_version: str, model_version: str | None) -> Routes | str:
        """What decided by these versions, else the code of what is missing."""
        from services.router.learned.judgement import ModelError

        archive, model = self.packs[pack_version], self.models[model_version] if model_version else None
        if archive is None or (model_version and model is None):
            return "pack-not-kept" if archive is None else "model-not-kept"
        try:
            return _ready(Routes.of(restored(archive)), model)
        except ModelError as error:
            return str(error)


def recompute(code: str, *, as_json: bool) -> None:
    """Make every decision of the router on a report again, each by the pack and the model that it names.

    What an officer ordered is shown as such. Exit status 1 where a decision is another one, or cannot be made.
    """
    stored = _ask(partial(_stored, code))
    if not stored.decisions:
        _refuse("not-found", as_json=as_json)
    routes_of, hold = cache(stored.routes), True
    for at, one in enumerate(stored.decisions):
        line, said, holds = _made_again(one, stored.decisions[:at], routes_of)
        where = f"{one.tracking_code}, decision {one.number}: {one.agency or 'desk'} by"
        typer.echo(json.dumps(line) if as_json else f"{where} {said}")
        hold = hold and holds
    if not hold:
        raise typer.Exit(1)


async def _stored(code: str, con: Connection) -> Stored:
    from services.router.doors.handlers import code_as_kept
    from services.router.learned import store as models
    from services.router.packs import store

    found = await store.decided(con, code_as_kept(code) or "")
    packs = {one.decision["pack_version"] for one in found}
    versions = {one.decision["model_version"] for one in found} - {None}
    return Stored(
        found,
        {version: await store.content(con, version) for version in packs},
        {version: await models.content(con, version) for version in versions},
    )


def _made_again(
    past: Decided, before: Sequence[Decided], routes_of: Callable[[str, str | None], Routes | str]
) -> tuple[dict[str, object], str, bool]:
    """A decision beside the one that is made now, as JSON and in words; and whether it holds."""
    line: dict[str, object] = {"tracking_code": past.tracking_code, "number": past.number, "hop": past.hop}
    line |= {"was": past.agency, "by": "officer" if ordered(past) else "router", "decision": past.decision}
    if ordered(past):
        return line, "an officer's order", True
    versions = {name: past.decision[name] for name in ("pack_version", "model_version")}
    line |= versions
    routes = routes_of(versions["pack_version"], versions["model_version"])
    if isinstance(routes, str):
        return {**line, "error": routes}, f"{_named(versions)}; cannot be made again: {routes}", False
    again = decide_again(past, routes, routes.pack.calendar, before)
    said = "the same decision" if again.same else f"another decision: {again.now or 'desk'}"
    return {**line, **_document(again)}, f"{_named(versions)}; made again: {said}", again.same


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
    from services.router.learned.judgement import ModelError

    try:
        return _ready(routes, content)
    except ModelError as error:
        _refuse(str(error), as_json=as_json)


def _ready(routes: Routes, content: bytes | None) -> Routes:
    from services.router.learned.handlers import ready

    return replace(routes, model=ready(content, routes.pack)) if content is not None else routes


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

"""`tanggap pack`: whether the data of a deployment can be used, and where it lies."""

import json
import os
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from shared.pack import Pack, PackError, load_pack, pack_of, read_files

PACKS = Path(__file__).resolve().parents[1] / "deploy" / "packs"
DEFAULT = "kota-pasuruan"

app = typer.Typer(name="pack", help="The data of a deployment.", no_args_is_help=True)


@app.callback()
def _pack() -> None:
    """Keep `check` a subcommand while it is the only one."""


@app.command()
def check(
    folder: Annotated[str | None, typer.Argument(help="folder or name of the pack; default: TANGGAP_PACK")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines: one per problem, or the summary")] = False,
) -> None:
    """Check a pack as a whole. Every problem is named as file:line: message; exit status 1 where there is one."""
    place = folder_of(folder)
    from services.notifier.checking import LONGEST_TRACK_URL, checked_messages

    try:
        files = read_files(place)
        pack = pack_of(files)
        checked_messages(files, pack, LONGEST_TRACK_URL)
    except PackError as error:
        refuse_pack(error, place, as_json=as_json)
    summary = _summary(pack)
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False))
    else:
        typer.echo(", ".join(f"{key} {value}" for key, value in summary.items()))


def folder_of(named: str | None) -> Path:
    """The folder of a pack given as a directory or by name; else that of TANGGAP_PACK, else the first deployment's."""
    name = named or os.environ.get("TANGGAP_PACK") or DEFAULT
    return Path(name) if Path(name).is_dir() else PACKS / name


def usable(named: str | None, *, as_json: bool = False) -> Pack:
    """The pack; where it has problems they are shown and the command ends with exit status 1."""
    place = folder_of(named)
    try:
        return load_pack(place)
    except PackError as error:
        refuse_pack(error, place, as_json=as_json)


def refuse_pack(error: PackError, place: Path, *, as_json: bool) -> NoReturn:
    """Name every problem of the pack, each a JSON line or a line on stderr, and end with exit status 1."""
    for problem in error.problems:
        if as_json:
            line = {"file": problem.file, "line": problem.line, "message": problem.message}
            typer.echo(json.dumps(line, ensure_ascii=False))
        else:
            typer.echo(str(problem), err=True)
    typer.echo(f"{place}: not used, problems: {len(error.problems)}", err=True)
    raise typer.Exit(1) from error


def _summary(pack: Pack) -> dict[str, str | int]:
    return {
        "pack": pack.deployment.code,
        "version": pack.version,
        "calendar": pack.calendar.version,
        "agencies": len(pack.agencies),
        "topics": len(pack.topics),
        "keywords": sum(len(topic.keywords) for topic in pack.topics.values()),
        "regions": len(pack.regions),
        "polygons": len(pack.polygons),
        "sla_rules": len(pack.sla_rules),
    }

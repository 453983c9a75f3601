"""`tanggap contract`: write the contract's generated documents, or tell whether the committed ones are behind."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import typer

from console.deployment import refuse
from shared import asyncapi

Change = Literal["missing", "differs", "not generated any more"]

HOME = Path("docs/contract")


def drift(out: Path) -> Iterator[tuple[str, Change]]:
    """Every file below `out` that is not, byte by byte, what would be written now."""
    wanted = asyncapi.files()
    for path, content in wanted.items():
        file = out / path
        if not file.is_file():
            yield path, "missing"
        elif file.read_bytes() != content:
            yield path, "differs"
    for file in _generated_before(out):
        path = file.relative_to(out).as_posix()
        if path not in wanted:
            yield path, "not generated any more"


def write(out: Path) -> list[tuple[str, Change]]:
    """Bring `out` up to date and return what had to change; raises OSError where that cannot be written."""
    changes = list(drift(out))
    wanted = asyncapi.files()
    for path, _ in changes:
        file = out / path
        if path not in wanted:
            file.unlink()
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(wanted[path])
    return changes


def contract(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if a file is not up to date.")] = False,
    out: Annotated[Path, typer.Option(help="Folder of the documents.", file_okay=False)] = HOME,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line per file that changed.")] = False,
) -> None:
    """Write the AsyncAPI document and the JSON Schemas of all events, or check that they are up to date."""
    try:
        changes = list(drift(out)) if check else write(out)
    except OSError as error:
        refuse(f"{error.filename}: {error.strerror}", code="no-file", as_json=as_json)
    for path, change in changes:
        said = f"{out / path}: {change}" if check else f"{out / path}: written"
        typer.echo(json.dumps({"file": str(out / path), "change": change, "written": not check}) if as_json else said)
    if not as_json:
        typer.echo(_summary(len(changes), check=check))
    raise typer.Exit(1 if check and changes else 0)


def _summary(changed: int, *, check: bool) -> str:
    if not changed:
        return "up to date"
    return f"{changed} not up to date: run `tanggap contract`" if check else f"{changed} brought up to date"


def _generated_before(out: Path) -> list[Path]:
    # Only what carries our name is ours to remove: `--out` may be anybody's folder.
    return [file for file in sorted((out / "schemas").glob("*.json")) if b'"$id": "urn:tanggap:' in file.read_bytes()]

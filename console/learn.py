"""`tanggap learn` and `tanggap model`: what the router learned from decided cases, and who switched it on."""

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.deployment import Json, in_database, operator, refuse
from console.pack import usable

if TYPE_CHECKING:
    from services.router.learned.history import Case
    from services.router.learned.weights import Figures, Weights
    from shared.pack import Pack

app = typer.Typer(name="model", help="The router's learned models.", no_args_is_help=True)
COLUMNS = ("text", "agency")
_MOST_CHARACTERS = 1_000_000


def learn(
    history: Annotated[
        Path | None,
        typer.Option("--csv", help="columns text,agency[,topic,region_code,decided_at]; default: own cases"),
    ] = None,
    pack: Annotated[str | None, typer.Option(help="folder or name of the pack; default: TANGGAP_PACK")] = None,
    out: Annotated[Path | None, typer.Option(help="write the model there only; needs no database with --csv")] = None,
    as_json: Json = False,
) -> None:
    """Learn from decided cases and keep the model as a new version; a person switches it on (`tanggap model on`).

    Without --csv the deployment's own cases teach: what the desk decided, what agencies sent on or answered. The
    figures are of cases that the model had not seen. Exit status 1 where there is too little to learn from.
    """
    facts = usable(pack, as_json=as_json)
    cases: Sequence[Case] = list(_cases(history)) if history else _own_cases(as_json=as_json)
    model, left_out = _learned(cases, facts, as_json=as_json)
    from services.router.learned.file import written

    content = written(model)
    if out:
        _write(out, content)
    else:
        source = history.name if history else "own cases"
        _keep(model, content, source, as_json=as_json)
    _show(model, left_out, out, as_json=as_json)


def _learned(cases: "Sequence[Case]", facts: "Pack", *, as_json: bool) -> "tuple[Weights, dict[str, int]]":
    from services.router.learned.history import study
    from services.router.learned.judgement import ModelError
    from services.router.learned.training import learn as teach
    from services.router.routing import Routes

    found = study(cases, Routes.of(facts), datetime.now(facts.calendar.zone).date())
    try:
        model = teach(found.lessons, facts.deployment.routing.model_precision, facts.version)
    except ModelError as error:
        why = ", ".join(f"{reason}: {count}" for reason, count in found.left_out.items())
        refuse(f"{error}{f' (left out: {why})' if why else ''}", code="too-few", as_json=as_json)
    return model, found.left_out


def _cases(history: Path) -> "Iterator[Case]":
    """The rows of a history; whatever cannot be read is bad usage, with its line."""
    from services.router.learned.history import Case

    csv.field_size_limit(_MOST_CHARACTERS)
    try:
        with history.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if missing := set(COLUMNS) - set(rows.fieldnames or ()):
                raise typer.BadParameter(f"{history}: no column {', '.join(sorted(missing))}", param_hint="--csv")
            for row in rows:
                at = _day(row.get("decided_at"), f"{history}:{rows.line_num}")
                placed = bool((row.get("region_code") or "").strip())
                yield Case(row["text"] or "", (row["agency"] or "").strip(), placed=placed, decided_at=at)
    except OSError as error:
        raise typer.BadParameter(f"{history}: {error.strerror}", param_hint="--csv") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise typer.BadParameter(f"{history}: no CSV in UTF-8: {error}", param_hint="--csv") from error


def _day(written: str | None, where: str) -> datetime | None:
    """A date or a time of RFC 3339; one without an offset is taken as UTC: near enough to tell old from new."""
    if not (written or "").strip():
        return None
    try:
        at = datetime.fromisoformat((written or "").strip())
    except ValueError as error:
        raise typer.BadParameter(f"{where}: decided_at: {error}", param_hint="--csv") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _own_cases(*, as_json: bool) -> "Sequence[Case]":
    from services.router.learned import store

    found: Sequence[Case] = in_database("router", store.decided, as_json=as_json)
    return found


def _write(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as error:
        raise typer.BadParameter(f"{out}: {error.strerror}", param_hint="--out") from error


def _keep(model: "Weights", content: bytes, source: str, *, as_json: bool) -> None:
    from services.router.learned import store

    figures = asdict(model.figures) | {"least": model.least}
    stated = {"version": model.version, "pack_version": model.pack_version, "figures": figures}
    now = datetime.now(UTC)
    in_database("router", lambda con: store.keep(con, content, stated, source, operator(), now), as_json=as_json)


def _show(model: "Weights", left_out: dict[str, int], out: Path | None, *, as_json: bool) -> None:
    if as_json:
        stated = {"model_version": model.version, "pack_version": model.pack_version, "least": model.least}
        typer.echo(json.dumps({**stated, **asdict(model.figures), "left_out": left_out}, ensure_ascii=False))
        return
    typer.echo(f"model {model.version}: {model.figures.cases} cases, {len(model.classes)} agencies")
    for reason, count in left_out.items():
        typer.echo(f"  left out: {count} of {reason}")
    typer.echo(f"  held-out cases: {_told(model.figures)}")
    if model.figures.newest:
        typer.echo(f"  newest fifth, by what was learned before it: {_told(model.figures.newest)}")
    typer.echo(f"  it sends without the desk from confidence {model.least:.3f}")
    typer.echo(f"written to {out}" if out else f"kept; it decides after: tanggap model on {model.version}")


def _told(figures: "Figures") -> str:
    return (
        f"accuracy {figures.accuracy:.1%}, among the first three {figures.top3:.1%}, macro-F1 {figures.macro_f1:.3f}; "
        f"coverage {figures.coverage:.1%}, precision {figures.precision:.1%}"
    )


# --- the switch -------------------------------------------------------------------------------------------------------


@app.command("list")
def show(as_json: Json = False) -> None:
    """Every model that was learned, newest first, with its figures; `*` marks the one that decides."""
    from services.router.learned import store

    for row in in_database("router", store.kept, as_json=as_json):
        figures = json.loads(row["figures"])
        if as_json:
            stated = {name: str(value) if isinstance(value, datetime) else value for name, value in row.items()}
            typer.echo(json.dumps(stated | {"figures": figures}))
            continue
        by = f"{row['learned_at']:%Y-%m-%d %H:%M} by {row['learned_by']} from {row['learned_from']}"
        typer.echo(f"{'*' if row['is_on'] else ' '} {row['version']}  {by}")
        typer.echo(
            f"    {figures['cases']} cases: accuracy {figures['accuracy']:.1%}, first three {figures['top3']:.1%}; "
            f"coverage {figures['coverage']:.1%}, precision {figures['precision']:.1%}"
        )


@app.command()
def on(
    version: Annotated[str, typer.Argument(help="Version of a model, as `list` shows it.")], as_json: Json = False
) -> None:
    """Let a model decide from now on. Exit status 1 where it cannot be used with the pack."""
    from services.router.learned import store
    from services.router.learned.handlers import ready
    from services.router.learned.judgement import ModelError

    found: bytes | None = in_database("router", lambda con: store.content(con, version), as_json=as_json)
    if found is None:
        refuse(f"there is no model {version}", code="not-found", as_json=as_json)
    try:
        ready(found, usable(None, as_json=as_json))
    except ModelError as error:
        refuse(f"{version}: {error}", code="not-usable", as_json=as_json)
    _switch(version, as_json=as_json)


@app.command()
def off(as_json: Json = False) -> None:
    """Leave decisions to the rules alone."""
    _switch(None, as_json=as_json)


@app.command()
def back(as_json: Json = False) -> None:
    """Go back to what decided before the last switch: the model before, or none. Exit status 1 where nothing was."""
    from services.router.learned import store

    known, version = in_database("router", store.before, as_json=as_json)
    if not known:
        refuse("no model was ever switched on", code="never-on", as_json=as_json)
    _switch(version, as_json=as_json)


def _switch(version: str | None, *, as_json: bool) -> None:
    from services.router.learned import store

    now = datetime.now(UTC)

    in_database("router", lambda con: store.switch(con, version, operator(), now), as_json=as_json)
    said = f"model {version} decides" if version else "no model: the rules decide alone"
    typer.echo(json.dumps({"model_version": version}) if as_json else said)

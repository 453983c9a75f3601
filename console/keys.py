"""`tanggap keys`: who may write through the Open311 door."""

import json
import re
import secrets
from typing import Annotated

import typer

from console.deployment import Json, in_database

app = typer.Typer(name="keys", help="API keys of Open311 clients.", no_args_is_help=True)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Whose key: a-z, 0-9 and -, at most 32.")],
    channel: Annotated[
        str | None, typer.Option(help="Reports come in as this channel; default: the name, unless --agency is given.")
    ] = None,
    agency: Annotated[str | None, typer.Option(help="May tell what became of reports as this agency (code).")] = None,
    per_minute: Annotated[int, typer.Option(min=1, max=1_000_000, help="Requests a minute.")] = 600,
    as_json: Json = False,
) -> None:
    """Make a key and show it, once: only its hash is kept. Exit status 1 where the name has a key already."""
    from services.intake.open311 import keys, store

    for text, what in ((name, "name"), (channel, "channel")):
        if text is not None and not re.fullmatch(r"[a-z0-9-]{1,32}", text):
            raise typer.BadParameter(f"{what}: a-z, 0-9 and -, at most 32 characters")
    if agency is not None:
        _check_agency(agency, as_json=as_json)
    client = keys.Client(name, channel or (None if agency else name), agency, per_minute)
    key = keys.written(secrets.token_bytes(keys.BYTES))
    if not in_database("intake", lambda con: store.insert_key(con, client, keys.hashed(key)), as_json=as_json):
        said = f"{name} has a key already: a client that changes keys gets a second name, the same --channel"
        typer.echo(json.dumps({"name": name, "error": "exists"}) if as_json else said, err=not as_json)
        raise typer.Exit(1)
    if as_json:
        typer.echo(json.dumps({"name": name, "channel": client.channel, "agency": agency, "api_key": key}))
        return
    typer.echo(key)
    typer.echo("Shown once. Hand it over safely; nobody can read it again.", err=True)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Show whose keys there are; never the keys."""
    from services.intake.open311 import store

    for row in in_database("intake", store.list_keys, as_json=as_json):
        line = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}
        state = f"revoked {line['revoked_at']}" if line["revoked_at"] else f"{line['per_minute']}/min"
        said = f"{line['name']}  channel {line['channel'] or '-'}  agency {line['agency'] or '-'}  {state}"
        typer.echo(json.dumps(line) if as_json else said)


@app.command()
def revoke(name: Annotated[str, typer.Argument(help="Whose key.")], as_json: Json = False) -> None:
    """Make a key invalid, within ten seconds on every instance. Exit status 1 where there is none."""
    from services.intake.open311 import store

    done = in_database("intake", lambda con: store.revoke_key(con, name), as_json=as_json)
    said = f"{name}: revoked" if done else f"{name}: no valid key of that name"
    typer.echo(json.dumps({"name": name, "revoked": done}) if as_json else said)
    if not done:
        raise typer.Exit(1)


def _check_agency(code: str, *, as_json: bool) -> None:
    from console.pack import usable
    from shared.settings import OperatorSettings, load

    if code not in usable(str(load(OperatorSettings).pack), as_json=as_json).agencies:
        raise typer.BadParameter(f"agency: the pack has no {code}")

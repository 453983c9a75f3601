"""`tanggap desk`: who may decide at the desk. A key is shown once, when it is made."""

import json
import secrets
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated

import typer

from console.deployment import Json, in_database

app = typer.Typer(name="desk", help="The officers of the desk.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Short name of the officer; it is kept with what he or she decides.")]


@app.command()
def key(name: Name, as_json: Json = False) -> None:
    """Make a key for an officer; one that he or she had before is good for nothing from then on."""
    from services.router.desk import store

    made = secrets.token_urlsafe(32)
    digest, now = sha256(made.encode()).digest(), datetime.now(UTC)
    in_database("router", lambda con: store.add_officer(con, name, digest, now), as_json=as_json)
    typer.echo(json.dumps({"officer": name, "key": made}) if as_json else made)


@app.command()
def revoke(name: Name, as_json: Json = False) -> None:
    """Take an officer's key away. Exit status 1 where there is none."""
    from services.router.desk import store

    now = datetime.now(UTC)
    done = in_database("router", lambda con: store.revoke_officer(con, name, now), as_json=as_json)
    said = f"{name} has no key any more" if done else f"{name} has no key"
    typer.echo(json.dumps({"officer": name, "revoked": done}) if as_json else said)
    if not done:
        raise typer.Exit(1)

"""`tanggap desk`: who may decide at the desk. A key is shown once, when it is made."""

import asyncio
import json
import secrets
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any

import typer

app = typer.Typer(name="desk", help="The officers of the desk.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Short name of the officer; it is kept with what he or she decides.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def key(name: Name, as_json: Json = False) -> None:
    """Make a key for an officer; one that he or she had before is good for nothing from then on."""
    from services.router.desk import store

    made = secrets.token_urlsafe(32)
    connected(lambda con: store.add_officer(con, name, sha256(made.encode()).digest(), datetime.now(UTC)))
    typer.echo(json.dumps({"officer": name, "key": made}) if as_json else made)


@app.command()
def revoke(name: Name, as_json: Json = False) -> None:
    """Take an officer's key away. Exit status 1 where there is none."""
    from services.router.desk import store

    done = connected(lambda con: store.revoke_officer(con, name, datetime.now(UTC)))
    said = f"{name} has no key any more" if done else f"{name} has no key"
    typer.echo(json.dumps({"officer": name, "revoked": done}) if as_json else said)
    if not done:
        raise typer.Exit(1)


def connected(work: Any) -> Any:  # noqa: ANN401 - whatever the work gives
    """What some work on the router's database gives; exit status 1 where it does not answer, 2 where it is unnamed."""
    import asyncpg

    from shared.settings import OperatorSettings, load

    settings = load(OperatorSettings)
    url = settings.router_database_url or settings.database_url
    if url is None:
        typer.echo("set TANGGAP_ROUTER_DATABASE_URL or TANGGAP_DATABASE_URL", err=True)
        raise typer.Exit(2)

    async def asked() -> Any:  # noqa: ANN401 - whatever the work gives
        con: asyncpg.Connection[Any] = await asyncpg.connect(url.get_secret_value(), timeout=10)
        try:
            return await work(con)
        finally:
            await con.close()

    try:
        return asyncio.run(asked())
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        typer.echo(f"the database does not answer ({type(error).__name__}); is the stack up?", err=True)
        raise typer.Exit(1) from None

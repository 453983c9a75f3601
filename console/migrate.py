"""`tanggap migrate`: roles, schemas and plain-SQL migrations, for the local stack, the tests and compose alike."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import typer

from console.deployment import Json, asked, refuse

ROOT = Path(__file__).resolve().parent.parent


def migrate(as_json: Json = False) -> None:
    """Bring the database up to date: one role and schema per service, then the SQL files of each. Safe to repeat.

    Exit status 1 where the database does not answer or refuses something.
    """
    from shared.settings import OperatorSettings, load

    settings = load(OperatorSettings)
    urls = {service: getattr(settings, f"{service}_database_url") for service in ("intake", "router", "notifier")}
    missing = [name for name, url in {"database": settings.database_url, **urls}.items() if url is None]
    if settings.database_url is None or missing:
        names = ", ".join(
            "TANGGAP_DATABASE_URL" if n == "database" else f"TANGGAP_{n.upper()}_DATABASE_URL" for n in missing
        )
        refuse(f"migrate: set {names}", code="not-set", status=2, as_json=as_json)
    plain = {service: url.get_secret_value() for service, url in urls.items()}
    asked(_prepare(settings.database_url.get_secret_value(), plain, as_json=as_json), as_json=as_json)
    for service in ("intake", "router", "notifier"):
        _run_files(service, plain[service], as_json=as_json)


async def _prepare(admin: str, urls: dict[str, str], *, as_json: bool) -> None:
    """Roles that own nothing but their schema (contract section 10)."""
    import asyncpg

    con = await asyncpg.connect(admin)
    try:
        for service, url in urls.items():
            # DDL takes no parameters: the server quotes the password itself.
            quoted = await con.fetchval("select quote_literal($1::text)", password_of(url))
            exists = await con.fetchval("select true from pg_roles where rolname = $1", service)
            await con.execute(f"{'alter' if exists else 'create'} role {service} login password {quoted}")
            await con.execute(f"create schema if not exists {service} authorization {service}")
        await con.execute("revoke all on schema public from public")
    except asyncpg.PostgresError as error:  # it does answer, and says more than that it does not
        refuse(f"migrate: the database refuses: {error}", code="refused", as_json=as_json)
    finally:
        await con.close()


def password_of(url: str) -> str:
    """The password as the role logs in with it: what a URL may not hold as it is stands there as %40 and the like."""
    return unquote(urlsplit(url).password or "")


def _run_files(service: str, url: str, *, as_json: bool) -> None:
    separator = "&" if "?" in url else "?"
    command = [
        str(Path(sys.executable).with_name("dbmate")),
        "--migrations-dir", str(ROOT / "services" / service / "migrations"),
        "--migrations-table", f"{service}.schema_migrations",
        "--no-dump-schema",
        "migrate",
    ]  # fmt: skip
    environment = {**os.environ, "DATABASE_URL": f"{url}{separator}sslmode={os.environ.get('PGSSLMODE', 'disable')}"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    for line in (done.stdout + done.stderr).splitlines():
        typer.echo(json.dumps({"service": service, "message": line}) if as_json else f"{service}: {line}")
    if done.returncode:
        refuse(f"{service}: not migrated", code="not-migrated", as_json=as_json)

"""`tanggap migrate`: roles, schemas and plain-SQL migrations, for the local stack, the tests and compose alike."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import typer

ROOT = Path(__file__).resolve().parent.parent


def migrate() -> None:
    """Bring the database up to date: one role and schema per service, then the SQL files of each. Safe to repeat."""
    from shared.settings import OperatorSettings, load

    settings = load(OperatorSettings)
    urls = {service: getattr(settings, f"{service}_database_url") for service in ("intake", "router", "notifier")}
    missing = [name for name, url in {"database": settings.database_url, **urls}.items() if url is None]
    if settings.database_url is None or missing:
        names = ", ".join(
            "TANGGAP_DATABASE_URL" if n == "database" else f"TANGGAP_{n.upper()}_DATABASE_URL" for n in missing
        )
        typer.echo(f"migrate: set {names}", err=True)
        raise typer.Exit(2)
    plain = {service: url.get_secret_value() for service, url in urls.items()}
    asyncio.run(_prepare(settings.database_url.get_secret_value(), plain))
    for service in ("intake", "router", "notifier"):
        _run_files(service, plain[service])


async def _prepare(admin: str, urls: dict[str, str]) -> None:
    """Roles that own nothing but their schema (contract section 10)."""
    import asyncpg

    con = await asyncpg.connect(admin)
    try:
        for service, url in urls.items():
            password = urlsplit(url).password or ""
            # DDL takes no parameters: the server quotes the password itself.
            quoted = await con.fetchval("select quote_literal($1::text)", password)
            exists = await con.fetchval("select true from pg_roles where rolname = $1", service)
            await con.execute(f"{'alter' if exists else 'create'} role {service} login password {quoted}")
            await con.execute(f"create schema if not exists {service} authorization {service}")
        await con.execute("revoke all on schema public from public")
    finally:
        await con.close()


def _run_files(service: str, url: str) -> None:
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
        typer.echo(f"{service}: {line}")
    if done.returncode:
        raise typer.Exit(1)

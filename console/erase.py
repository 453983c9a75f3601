"""`tanggap erase`: forget a reporter (UU 27/2022, articles 8 and 43); `tanggap vault`: the master keys."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from console.deployment import Json, asked, connect, database_url, operator, refuse

if TYPE_CHECKING:
    from shared.vault import Vault

_ROWS_AT_ONCE = 500

vault = typer.Typer(name="vault", help="The identity vault's master keys.", no_args_is_help=True)


def erase(
    report: Annotated[str, typer.Option("--report", help="Tracking code; case, spaces and dashes do not matter.")],
    reason: Annotated[str, typer.Option(help="Why; kept with the erasure.")] = "asked for by the reporter",
    by: Annotated[str | None, typer.Option(help="Who decided it; default: the user of this machine.")] = None,
    as_json: Json = False,
) -> None:
    """Forget the reporter: identity and contacts are gone for good, the case is kept. Safe to repeat.

    Exit status 1 where no report has this code. Copies in backups and in the last days of reports.submitted remain
    until they expire; those of the vault are unreadable once the master key is rotated (`tanggap vault rewrap`).
    """
    from services.intake.identity import read_tracking_code

    code = read_tracking_code(report)
    if code is None:
        refuse("this is no tracking code", code="not-a-code", as_json=as_json)
    outcome = asked(_erase(database_url("intake", as_json=as_json), code, by or operator(), reason), as_json=as_json)
    if outcome is None:
        refuse("no report has this code", code="not-found", as_json=as_json)
    if as_json:
        typer.echo(json.dumps({"tracking_code": code, **outcome}, ensure_ascii=False))
    elif outcome["erased"]:
        typer.echo(f"{code}: the reporter is forgotten; the case is kept")
    else:
        typer.echo(f"{code}: nothing to forget, it was erased on {outcome['at']} by {outcome['by']}")


async def _erase(url: str, code: str, who: str, why: str) -> dict[str, Any] | None:
    """What was done, or who had done it before; None where no report has the code."""
    from services.intake import store

    con = await connect(url)
    try:
        async with con.transaction():
            report_id = await store.find_by_code(con, code)
            if report_id is None:
                return None
            done = await store.erase(con, report_id, who, why)
            before = await store.erased_before(con, report_id)
    finally:
        await con.close()
    at = before["erased_at"].isoformat() if before else None
    return {
        "report_id": str(report_id),
        "erased": done is not None,
        "at": at,
        "by": before["erased_by"] if before else None,
        "reason": before["reason"] if before else None,
    }


@vault.command()
def rewrap(as_json: Json = False) -> None:
    """Wrap every report's key under the newest master key, so that older ones can be dropped. Safe to repeat.

    Needs TANGGAP_VAULT_KEYS with the newest key first. Exit status 1 where a key cannot be read.
    """
    from shared.vault import Vault

    ring = Vault(_keys())
    done, unreadable, left = asked(_rewrap(database_url("intake", as_json=as_json), ring), as_json=as_json)
    if as_json:
        typer.echo(json.dumps({"rewrapped": done, "unreadable": unreadable, "reports": left}))
    else:
        typer.echo(f"{done} keys wrapped anew under {ring.newest}")
        for name, count in left.items():
            typer.echo(f"  {name}: {count} reports")
        if unreadable:
            typer.echo(f"{unreadable} keys cannot be read: their master key is not in TANGGAP_VAULT_KEYS", err=True)
    if unreadable:
        raise typer.Exit(1)


async def _rewrap(url: str, ring: "Vault") -> tuple[int, int, dict[str, int]]:
    """How many keys were wrapped anew, how many cannot be read, and what each master key guards now."""
    from services.intake import store
    from shared.vault import Unreadable

    con = await connect(url)
    done = unreadable = 0
    after = UUID(int=0)
    try:
        while True:
            async with con.transaction():
                rows = await store.sealed_under_others(con, ring.newest, after, _ROWS_AT_ONCE)
                anew = []
                for report_id, kept in rows:
                    try:
                        anew.append((report_id, ring.rewrap(report_id, kept)))
                    except Unreadable:
                        unreadable += 1
                await store.rewrap(con, anew)
            done += len(anew)
            if not rows:
                return done, unreadable, dict(await store.vault_by_master_key(con))
            after = rows[-1][0]
    finally:
        await con.close()


def _keys() -> Any:  # noqa: ANN401 - a ring as the settings read it
    from pydantic import TypeAdapter, ValidationError

    from shared.settings import KeyRing

    file = os.environ.get("TANGGAP_VAULT_KEYS_FILE")
    try:
        written = Path(file).read_text().strip() if file else os.environ.get("TANGGAP_VAULT_KEYS", "")
        return TypeAdapter(KeyRing).validate_python(written)
    except (OSError, ValidationError):
        typer.echo("set TANGGAP_VAULT_KEYS (or TANGGAP_VAULT_KEYS_FILE) to id:base64[,id:base64]", err=True)
        raise typer.Exit(2) from None

"""`tanggap mail`: the mails that the local stack's catcher has."""

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from console.deployment import Json, refuse

app = typer.Typer(help="Read the mails that the local mail catcher has.", invoke_without_command=True)

_ENV_FILE = Path(__file__).resolve().parents[1] / ".tanggap" / "stack.env"


@app.callback()
def list_mails(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many, newest first.")] = 20,
    as_json: Json = False,
) -> None:
    """List the newest mails; `tanggap mail show ID` shows one."""
    if context.invoked_subcommand is not None:
        return
    answer = _get(f"/api/v1/messages?limit={limit}", as_json=as_json)
    for mail in answer["messages"]:
        to = ", ".join(one["Address"] for one in mail["To"])
        typer.echo(
            json.dumps(mail, ensure_ascii=False) if as_json else f"{mail['ID']}  {to}  {_plain(mail['Subject'])}"
        )
    if not as_json:
        typer.echo(f"{answer['count']} of {answer['total']} mails")


@app.command()
def show(
    identity: Annotated[str, typer.Argument(metavar="ID", help="Id of a mail, or `latest`.")],
    as_json: Json = False,
) -> None:
    """Show one mail. Exit status 1 where there is none of that id."""
    from urllib.parse import quote

    mail = _get(f"/api/v1/message/{quote(identity, safe='')}", as_json=as_json)
    if as_json:
        typer.echo(json.dumps(mail, ensure_ascii=False))
        return
    sender = mail["From"]["Address"] if mail["From"] else "-"
    for name, value in (("From", sender), ("To", ", ".join(one["Address"] for one in mail["To"]))):
        typer.echo(f"{name}: {_plain(value)}")
    typer.echo(f"Subject: {_plain(mail['Subject'])}\n\n{_plain(mail['Text'] or mail['HTML'])}")


def _get(path: str, *, as_json: bool) -> dict[str, Any]:
    import httpx

    url = _catcher()
    try:
        # The catcher is on this machine: a proxy of the environment is not asked.
        answer = httpx.get(f"{url}{path}", timeout=10, trust_env=False)
    except httpx.HTTPError:
        said = f"the mail catcher at {url} does not answer; is the stack up? try: tanggap status"
        refuse(said, code="no-catcher", as_json=as_json)
    if answer.status_code == 404:
        refuse("there is no such mail", code="not-found", as_json=as_json)
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


def _catcher() -> str:
    """The setting, otherwise what the running stack wrote, otherwise the usual place."""
    from deploy.local.addresses import read_env_file

    written = read_env_file(_ENV_FILE) if _ENV_FILE.exists() else {}
    settings = {**written, **os.environ}
    return settings.get("TANGGAP_MAIL_URL", "http://127.0.0.1:8025").rstrip("/")


def _plain(text: str) -> str:
    """Without the signs by which a stranger's mail could steer a terminal."""
    return "".join(sign for sign in text if sign.isprintable() or sign in "\n\t")

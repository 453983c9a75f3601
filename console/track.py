"""`tanggap track CODE`: the timeline of a report."""

import json
from datetime import datetime
from typing import Annotated, Any

import typer


def track(
    code: Annotated[str, typer.Argument(help="Tracking code; case, spaces and dashes do not matter.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the timeline of a report. Exit status 1 where no report has this code."""
    import httpx

    from shared.settings import OperatorSettings, load

    url = f"{load(OperatorSettings).intake_url.rstrip('/')}/track/{code.strip().replace(' ', '-')}.json"
    try:
        answer = httpx.get(url, timeout=10)
    except httpx.HTTPError as error:
        typer.echo(f"intake does not answer ({type(error).__name__}); is the stack up? try: tanggap status", err=True)
        raise typer.Exit(1) from None
    if answer.status_code == 404:
        typer.echo(json.dumps({"error": "not-found"}) if as_json else "no report has this code", err=not as_json)
        raise typer.Exit(1)
    if answer.is_error:
        typer.echo(f"intake answered {answer.status_code}", err=True)
        raise typer.Exit(1)
    report = answer.json()
    if as_json:
        typer.echo(json.dumps(report, ensure_ascii=False))
        return
    _show(report)


def _show(report: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    from services.intake.open311.states import SHOWN

    table = Table(title=f"{report['tracking_code']}  {SHOWN[report['status']]}", title_justify="left", box=None)
    for heading in ("#", "when", "status", "with", "due"):
        table.add_column(heading)
    for step in report["timeline"]:
        table.add_row(
            str(step["sequence"]),
            _moment(step["at"]),
            SHOWN[step["status"]],
            step["agency_name"] or "",
            _moment(step["expected_at"]),
        )
    Console().print(table)


def _moment(at: str | None) -> str:
    """In the city's own time, as intake answers it; never in that of the machine the command runs on."""
    return datetime.fromisoformat(at).strftime("%a %d %b %Y %H:%M %z") if at else ""

"""`tanggap due`: one deadline with its account, asked without database or broker."""

import json
import os
from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from services.router.deadlines import (
    Amount,
    Deadline,
    DeadlineError,
    LedgerEntry,
    Pause,
    SkippedDay,
    parse_amount,
)
from services.router.deadlines import due as compute
from shared.calendar import CalendarError, load_calendar

PACKS = Path(__file__).resolve().parents[1] / "deploy" / "packs"
REASONS = {
    "day-of-receipt": "day of receipt: day 0",
    "closed-day": "closed by decree",
    "no-hours": "no opening hours",
    "paused": "paused",
    "after-hours": "started after closing time",
}


def due(
    start: Annotated[str, typer.Option(help="when the clock starts: RFC 3339 with an offset")],
    amount: Annotated[str, typer.Option(help="90s, 45m, 4h (open time), 3wd (working days), 30cd (calendar days)")],
    calendar: Annotated[Path | None, typer.Option(help="calendar file (TOML); default: that of the pack")] = None,
    pause: Annotated[list[str] | None, typer.Option(help="A/B, two times with an offset; as often as needed")] = None,
    more: Annotated[list[str] | None, typer.Argument(metavar="[A/B]...", help="further pauses")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON line")] = False,
) -> None:
    """Tell when something is due, and which day gave how much to it.

    Exit status 1 and an error code where the question has no answer, 2 where it is malformed.
    """
    begin, size = _moment(start, "--start"), _amount(amount)
    pauses = [_pause(text) for text in (*(pause or ()), *(more or ()))]
    try:
        deadline = compute(load_calendar(calendar or _calendar_of_pack()), begin, size, pauses)
    except CalendarError as error:
        raise _refusal(error.code, str(error), as_json=as_json) from error
    except DeadlineError as error:
        raise _refusal(error.code, error.message, as_json=as_json) from error
    if as_json:
        typer.echo(json.dumps(_document(deadline), ensure_ascii=False))
    else:
        _show(deadline)


def _moment(text: str, option: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip().upper())
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no time such as 2026-08-11T09:00:00+07:00", param_hint=option) from None
    if moment.utcoffset() is None:
        raise typer.BadParameter(f"{text!r} has no offset, such as Z or +07:00, so it is no instant", param_hint=option)
    return moment


def _amount(text: str) -> Amount:
    try:
        return parse_amount(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--amount") from None


def _pause(text: str) -> Pause:
    begin, slash, end = text.partition("/")
    if not slash:
        raise typer.BadParameter(f"{text!r} is no pause such as A/B", param_hint="--pause")
    return _moment(begin, "--pause"), _moment(end, "--pause")


def _calendar_of_pack() -> Path:
    named = os.environ.get("TANGGAP_PACK", "")
    if not named:
        return PACKS / "kota-pasuruan" / "calendar.toml"
    # A pack is given as a directory, or by its name.
    return (Path(named) if Path(named).is_dir() else PACKS / named) / "calendar.toml"


def _refusal(code: str, message: str, *, as_json: bool) -> typer.Exit:
    if as_json:
        typer.echo(json.dumps({"error": code, "message": message}, ensure_ascii=False))
    else:
        typer.echo(f"{code}: {message}", err=True)
    return typer.Exit(1)


def _document(deadline: Deadline) -> dict[str, object]:
    zone = deadline.calendar.zone
    return {
        "due_at": deadline.due_at.astimezone(zone).isoformat(),
        "due_on": deadline.due_on.isoformat(),
        "provisional": deadline.provisional,
        "started_at": deadline.started_at.astimezone(zone).isoformat(),
        "amount": str(deadline.amount),
        "calendar_version": deadline.calendar_version,
        "ledger": [
            {
                "date": entry.day.isoformat(),
                "from": entry.begins.isoformat(),
                "to": entry.ends.isoformat(),
                "counted_seconds": entry.counted_seconds,
            }
            for entry in deadline.ledger
        ],
        "skipped": [
            {"date": day.day.isoformat(), "reason": day.reason, "name": day.name, "decree": day.decree}
            for day in deadline.skipped
        ],
    }


def _show(deadline: Deadline) -> None:
    zone = deadline.calendar.zone
    rows: Sequence[LedgerEntry | SkippedDay] = sorted([*deadline.ledger, *deadline.skipped], key=lambda row: row.day)
    table = Table("Day", "From", "To", "Counted", "Why not")
    for row in rows:
        day = f"{row.day:%a %Y-%m-%d}"
        if isinstance(row, SkippedDay):
            table.add_row(
                day, "", "", "", escape("\n".join(filter(None, (row.name, row.decree))) or REASONS[row.reason])
            )
        else:
            table.add_row(day, _clock(row.begins, row), _clock(row.ends, row), _length(row.counted_seconds))
    last = deadline.due_at.astimezone(zone)
    shown = "24:00:00" if last.date() != deadline.due_on else f"{last:%H:%M:%S}"
    console = Console()
    console.print(f"[bold]Due {deadline.due_on:%A %Y-%m-%d} {shown}[/bold] {last:%Z} ({escape(zone.key)})")
    console.print(f"{deadline.amount} from {deadline.started_at.astimezone(zone):%A %Y-%m-%d %H:%M:%S %Z}")
    console.print(f"calendar {escape(deadline.calendar_version)}")
    if deadline.provisional:
        console.print("[yellow]Provisional: the closed days of that year are not known yet.[/yellow]")
    console.print(table)


def _length(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60:.0f}:{minutes % 60:02.0f}:{rest:02.0f}"


def _clock(moment: datetime, row: LedgerEntry) -> str:
    """The time of day; 24:00 for the midnight that ends the row's own date."""
    if moment.date() == row.day:
        return f"{moment:%H:%M:%S}"
    return "24:00:00" if moment.time() == time() else f"{moment:%H:%M:%S} (+1)"

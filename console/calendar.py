"""`tanggap calendar`: an amended decree, applied to what is open."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from console.deployment import Json, asked, database_url, refuse

if TYPE_CHECKING:
    from services.router.calendars.handlers import Moved
    from services.router.rules import Rules

app = typer.Typer(name="calendar", help="The working calendar.", no_args_is_help=True)
# A router that began a change by the old calendar has ended it by then.
_SETTLED_SECONDS = 3.0


@app.command()
def apply(
    file: Annotated[Path, typer.Argument(help="Calendar file (TOML) with a version of its own.", exists=True)],
    as_json: Json = False,
) -> None:
    """Put a calendar into force and recompute every open clock by it; those whose public date moved are told.

    Old results stay in the books. Safe to repeat. Put the file into the pack, too: it counts there after the next
    start. Exit status 1 where the file is no calendar, or its version is taken by another one.
    """
    from services.router.calendars.store import by_calendar
    from services.router.rules import Rules
    from shared.calendar import CalendarError
    from shared.pack import load_pack
    from shared.settings import OperatorSettings, load

    settings = load(OperatorSettings)
    written = file.read_text("utf-8-sig")
    try:
        rules = by_calendar(Rules.of(load_pack(settings.pack)), written)
    except CalendarError as error:
        refuse(str(error), code=error.code, as_json=as_json)
    url = database_url("router", as_json=as_json)
    moved, told = asked(_apply(url, rules, written, as_json=as_json), as_json=as_json)
    summary = {"calendar_version": rules.calendar.version, "moved": moved, "told": told}
    typer.echo(
        json.dumps(summary)
        if as_json
        else f"{rules.calendar.version} is in force: {moved} clocks moved, {told} reporters' dates among them"
    )


async def _apply(url: str, rules: "Rules", written: str, *, as_json: bool) -> tuple[int, int]:
    """How many clocks moved, and how many public dates."""
    from services.router.calendars import handlers, store
    from shared import database
    from shared.outbox import Outbox
    from shared.publisher import Publisher
    from shared.settings import OperatorSettings, load

    pool = await database.connect(url, "calendar", 2)
    publisher = Publisher(load(OperatorSettings).kafka_bootstrap_servers, "tanggap-calendar")
    await publisher.stop()  # the routers publish what is committed here
    try:
        outbox = Outbox("router", pool, publisher)
        async with pool.acquire() as con:
            kept = await store.register(con, rules.calendar.version, written, datetime.now(UTC))
        if kept != written:
            taken = f"{rules.calendar.version} is another calendar already"
            refuse(taken, code="version-taken", as_json=as_json)
        moved = told = 0
        for pause in (0.0, _SETTLED_SECONDS):
            await asyncio.sleep(pause)
            async for one in handlers.apply(pool, outbox, rules):
                _show(one, rules.calendar.zone, as_json=as_json)
                moved, told = moved + 1, told + one.public
        return moved, told
    finally:
        await pool.close()


def _show(moved: "Moved", zone: ZoneInfo, *, as_json: bool) -> None:
    was, now = (at.astimezone(zone).isoformat() for at in (moved.was, moved.now))
    line = {
        "report_id": str(moved.report_id),
        "tracking_code": moved.tracking_code,
        "clock": moved.clock,
        "was": was,
        "now": now,
        "public": moved.public,
    }
    typer.echo(json.dumps(line) if as_json else f"{moved.tracking_code}  {moved.clock}: {was} -> {now}")

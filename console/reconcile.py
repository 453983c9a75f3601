"""`tanggap reconcile`: every accepted report accounted for, across Kafka and PostgreSQL."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from console.deployment import Json, all_records, asked, connect, database_url

if TYPE_CHECKING:
    import asyncpg

MEANINGS = {
    "unrouted": "accepted, but the router does not have it",
    "unpublished": "accepted by intake, but not on reports.accepted",
    "unknown-to-intake": "the router has it, intake does not",
    "unknown-state": "in a state that does not exist",
    "steps-disagree": "its steps have a gap, or the last one is not its state",
    "nothing-waits": "open, and no clock runs",
    "clock-behind-end": "over, and a clock is not stopped",
    "nobody-has-it": "an agency should have it, and none does",
}


def reconcile(
    grace: Annotated[int, typer.Option(min=0, help="Seconds that a report may be on its way.")] = 60,
    as_json: Json = False,
) -> None:
    """Account for every accepted report: one state each, and a clock or a person waiting on each that is open.

    Exit status 1, and the ids, where something is wrong.
    """
    found, counted = asked(_account(database_url(as_json=as_json), timedelta(seconds=grace)), as_json=as_json)
    if as_json:
        for report_id, what in found:
            typer.echo(json.dumps({"report_id": str(report_id), "problem": what}))
        typer.echo(json.dumps({"summary": counted, "problems": dict(Counter(what for _, what in found))}))
    else:
        for report_id, what in found:
            typer.echo(f"{report_id}  {what}: {MEANINGS[what]}")
        typer.echo(", ".join(f"{name.replace('_', ' ')} {number}" for name, number in counted.items()))
        typer.echo("every report is accounted for" if not found else f"{len(found)} are not accounted for")
    if found:
        raise typer.Exit(1)


async def _account(url: str, grace: timedelta) -> tuple[list[tuple[UUID, str]], dict[str, int]]:
    """What is wrong, and how many reports were looked at where."""
    from services.router.accounts import store
    from services.router.accounts.handlers import EVER, STATUSES
    from services.router.transitions import FINAL

    before = datetime.now(UTC) - grace
    con = await connect(url)
    try:
        intake = await _accepted(con, before)
        published, seen = await _published(before)
        router = await store.known(con)
        wrong = await store.wrong(con, STATUSES, sorted(FINAL), EVER)
        everyone = await _accepted(con, None)
    finally:
        await con.close()
    found = [(report_id, "unrouted") for report_id in sorted((intake.keys() | published) - router)]
    found += [(report_id, "unpublished") for report_id in sorted(intake.keys() - seen) if intake[report_id]]
    found += [(report_id, "unknown-to-intake") for report_id in sorted(router - everyone.keys())]
    counted = {"accepted": len(everyone), "on_reports_accepted": len(seen), "in_the_router": len(router)}
    return found + sorted(wrong), counted


async def _accepted(con: "asyncpg.Connection[Any]", before: datetime | None) -> dict[UUID, bool]:
    """The reports that intake accepted, and whether Kafka must still have them; `before` leaves out the latest."""
    rows = await con.fetch(
        """select report_id, received_at > now() - interval '360 days' as kept from intake.report
            where $1::timestamptz is null or received_at < $1""",
        before,
    )
    return {row["report_id"]: row["kept"] for row in rows}


async def _published(before: datetime) -> tuple[set[UUID], set[UUID]]:
    """The reports on reports.accepted: those published before an instant, and all."""
    from shared import topics

    old: set[UUID] = set()
    seen: set[UUID] = set()
    async for record in all_records(topics.ACCEPTED.name):
        report_id = _report_id(record.key)
        if report_id:
            seen.add(report_id)
            if record.timestamp / 1000 < before.timestamp():
                old.add(report_id)
    return old, seen


def _report_id(key: bytes | None) -> UUID | None:
    """The key of a report's event; None where a stranger wrote something else."""
    try:
        return UUID((key or b"").decode())
    except ValueError:
        return None

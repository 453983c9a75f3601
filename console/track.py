"""`tanggap track CODE`: the timeline of a report, and the law behind its deadline."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import judgement
from console.deployment import Connection, Json, in_database, on_this_machine, refuse

if TYPE_CHECKING:
    import asyncpg

    from shared.pack import Pack


def track(
    code: Annotated[str, typer.Argument(help="Tracking code; case, spaces and dashes do not matter.")],
    why: Annotated[bool, typer.Option("--why", help="Show as well how intake judged the report, and by what.")] = False,
    as_json: Json = False,
) -> None:
    """Show the timeline of a report, and on what law its deadline rests.

    Exit status 1 where no report has this code. The timeline is intake's; the law is the router's, from its database,
    and what `--why` shows is in that of intake.
    """
    import httpx

    from services.intake.identity import read_tracking_code
    from shared.settings import OperatorSettings, load

    meant = read_tracking_code(code)
    if meant is None:
        refuse("no report has this code", code="not-found", as_json=as_json)
    url = f"{load(OperatorSettings).intake_url.rstrip('/')}/track/{meant}.json"
    try:
        answer = httpx.get(url, timeout=10, trust_env=not on_this_machine(url))
    except httpx.HTTPError as error:
        said = f"intake does not answer ({type(error).__name__}); is the stack up? try: tanggap status"
        refuse(said, code="no-intake", as_json=as_json)
    if answer.status_code == 404:
        refuse("no report has this code", code="not-found", as_json=as_json)
    if answer.is_error:
        refuse(f"intake answered {answer.status_code}", code="no-answer", as_json=as_json)
    report = answer.json()
    shown = {**report, "deadline": _deadline(report)}
    if why:
        shown["judged"] = _judged(report["tracking_code"], as_json=as_json)
    if as_json:
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    _show(report, shown["deadline"])
    for line in judgement.lines(shown["judged"]) if shown.get("judged") else ():
        typer.echo(line)


def _judged(code: str, *, as_json: bool) -> Mapping[str, Any] | None:
    from services.intake import store

    found: Mapping[str, Any] | None = in_database("intake", lambda con: store.judged(con, code), as_json=as_json)
    return found


def _deadline(report: dict[str, Any]) -> dict[str, Any] | None:
    """The last date that was promised, with its clock and its legal basis; None where that cannot be told."""
    promised = [step["expected_at"] for step in report["timeline"] if step["expected_at"]]
    if not promised:
        return None
    try:
        return in_database("router", lambda con: _basis(con, report["tracking_code"], promised[-1]))
    except typer.Exit:  # it said why
        typer.echo("no legal basis: the router's database could not be asked", err=True)
        return None


async def _basis(con: Connection, code: str, promised: str) -> dict[str, Any] | None:
    """The clock that gave this date, and the rule by which it counts: of the pack that it began under."""
    from services.router.packs import store
    from shared.pack.archive import restored

    events = await con.fetch(
        """select e.clock, e.rule_id, e.amount, s.pack_version, s.at as started_at
             from router.report r
             join router.clock_event e on e.report_id = r.report_id and e.due_at = $2
             join router.clock_event s on s.report_id = e.report_id and s.clock = e.clock and s.run = e.run
                                      and s.kind in ('start', 'restart')
            where r.tracking_code = $1 order by e.number desc""",
        code,
        datetime.fromisoformat(promised),
    )
    archives = {one: await store.content(con, one) for one in {event["pack_version"] for event in events}}
    packs = {version: restored(archive) for version, archive in archives.items() if archive}
    told = (_told(event, packs[event["pack_version"]]) for event in events if event["pack_version"] in packs)
    return next(({"expected_at": promised, **clock} for clock in told if clock), None)


def _told(event: "asyncpg.Record", pack: "Pack") -> dict[str, Any] | None:
    """A clock with its rule; None where it only happens to be due at the same time and is none that is promised."""
    from shared.pack.life import SETTLEMENT, SETTLING

    latest = pack.sla_rules.get(event["rule_id"])
    rule = latest.on(event["started_at"].astimezone(pack.calendar.zone).date()) if latest else None
    settlement = [plan.name for plan in pack.life.clocks if plan.rules == (SETTLEMENT,)]
    if rule is None or (event["clock"] not in settlement and rule.stage != SETTLING):
        return None
    return {
        "clock": event["clock"],
        "amount": event["amount"],
        "rule_id": rule.rule_id,
        "legal_basis": rule.legal_basis,
        "certainty": rule.certainty,
    }


def _show(report: dict[str, Any], deadline: dict[str, Any] | None) -> None:
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
    if deadline:
        due = "due" if report["expected_at"] else "was due"
        typer.echo(f"{due} {_moment(deadline['expected_at'])}: {deadline['amount']} by rule {deadline['rule_id']}")
        typer.echo(f"legal basis: {deadline['legal_basis']} ({deadline['certainty']})")


def _moment(at: str | None) -> str:
    """In the city's own time, as intake answers it; never in that of the machine the command runs on."""
    from shared.calendar import day_and_hour

    if not at:
        return ""
    moment = datetime.fromisoformat(at)
    day, hour = day_and_hour(moment)
    return f"{day:%a %d %b %Y} {hour:02}:{moment:%M %z}"

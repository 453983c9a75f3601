"""`tanggap route`: the decision that the router would take, asked without database or broker."""

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from console import past
from console.pack import usable
from services.intake.place import Places
from services.router.decision import Decision, Question
from services.router.routing import Routes
from services.router.routing import route as decide
from services.router.routing import route_all as decide_all
from shared.pack import Pack

COLUMNS = ("id", "agency", "topic", "method", "confidence", "top3", "auto")
_MOST_CHARACTERS = 1_000_000
_AT_ONCE = 200
_DAYS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]


@dataclass(frozen=True, slots=True)
class _Case:
    """A row of the input."""

    id: str
    question: Question


def route(  # noqa: PLR0913, PLR0917 - the options of a command
    text: Annotated[str | None, typer.Option(help="text of one report")] = None,
    cases: Annotated[Path | None, typer.Option("--csv", help="columns id,text[,region_code,lat,lng,topic]")] = None,
    out: Annotated[Path | None, typer.Option(help="where the decisions of --csv go, as CSV")] = None,
    pack: Annotated[str | None, typer.Option(help="folder or name of the pack; default: TANGGAP_PACK")] = None,
    model: Annotated[
        str | None,
        typer.Option(help="file of `tanggap learn --out`, or `none`; default: none, with --replay the one switched on"),
    ] = None,
    region_code: Annotated[str | None, typer.Option(help="place of the report, with --text")] = None,
    report: Annotated[str | None, typer.Option(help="tracking code: make its decisions again, and compare")] = None,
    replay: Annotated[bool, typer.Option("--replay", help="which past reports would move by --pack, and why")] = False,
    since: Annotated[datetime | None, typer.Option(formats=_DAYS, help="with --replay: received since (UTC)")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines")] = False,
) -> None:
    """Show where a report would go, and why; nothing is stored or published."""
    if sum((text is not None, cases is not None, report is not None, replay)) != 1:
        raise typer.BadParameter("give one of them", param_hint="--text / --csv / --report / --replay")
    if since is not None and not replay:
        raise typer.BadParameter("only with --replay", param_hint="--since")
    if report is not None:
        past.recompute(report, as_json=as_json)
        return
    if replay:
        past.replay(usable(pack, as_json=as_json), model, since.replace(tzinfo=UTC) if since else None, as_json=as_json)
        return
    if (cases is None) != (out is None):
        raise typer.BadParameter("--csv and --out belong together", param_hint="--csv / --out")
    facts = usable(pack, as_json=as_json)
    routes = _routes(facts, model or past.NO_MODEL)
    if cases is not None and out is not None:
        _route_all(cases, out, routes, as_json=as_json)
        return
    place = Places(facts).resolve(None, None, region_code, None)
    question = Question(text or "", region_code=place.region_code, jurisdiction=place.jurisdiction, on=_today(facts))
    decision = decide(question, routes)
    if as_json:
        typer.echo(json.dumps(_document(decision, facts), ensure_ascii=False))
    else:
        _show(decision, facts)


def _today(facts: Pack) -> date:
    """The day for which the service would ask who acts, of a report that came now."""
    return datetime.now(facts.calendar.zone).date()


def _routes(facts: Pack, model: str) -> Routes:
    """What decides: the pack, and the model of a file."""
    routes = Routes.of(facts)
    if model == past.NO_MODEL:
        return routes
    from services.router.learned.handlers import ready
    from services.router.learned.judgement import ModelError

    try:
        return replace(routes, model=ready(past.read_model(model), facts))
    except ModelError as error:
        raise typer.BadParameter(f"{model}: {error}", param_hint="--model") from None


def _route_all(cases: Path, out: Path, routes: Routes, *, as_json: bool) -> None:
    facts, counts = routes.pack, Counter[str]()
    read = list(_read(cases, Places(facts), _today(facts)))
    quiet = not sys.stderr.isatty()
    try:
        with out.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(COLUMNS)
            parts = [read[at : at + _AT_ONCE] for at in range(0, len(read), _AT_ONCE)]
            for part in track(parts, "routing", console=Console(stderr=True), transient=True, disable=quiet):
                decisions = decide_all([case.question for case in part], routes)
                for case, decision in zip(part, decisions, strict=True):
                    rows.writerow(_row(case.id, decision, facts))
                    counts["auto" if decision.auto else decision.reason or "desk"] += 1
    except OSError as error:
        raise typer.BadParameter(f"{out}: {error.strerror}", param_hint="--out") from error
    desk = {reason: count for reason, count in counts.most_common() if reason != "auto"}
    if as_json:
        typer.echo(json.dumps({"reports": len(read), "auto": counts["auto"], "desk": desk}))
    else:
        why = ", ".join(f"{reason} {count}" for reason, count in desk.items())
        typer.echo(f"{len(read)} reports: {counts['auto']} by themselves, {sum(desk.values())} to the desk ({why})")


def _read(cases: Path, places: Places, on: date) -> Iterator[_Case]:
    """The rows of the input; whatever cannot be read is bad usage, with its line."""
    csv.field_size_limit(_MOST_CHARACTERS)
    try:
        with cases.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if missing := {"id", "text"} - set(rows.fieldnames or ()):
                raise typer.BadParameter(f"{cases}: no column {', '.join(sorted(missing))}", param_hint="--csv")
            for row in rows:
                yield _case(row, places, on, f"{cases}:{rows.line_num}")
    except OSError as error:
        raise typer.BadParameter(f"{cases}: {error.strerror}", param_hint="--csv") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise typer.BadParameter(f"{cases}: no CSV in UTF-8: {error}", param_hint="--csv") from error


def _case(row: Mapping[str, str | None], places: Places, on: date, where: str) -> _Case:
    try:
        lat, lng = (float(value) if (value := row.get(name)) else None for name in ("lat", "lng"))
    except ValueError as error:
        raise typer.BadParameter(f"{where}: {error}", param_hint="--csv") from None
    place = places.resolve(lat, lng, row.get("region_code"), None)
    question = Question(
        row.get("text") or "",
        topic=row.get("topic") or None,
        region_code=place.region_code,
        jurisdiction=place.jurisdiction,
        on=on,
    )
    return _Case(row.get("id") or "", question)


def _best(decision: Decision, facts: Pack) -> list[str]:
    """The best three, best first; where nothing spoke for anybody, the office that would look at it."""
    chosen = [decision.guess] if decision.guess else []
    codes = dict.fromkeys([*chosen, *(other.agency for other in decision.alternatives)])
    return list(codes)[:3] or [facts.deployment.offices.desk]


def _row(case: str, decision: Decision, facts: Pack) -> tuple[str, ...]:
    best = _best(decision, facts)
    auto = str(decision.auto).lower()
    return case, best[0], decision.topic or "", decision.method, f"{decision.confidence:.3f}", ";".join(best), auto


def _document(decision: Decision, facts: Pack) -> dict[str, object]:
    versions = {"pack_version": facts.version, "model_version": decision.model_version}
    return {**asdict(decision), "auto": decision.auto, "top3": _best(decision, facts), **versions}


def _show(decision: Decision, facts: Pack) -> None:
    console = Console()
    agency = facts.agencies.get(decision.agency or "")
    head = f"{agency.name} ({agency.code})" if agency else f"the desk: {decision.reason}"
    console.print(f"[bold]{escape(head)}[/bold]  by {decision.method}, confidence {decision.confidence:.2f}")
    topic = facts.topics.get(decision.topic or "")
    rule = facts.sla_rules[decision.sla_rule]
    console.print(f"topic: {escape(topic.name_id) if topic else '-'}; settle within {rule.amount} {rule.unit}")
    if decision.flags:
        console.print(f"[red]flags: {', '.join(decision.flags)}[/red]")
    table = Table("What", "Says", "Weight", title_justify="left")
    for evidence in decision.evidence:
        table.add_row(f"evidence: {evidence.kind}", escape(evidence.value), f"{evidence.weight:g}")
    for other in decision.alternatives:
        words = ", ".join(one.value for one in other.evidence)
        says = f"{other.agency} ({other.topic or '-'})" + (f": {words}" if words else "")
        table.add_row("alternative", escape(says), f"{other.confidence:.2f}")
    for tried in decision.tried:
        table.add_row(f"tried: {tried.rule}", escape(tried.result), "")
    console.print(table)

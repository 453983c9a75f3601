"""`tanggap preview`: any message of a pack as its reader would get it, with invented data."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from console.pack import folder_of, refuse_pack, usable
from services.notifier.checking import longest, shortest
from services.notifier.messages import Letter, Messages, Words
from services.notifier.news import DIGEST, Item, Known, News
from services.notifier.segments import encoding, segments
from services.notifier.table import Rule
from shared.pack import PackError, read_files

_TRACK_URL = "https://laporan.example.org/track/{code}"
_STOP_URL = "https://laporan.example.org/stop/example"
_NOTE = "Lubang sudah kami tambal pada hari Kamis. Terima kasih atas laporannya."
_TEXT = "Jalan di depan pasar berlubang, sudah dua kali ada yang jatuh. Hubungi saya di [nomor disamarkan]."


def preview(
    template: Annotated[str | None, typer.Argument(help="name of a template; without it: the table of all")] = None,
    language: Annotated[str | None, typer.Option(help="id, en, jv, mad; default: the pack's own")] = None,
    kind: Annotated[str | None, typer.Option(help="email, sms, whatsapp, channel, webhook; default: the best")] = None,
    length: Annotated[str, typer.Option(help="`usual`, or the `shortest` / `longest` data there can be")] = "usual",
    out: Annotated[Path | None, typer.Option(help="where the HTML of a mail is written")] = None,
    pack: Annotated[str | None, typer.Option(help="folder or name of the pack; default: TANGGAP_PACK")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines")] = False,
) -> None:
    """Show what people are told. Exit status 1 where a message cannot be written."""
    facts, place = usable(pack, as_json=as_json), folder_of(pack)
    try:
        messages = Messages(read_files(place), facts, _TRACK_URL)
    except PackError as error:
        refuse_pack(error, place, as_json=as_json)
    if template is None:
        _list(messages.rules, as_json=as_json)
        return
    rule = next((rule for rule in messages.rules if rule.template == template), None)
    if rule is None:
        raise typer.BadParameter(f"{template!r} is none of the pack's templates", param_hint="TEMPLATE")
    spoken, how = language or facts.deployment.language, kind or rule.kinds[0]
    if spoken not in messages.languages or messages.text(spoken, template) is None:
        raise typer.BadParameter(f"{template} has no words in {spoken!r}", param_hint="--language")
    if how not in rule.kinds:
        raise typer.BadParameter(f"{template} goes by {', '.join(rule.kinds)}", param_hint="--kind")
    news, known = _event(rule, messages, spoken, length)
    recipient = _office("pupr", messages) if rule.audience != "reporter" else None
    stop_url = _STOP_URL if rule.stoppable else None
    words = messages.write(Letter(rule, how, spoken, news, known, recipient, stop_url))
    _show(words, rule, how, spoken, messages, as_json=as_json)
    if out is not None:
        if words.html is None:
            raise typer.BadParameter(f"{how} has no HTML", param_hint="--out")
        out.write_text(words.html, encoding="utf-8")


def _event(rule: Rule, messages: Messages, language: str, length: str) -> tuple[News, Known]:
    if length == "shortest":
        return shortest(rule)
    if length == "longest":
        return longest(rule, messages.pack, messages.languages[language])
    if length != "usual":
        raise typer.BadParameter("one of usual, shortest, longest", param_hint="--length")
    at = datetime(2026, 3, 2, 8, 15, tzinfo=messages.pack.calendar.zone)
    news, known = shortest(rule)
    agency = _office("pupr", messages)
    due = at.replace(hour=16, minute=0) + timedelta(days=18)
    said = {
        "report_id": UUID("16e5d922-8e64-56d5-b129-e76748902596"),
        "tracking_code": "C46C-2YCQ-RXE7-8T",
        "agency": None if rule.event in {"at_desk", "rejected"} else agency,
        "note": _NOTE,
        "expected_at": due,
        "due_at": due,
        "at": at,
        "moved": "extended",
        "expected_before": due - timedelta(days=7),
        "agency_before": _office("dishub", messages),
        "items": _items(due) if rule.event == DIGEST else (),
    }
    return news.model_copy(update=said), replace(known, title="Jalan berlubang di depan pasar", text=_TEXT)


def _office(wanted: str, messages: Messages) -> str | None:
    """An office of the pack: the one wanted, or the first."""
    return next((code for code in (wanted, *messages.pack.agencies) if code in messages.pack.agencies), None)


def _items(due: datetime) -> tuple[Item, ...]:
    told = (
        ("deadline_breached", "5K2M-8QXN-R4TE-61", "Lampu penerangan jalan mati sejak seminggu"),
        ("deadline_escalated", "C46C-2YCQ-RXE7-8T", "Jalan berlubang di depan pasar"),
        ("deadline_warned", "Z9AF-31WD-KM7P-0C", "Saluran air tersumbat"),
    )
    return tuple(
        Item(event=event, tracking_code=code, due_at=due + timedelta(days=day), title=title)
        for day, (event, code, title) in enumerate(told)
    )


def _list(rules: Sequence[Rule], *, as_json: bool) -> None:
    table = Table("event", "audience", "when", "template", "by", "at night", "superseded", box=None)
    for rule in rules:
        row = {
            "event": rule.event,
            "audience": rule.audience,
            "when": " ".join(rule.when),
            "template": rule.template,
            "kinds": " ".join(rule.kinds),
            "hours": "waits" if rule.waits else "goes",
            "superseded": "dropped" if rule.superseded else "kept",
        }
        if as_json:
            typer.echo(json.dumps(row, ensure_ascii=False))
        table.add_row(*(escape(value) for value in row.values()))
    if not as_json:
        Console().print(table)


def _show(words: Words, rule: Rule, kind: str, language: str, messages: Messages, *, as_json: bool) -> None:
    sms = {"parts": segments(words.text), "encoding": encoding(words.text)} if kind == "sms" else {}
    if as_json:
        head = {"template": rule.template, "kind": kind, "language": language, "subject": words.subject}
        typer.echo(json.dumps({**head, "text": words.text, **sms}, ensure_ascii=False))
        return
    console = Console()
    spoken = messages.languages[language]
    review = f"read by {spoken.reviewed_by}" if spoken.reviewed_by else "not yet read by a speaker"
    console.rule(escape(words.subject or rule.template), align="left", style="dim")
    console.print(words.text.strip(), markup=False, highlight=False)
    console.rule(style="dim")
    length = f"; {sms['parts']} parts, {sms['encoding']}" if sms else ""
    console.print(f"{rule.template} by {kind} in {spoken.name}, {review}{length}", style="dim", markup=False)

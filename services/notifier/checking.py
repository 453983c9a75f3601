"""Whether every message of a pack can be written: each row, kind and language, with the longest and the shortest data.

What is missing is a failure here, when the pack is checked and when the service starts, never of a message.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, get_args
from uuid import UUID

from jinja2 import TemplateError

from services.notifier.language import Language as Words
from services.notifier.messages import Letter, Messages
from services.notifier.news import DEADLINE_EVENTS, DIGEST, Item, Known, News
from services.notifier.segments import segments
from services.notifier.sources import TABLE
from services.notifier.table import SHOWN, Rule
from services.notifier.texts import Files
from shared.events import Language
from shared.pack import Pack, PackError, Problem
from shared.pack.problems import Findings

# As long as a public address is let be, so that a text message has room for it.
LONGEST_TRACK_URL: Final = "https://laporan.kota-nama-panjang.example/track/{code}"
_CODE: Final = "0000-0000-0000-00"
_REPORT: Final = UUID(int=0)
_STOP_URL: Final = "https://laporan.kota-nama-panjang.example/stop/x"


def check_messages(files: Files, pack: Pack, track_url: str = LONGEST_TRACK_URL) -> list[Problem]:
    """Every problem of the messages in a pack's files; `track_url` is the page of a report, with `{code}`."""
    try:
        checked_messages(files, pack, track_url)
    except PackError as error:
        return list(error.problems)
    return []


def checked_messages(files: Files, pack: Pack, track_url: str) -> Messages:
    """The messages of a pack, each of which can be written; raises PackError with every problem where not."""
    messages = Messages(files, pack, track_url)
    findings = Findings()
    _check_languages(messages, findings)
    _check_digests(messages, findings)
    if not findings.problems:
        _check_rows(messages, files[TABLE].decode("utf-8-sig").splitlines(), findings)
    if findings.problems:
        raise PackError(findings.problems)
    return messages


def _check_languages(messages: Messages, findings: Findings) -> None:
    for language in get_args(Language):
        file = f"messages/{language}/language.toml"
        words = messages.languages.get(language)
        if words is None:
            findings.note(file, 0, "a language of the contract has no words")
            continue
        for name in SHOWN:
            if name not in words.labels:
                findings.note_at(file, ("labels", name), f"labels.{name} is missing")


def _check_digests(messages: Messages, findings: Findings) -> None:
    told = {rule.audience: rule.kinds for rule in reversed(messages.rules) if rule.event == DIGEST}
    for audience in sorted({rule.audience for rule in messages.rules if rule.gathered}):
        for kind in sorted(messages.gathering.kinds - set(told.get(audience, ()))):
            findings.note(
                TABLE, 0, f"rows of {audience} are told together by {kind}, and no row of event {DIGEST} says how"
            )


def _check_rows(messages: Messages, lines: Sequence[str], findings: Findings) -> None:
    for rule in messages.rules:
        start = f"{rule.event},{rule.audience},{' '.join(rule.when)},{rule.template},"
        line = next((number for number, text in enumerate(lines, 1) if text.startswith(start)), 0)
        for language in _languages(rule, messages):
            for problem in dict.fromkeys(_problems(rule, language, messages)):
                findings.note(TABLE, line, f"{rule.template} in {language}: {problem}")


def _languages(rule: Rule, messages: Messages) -> Sequence[str]:
    own = messages.pack.deployment.language
    if rule.audience == "reporter":
        return tuple(messages.languages)
    return [code for code in messages.languages if code == own or messages.text(code, rule.template)]


def _problems(rule: Rule, language: str, messages: Messages) -> Iterator[str]:
    if messages.text(language, rule.template) is None:
        yield "the template is missing"
        return
    for kind in rule.kinds:
        for news, known in (shortest(rule), longest(rule, messages.pack, messages.languages[language])):
            try:
                words = messages.write(Letter(rule, kind, language, news, known, news.agency, _STOP_URL))
            except (TemplateError, LookupError, TypeError, AttributeError) as error:
                yield f"{kind}: {error}"
                continue
            if kind == "sms" and (parts := segments(words.text)) > messages.sms_parts:
                yield f"sms: {parts} parts, at most {messages.sms_parts}: {words.text}"


def shortest(rule: Rule) -> tuple[News, Known]:
    """An event with nothing but what every event has."""
    at = datetime.fromisoformat("2026-05-01T00:00:00+00:00")
    items = (Item(event=DEADLINE_EVENTS[0], tracking_code=_CODE),) if rule.event == DIGEST else ()
    news = News(event=rule.event, report_id=_REPORT, tracking_code=_CODE, at=at, level=1, items=items)
    known = Known("", anonymous=True, confidential=True, emergency="emergency" in rule.when, title=None, text="x")
    return news, known


def longest(rule: Rule, pack: Pack, words: Words) -> tuple[News, Known]:
    """An event with everything there can be, at the length at which intake and router let it through."""
    moment = words.moment_in(pack.calendar.zone)
    year = datetime.fromisoformat("2026-01-01T22:22:00+00:00")
    at = max((year + timedelta(days=day) for day in range(365)), key=lambda day: len(moment(day)))
    agency = max(pack.agencies.values(), key=lambda one: (len(one.abbreviation or one.name), len(one.name)))
    news = News(
        event=rule.event, report_id=_REPORT, tracking_code=_CODE, sequence=999_999, agency=agency.code,
        note="W" * 9_999, expected_at=at, due_at=at, clock="settlement", level=9, notify=(agency.code,), at=at,
        moved="x", answer="W" * 9_999, expected_before=at, agency_before=agency.code,
        items=_items(rule, agency.code, at),
    )  # fmt: skip
    known = Known("", anonymous=False, confidential=False, emergency=True, title="W" * 200, text="W" * 10_000)
    return news, replace(known, address="W" * 500, attributes="W" * 5_000, attachments="W" * 5_000)


def _items(rule: Rule, agency: str, at: datetime) -> tuple[Item, ...]:
    if rule.event != DIGEST:
        return ()
    return tuple(
        Item(event=event, tracking_code=_CODE, due_at=at, agency=agency, title="W" * 200) for event in DEADLINE_EVENTS
    )

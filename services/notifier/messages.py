"""The messages of a pack: which there are, and their words for one event. Pure after reading.

The same words make the plain mail, the HTML mail and the WhatsApp message; a text message has its own, shorter ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.notifier.language import Language
from services.notifier.news import DIGEST, Item, Known, News
from services.notifier.sources import read_layouts, read_limits, read_receipt_wait, read_table
from services.notifier.table import Rule
from services.notifier.texts import Files, Text, Tongue, read_tongues
from shared.pack import Agency, Pack, PackError
from shared.pack.problems import Findings

# Shown as a quotation below the words instead of in the list of facts.
_QUOTED: Final = ("note", "text", "answer")
_REPORTER_FRAME: Final = {name: name for name in ("greeting", "follow", "danger", "regards", "automatic")}
_OFFICE_FRAME: Final = {
    "greeting": "office_greeting", "follow": "office_follow", "regards": "regards", "automatic": "office_automatic",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """A message ready to be sent; only a mail has `html`, and a text message has no subject."""

    subject: str
    text: str
    html: str | None = None
    stop_url: str | None = None  # where its reader can ask for no more of this sort


@dataclass(frozen=True, slots=True)
class Letter:
    """What a message is written from: the event, what is known of the report, and for whom."""

    rule: Rule
    kind: str
    language: str
    news: News
    known: Known
    recipient: str | None = None  # the code of the office, where it is for one
    stop_url: str | None = None


class Messages:
    """The messages of a pack, from its files.

    Raises:
        PackError: with every problem that keeps a message from being written.
    """

    def __init__(self, files: Files, pack: Pack, track_url: str) -> None:
        self.pack = pack
        self._track_url = track_url
        findings = Findings()
        self.rules = read_table(files, findings)
        self._rules_of: dict[str, list[Rule]] = {}
        for rule in self.rules:
            self._rules_of.setdefault(rule.event, []).append(rule)
        self._tongues = read_tongues(files, pack.calendar.zone, findings)
        self._layouts = read_layouts(files, findings)
        self.receipt_wait = read_receipt_wait(files, findings)
        limits = read_limits(files, findings)
        self.quiet, self.sms_parts, self.gathering = limits.quiet, limits.sms_parts, limits.gathering
        if findings.problems:
            raise PackError(findings.problems)

    @property
    def languages(self) -> Mapping[str, Language]:
        """The languages that have words."""
        return {code: tongue.language for code, tongue in self._tongues.items()}

    @property
    def office_languages(self) -> frozenset[str]:
        """The languages in which offices can be told everything."""
        templates = {rule.template for rule in self.rules if rule.audience != "reporter"}
        return frozenset(code for code in self._tongues if all(self.text(code, name) for name in templates))

    def text(self, language: str, template: str) -> Text | None:
        """A template in one language; None where the pack has it not."""
        tongue = self._tongues.get(language)
        return tongue.texts.get(template) if tongue else None

    def matching(self, news: News, known: Known) -> Sequence[Rule]:
        """The row that holds for each audience: the first from above."""
        first: dict[str, Rule] = {}
        for rule in self._rules_of.get(news.event, ()):
            if rule.holds(news, known):
                first.setdefault(rule.audience, rule)
        return tuple(first.values())

    def rule_of(self, news: News, audience: str, template: str) -> Rule | None:
        """The row that a message was planned by; None where the pack has it no more."""
        # Of the event itself first; a row may have moved to another one since.
        rules = (*self._rules_of.get(news.event, ()), *self.rules)
        return next((rule for rule in rules if rule.template == template and rule.audience == audience), None)

    def language_for(self, audience: str, known: Known) -> str:
        """The reporter's own language where it has words; offices are written to in the pack's."""
        if audience == "reporter" and known.language in self._tongues:
            return known.language
        return self.pack.deployment.language

    def not_before(self, rule: Rule, kind: str, now: datetime) -> datetime:
        """When a message may go out at the earliest: phones do not ring at night for what can wait."""
        return self.quiet.earliest(kind, now.astimezone(self.pack.calendar.zone)) if rule.waits else now

    def digest_at(self, rule: Rule, kind: str, now: datetime) -> datetime | None:
        """When a message is told together with others; None where it goes by itself."""
        if not rule.gathered or kind not in self.gathering.kinds:
            return None
        return self.window_ends(now)

    def window_ends(self, now: datetime) -> datetime:
        """When what offices are told together is told next."""
        calendar = self.pack.calendar
        return self.gathering.ends(now.astimezone(calendar.zone), calendar.is_working_day)

    def write(self, letter: Letter) -> Words:
        """The words of a message; raises TemplateError or LookupError where the pack lacks them."""
        tongue = self._tongues[letter.language]
        text = tongue.texts[letter.rule.template]
        values = self._values(letter)
        if letter.kind == "sms":
            if text.sms is None:
                raise LookupError("no words for a text message")
            return Words("", _one_line(text.sms.render(values)))
        subject = _one_line(text.subject.render(values))
        inner = {
            **values,
            **self._framed(letter, tongue, values),
            "subject": subject,
            "paragraphs": _paragraphs(text.body.render(values)),
        }
        if letter.kind == "email":
            html = self._layouts["mail.html"].render(inner)
            return Words(subject, self._lay("mail.txt", inner), html, letter.stop_url)
        return Words(subject, self._lay("whatsapp.txt", inner), stop_url=letter.stop_url)

    def _lay(self, layout: str, inner: Mapping[str, object]) -> str:
        """Plain text without gaps: at most one empty line in a row."""
        lines = [line.rstrip() if line != "-- " else line for line in self._layouts[layout].render(inner).splitlines()]
        kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
        return "\n".join(kept).strip("\n") + "\n"

    def _values(self, letter: Letter) -> dict[str, object]:
        """What templates may use; anything else is an error."""
        news, deployment = letter.news, self.pack.deployment
        agency = self.pack.agencies.get(news.agency or "")
        values: dict[str, object] = {
            "code": news.tracking_code,
            "agency": agency.name if agency else news.agency or deployment.office,
            "agency_short": _short(agency) if agency else news.agency or deployment.office,
            "office": deployment.office,
            "emergency_number": deployment.emergency_number,
            "track_url": self._track_url.format(code=news.tracking_code),
            "at": news.at,
            "agency_before": self._agency_name(news.agency_before) if news.agency_before else None,
            "expected_at": news.expected_at,
            "expected_before": news.expected_before if news.moved else None,
            "due_at": news.due_at,
            "note": news.note,
            "answer": news.answer,
        }
        if letter.rule.audience != "reporter":
            values |= {
                "recipient": self._agency_name(letter.recipient) if letter.recipient else deployment.office,
                "level": news.level, "count": news.counted or len(news.items), "listed": len(news.items),
            }  # fmt: skip
        return values

    def _agency_name(self, code: str) -> str:
        agency = self.pack.agencies.get(code)
        return agency.name if agency else code

    def _framed(self, letter: Letter, tongue: Tongue, values: Mapping[str, object]) -> dict[str, object]:
        """What surrounds the words of a template."""
        known, office, frame = letter.known, letter.rule.audience != "reporter", tongue.frame
        spoken = _OFFICE_FRAME if office else _REPORTER_FRAME
        said = {name: frame[source].render(values) for name, source in spoken.items()}
        digest = letter.news.event == DIGEST
        shown = self._shown(letter, tongue, values)
        facts = [(tongue.language.labels[name], _one_line(value)) for name, value in shown if name not in _QUOTED]
        marks = [name for name in ("anonymous", "confidential") if getattr(known, name)]
        return {
            "danger": "",  # an office knows whom to call
            **said,
            "language": letter.language,
            "follow": "" if digest else said["follow"],
            "stop": frame["stop"].render(values) if letter.stop_url else "",
            "stop_url": letter.stop_url,
            "notices": [frame[f"office_{mark}"].render(values) for mark in marks] if office and not digest else [],
            "urgent": known.emergency,
            "facts": facts,
            "width": max((len(label) for label, _ in facts), default=0),
            "quotes": [(tongue.language.labels[name], value) for name, value in shown if name in _QUOTED],
            "items": [self._line(item, tongue) for item in letter.news.items],
        }

    def _shown(self, letter: Letter, tongue: Tongue, values: Mapping[str, object]) -> list[tuple[str, str]]:
        """The facts that a row asks for, each where there is one."""
        known = letter.known
        # A confidential report is seen by its reporter and the handling agency alone (contract section 4).
        hidden = known.confidential and letter.rule.audience == "supervisor"
        shown = []
        for name in letter.rule.shows:
            value = values.get(name) if name in values else None if hidden else getattr(known, name)
            if name == "agency" and letter.news.agency is None:
                continue
            if value:
                shown.append((name, tongue.moment(value) if isinstance(value, datetime) else str(value)))
        return shown

    def _line(self, item: Item, tongue: Tongue) -> Mapping[str, str]:
        """A line of a digest in words."""
        return {
            "what": tongue.language.labels[item.event],
            "code": item.tracking_code,
            "url": self._track_url.format(code=item.tracking_code),
            "due": tongue.moment(item.due_at) if item.due_at else "",
            "agency": self._agency_name(item.agency) if item.agency else "",
            "title": _one_line(item.title or ""),
        }


def _short(agency: Agency) -> str:
    return agency.abbreviation or agency.name


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _paragraphs(body: str) -> list[str]:
    return [_one_line(paragraph) for paragraph in body.split("\n\n") if paragraph.strip()]

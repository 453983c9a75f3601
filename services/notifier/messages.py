"""Who hears what, and in which words: the pack's table and its templates. Pure after loading.

A template's first line is the subject, the rest the text. A variable that does not exist is an error of the pack, found
when it is loaded, not when somebody waits for a message.
"""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from shared.events import StatusChanged
from shared.pack import Pack

# What every template may use; rendered once with these at start, so that a wrong name stops the service, not a message.
_EXAMPLE: Mapping[str, object] = {
    "code": "0000-0000-0000-00",
    "agency": "Instansi",
    "office": "Layanan Pengaduan",
    "emergency_number": "112",
    "track_url": "https://example.org/track",
}


class BrokenMessages(Exception):
    """The pack's messages cannot be used; says which file and why."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of `messages.csv`: when a report enters `status`, `audience` gets `template`."""

    status: str
    audience: str
    template: str


@dataclass(frozen=True, slots=True)
class Words:
    """A message ready to be sent."""

    subject: str
    text: str


class Messages:
    """The messages of a pack; reads its folder once."""

    def __init__(self, folder: Path, pack: Pack, track_url: str) -> None:
        self._pack = pack
        self._track_url = track_url
        self._templates: dict[tuple[str, str], Template] = {}
        self.rules = _read_rules(folder / "messages.csv")
        for language in sorted(path.name for path in (folder / "messages").iterdir() if path.is_dir()):
            self._load(folder / "messages" / language, language)

    def _load(self, folder: Path, language: str) -> None:
        environment = SandboxedEnvironment(
            loader=FileSystemLoader(folder), undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True
        )
        environment.filters["moment"] = _moment_in(
            tomllib.loads((folder / "language.toml").read_text()), self._pack.calendar.zone
        )
        noon = datetime(2026, 1, 2, 12, tzinfo=self._pack.calendar.zone)
        for template in {rule.template for rule in self.rules}:
            try:
                loaded = environment.get_template(f"{template}.txt")
                loaded.render(**_EXAMPLE, at=noon, expected_at=noon)
            except TemplateError as error:
                raise BrokenMessages(f"{folder / template}.txt: {type(error).__name__}: {error}") from error
            self._templates[language, template] = loaded

    def for_status(self, status: str) -> tuple[Rule, ...]:
        """What a report's entry into `status` asks to be sent."""
        return tuple(rule for rule in self.rules if rule.status == status)

    @property
    def language(self) -> str:
        """The pack's own language, in which it has every message."""
        return self._pack.deployment.language

    def write(self, template: str, language: str, step: StatusChanged) -> Words:
        """The words of `template` for one step in the life of a report."""
        agency = self._pack.agencies.get(step.agency or "")
        rendered = self._templates[language, template].render(
            code=step.tracking_code,
            agency=agency.name if agency else self._pack.deployment.office,
            office=self._pack.deployment.office,
            emergency_number=self._pack.deployment.emergency_number,
            track_url=self._track_url.format(code=step.tracking_code),
            at=step.at,
            expected_at=step.expected_at,
        )
        subject, _, text = rendered.partition("\n")
        return Words(subject.strip(), text.lstrip("\n"))


def _read_rules(path: Path) -> tuple[Rule, ...]:
    with path.open(encoding="utf-8", newline="") as rows:
        return tuple(Rule(row["status"], row["audience"], row["template"]) for row in csv.DictReader(rows))


def _moment_in(language: Mapping[str, Any], zone: ZoneInfo) -> Any:  # noqa: ANN401 - a template filter
    """An instant in words, in the city's zone: `Senin, 30 November 2026 pukul 16.00 WIB`."""
    zone_name = language["zones"].get(zone.key, zone.key)

    def moment(at: datetime) -> str:
        local = at.astimezone(zone)
        text: str = language["moment"].format(
            day=language["days"][local.weekday()],
            d=local.day,
            month=language["months"][local.month - 1],
            year=local.year,
            hour=local.hour,
            minute=local.minute,
            zone=zone_name,
        )
        return text

    return moment

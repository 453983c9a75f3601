"""The texts of a pack as it holds them: per language its words, and per template subject, body and text message.

Jinja, sandboxed and strict: a variable that does not exist is an error, found when the pack is checked.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from jinja2 import StrictUndefined, Template, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.notifier.language import Frame, Language, Moment
from shared.pack.problems import Findings

# Reporters are told in every language of the contract; offices in the pack's own at least.
READERS: Final = ("reporter", "office")


class _Source(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: Annotated[str, Field(min_length=1)]
    body: Annotated[str, Field(min_length=1)]
    sms: Annotated[str, Field(min_length=1)] | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """One template in one language."""

    file: str
    subject: Template
    body: Template
    sms: Template | None


@dataclass(frozen=True, slots=True)
class Tongue:
    """Everything in one language: its words, the sentences of the frame, and the templates by name."""

    language: Language
    moment: Moment
    frame: Mapping[str, Template]
    texts: Mapping[str, Text]


def environment(*, markup: bool = False) -> SandboxedEnvironment:
    """Where templates are made; with `markup` every value is escaped for HTML."""
    return SandboxedEnvironment(
        undefined=StrictUndefined, autoescape=markup, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )


def read_tongues(folder: Path, zone: ZoneInfo, findings: Findings) -> dict[str, Tongue]:
    """The languages below `folder/messages`, those that can be used; whatever is wrong is noted."""
    found = {}
    for place in sorted(path for path in (folder / "messages").iterdir() if path.is_dir()):
        language = _language(folder, place, findings)
        if language is not None:
            made = environment()
            moment = language.moment_in(zone)
            made.filters["moment"] = moment
            texts: dict[str, Text] = {}
            for reader in READERS:
                texts |= _texts(folder, place / f"{reader}.toml", made, findings)
            frame = _frame(place.relative_to(folder), language.frame, made, findings)
            found[place.name] = Tongue(language, moment, frame, texts)
    return found


def _language(folder: Path, place: Path, findings: Findings) -> Language | None:
    data = _toml(folder, place / "language.toml", findings)
    if data is None:
        return None
    try:
        return Language.model_validate(data)
    except ValidationError as error:
        _note_all(error, str((place / "language.toml").relative_to(folder)), (), findings)
        return None


def _frame(place: Path, frame: Frame, made: SandboxedEnvironment, findings: Findings) -> dict[str, Template]:
    file = f"{place}/language.toml"
    sentences = {}
    for name, text in frame.model_dump().items():
        template = _template(made, text, file, ("frame", name), findings)
        if template is not None:
            sentences[name] = template
    return sentences


def _texts(folder: Path, path: Path, made: SandboxedEnvironment, findings: Findings) -> dict[str, Text]:
    if path.name == "office.toml" and not path.exists():
        return {}
    file = str(path.relative_to(folder))
    found = {}
    for name, source in (_toml(folder, path, findings) or {}).items():
        try:
            parts = _Source.model_validate(source)
        except ValidationError as error:
            _note_all(error, file, (name,), findings)
            continue
        subject = _template(made, parts.subject, file, (name, "subject"), findings)
        body = _template(made, parts.body, file, (name, "body"), findings)
        sms = _template(made, parts.sms, file, (name, "sms"), findings) if parts.sms else None
        if subject and body:
            found[name] = Text(file, subject, body, sms)
    return found


def _template(
    made: SandboxedEnvironment, text: str, file: str, path: tuple[str, ...], findings: Findings
) -> Template | None:
    try:
        return made.from_string(text)
    except TemplateSyntaxError as error:
        findings.note_at(file, path, f"{'.'.join(path)}: {error.message}")
        return None


def _toml(folder: Path, path: Path, findings: Findings) -> dict[str, object] | None:
    file = str(path.relative_to(folder))
    text = findings.text(file, path.read_bytes() if path.exists() else None)
    if text is None:
        return None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        findings.note(file, 0, f"not TOML: {error}")
        return None


def _note_all(error: ValidationError, file: str, path: tuple[str, ...], findings: Findings) -> None:
    for problem in error.errors(include_url=False, include_input=False):
        place = (*path, *(str(part) for part in problem["loc"]))
        findings.note_at(file, place, f"{'.'.join(place)}: {problem['msg']}")

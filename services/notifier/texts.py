"""The texts of a pack as it holds them: per language its words, and per template subject, body and text message.

Jinja, sandboxed and strict: a variable that does not exist is an error, found when the pack is checked.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from jinja2 import Environment, StrictUndefined, Template, TemplateSyntaxError, pass_environment
from jinja2.filters import do_wordwrap
from jinja2.sandbox import SandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.notifier.language import Frame, Language, Moment
from shared.pack.problems import Findings

Files = Mapping[str, bytes]  # of a pack, by name

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


class Fixed(Template):
    """A template; where it holds no variable, it is rendered once."""

    said: str | None = None

    def render(self, *values: Any, **named: Any) -> str:  # noqa: ANN401 - as Template's own
        """The text."""
        return super().render(*values, **named) if self.said is None else self.said


def environment(*, markup: bool = False) -> SandboxedEnvironment:
    """Where templates are made; with `markup` every value is escaped for HTML."""
    made = SandboxedEnvironment(
        undefined=StrictUndefined, autoescape=markup, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    made.template_class = Fixed
    made.filters["wordwrap"] = wrap
    return made


@pass_environment
def wrap(made: Environment, text: str, width: int = 79, break_long_words: bool = True) -> str:
    """Jinja's `wordwrap`; a line of plain words needs none of its rules, which take a good part of a mail's time."""
    words = text.split(" ")
    if break_long_words or "-" in text or words != text.split():
        return do_wordwrap(made, text, width, break_long_words)
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return "\n".join(lines)


def read_tongues(files: Files, zone: ZoneInfo, findings: Findings) -> dict[str, Tongue]:
    """The languages below `messages`, those that can be used; whatever is wrong is noted."""
    found = {}
    for code in sorted({name.split("/")[1] for name in files if re.fullmatch("messages/[^/]+/[^/]+", name)}):
        place = f"messages/{code}"
        language = _language(files, f"{place}/language.toml", findings)
        if language is not None:
            made = environment()
            moment = language.moment_in(zone)
            made.filters["moment"] = moment
            texts: dict[str, Text] = {}
            for reader in READERS:
                texts |= _texts(files, f"{place}/{reader}.toml", made, findings)
            frame = _frame(f"{place}/language.toml", language.frame, made, findings)
            found[code] = Tongue(language, moment, frame, texts)
    return found


def _language(files: Files, file: str, findings: Findings) -> Language | None:
    data = _toml(files, file, findings)
    if data is None:
        return None
    try:
        return Language.model_validate(data)
    except ValidationError as error:
        _note_all(error, file, (), findings)
        return None


def _frame(file: str, frame: Frame, made: SandboxedEnvironment, findings: Findings) -> dict[str, Template]:
    sentences = {}
    for name, text in frame.model_dump().items():
        template = _template(made, text, file, ("frame", name), findings)
        if template is not None:
            sentences[name] = template
    return sentences


def _texts(files: Files, file: str, made: SandboxedEnvironment, findings: Findings) -> dict[str, Text]:
    if file.endswith("/office.toml") and file not in files:
        return {}
    found = {}
    for name, source in (_toml(files, file, findings) or {}).items():
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
        found = made.from_string(text)
    except TemplateSyntaxError as error:
        findings.note_at(file, path, f"{'.'.join(path)}: {error.message}")
        return None
    if isinstance(found, Fixed) and "{" not in text:
        found.said = found.render()
    return found


def _toml(files: Files, file: str, findings: Findings) -> dict[str, object] | None:
    text = findings.text(file, files.get(file))
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

"""The files of a pack that messages are made from, beside the texts: the table, the layouts, the limits."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any, Final

from jinja2 import Template, TemplateError

from services.notifier.table import Gathering, Quiet, Rule, read_rules
from services.notifier.texts import environment
from shared.pack.problems import Findings

TABLE: Final = "messages.csv"
RULES: Final = "messages/rules.toml"
LAYOUTS: Final = ("mail.txt", "mail.html", "whatsapp.txt")


def read_table(folder: Path, findings: Findings) -> tuple[Rule, ...]:
    """The rows of the table, those that can be used."""
    path = folder / TABLE
    text = findings.text(TABLE, path.read_bytes() if path.exists() else None)
    rules = []
    for line, rule in read_rules(text or "") if text else ():
        if isinstance(rule, str):
            findings.note(TABLE, line, rule)
        else:
            rules.append(rule)
    return tuple(rules)


def read_layouts(folder: Path, findings: Findings) -> dict[str, Template]:
    """What surrounds the words, by file name; values in HTML are escaped."""
    layouts = {}
    for name in LAYOUTS:
        file = f"messages/{name}"
        path = folder / file
        text = findings.text(file, path.read_bytes() if path.exists() else None)
        try:
            layouts[name] = environment(markup=name.endswith(".html")).from_string(text or "")
        except TemplateError as error:
            findings.note(file, getattr(error, "lineno", 0) or 0, str(error))
    return layouts


@dataclass(frozen=True, slots=True)
class Limits:
    """When phones keep silent, how long a text message may be, when offices are told together."""

    quiet: Quiet
    sms_parts: int
    gathering: Gathering


def read_limits(folder: Path, findings: Findings) -> Limits:
    """`messages/rules.toml`; what is wrong is noted."""
    path = folder / RULES
    text = findings.text(RULES, path.read_bytes() if path.exists() else None) or ""
    try:
        facts = tomllib.loads(text)
        night = facts["quiet"]
        quiet = Quiet(time.fromisoformat(night["start"]), time.fromisoformat(night["end"]), frozenset(night["kinds"]))
        return Limits(quiet, int(facts["sms"]["parts"]), _gathering(facts["digest"]))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        findings.note(
            RULES, 0,
            "needs [quiet] with start, end, kinds, [sms] with parts and [digest] with kinds and one of at, minutes: "
            f"{error}",
        )  # fmt: skip
        return Limits(Quiet(time(0), time(0), frozenset()), 0, Gathering(frozenset(), minutes=1))


def _gathering(facts: Mapping[str, Any]) -> Gathering:
    if ("at" in facts) == ("minutes" in facts):
        raise ValueError("[digest] needs one of at, minutes")
    minutes = int(facts.get("minutes", 0))
    if "minutes" in facts and not 1 <= minutes <= 1440:
        raise ValueError("minutes must be 1 to 1440")
    return Gathering(frozenset(facts["kinds"]), time.fromisoformat(facts["at"]) if "at" in facts else None, minutes)

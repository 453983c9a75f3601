"""The files of a pack that messages are made from, beside the texts: the table, the layouts, the limits."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any, Final

from jinja2 import Template, TemplateError

from services.notifier.table import Gathering, Quiet, Rule, read_rules
from services.notifier.texts import Files, environment
from shared.pack.problems import Findings

TABLE: Final = "messages.csv"
RULES: Final = "messages/rules.toml"
LAYOUTS: Final = ("mail.txt", "mail.html", "whatsapp.txt")


def read_table(files: Files, findings: Findings) -> tuple[Rule, ...]:
    """The rows of the table, those that can be used."""
    text = findings.text(TABLE, files.get(TABLE))
    rules = []
    for line, rule in read_rules(text or "") if text else ():
        if isinstance(rule, str):
            findings.note(TABLE, line, rule)
        else:
            rules.append(rule)
    return tuple(rules)


def read_layouts(files: Files, findings: Findings) -> dict[str, Template]:
    """What surrounds the words, by file name; values in HTML are escaped."""
    layouts = {}
    for name in LAYOUTS:
        file = f"messages/{name}"
        text = findings.text(file, files.get(file))
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


def read_limits(files: Files, findings: Findings) -> Limits:
    """`messages/rules.toml`; what is wrong is noted."""
    text = findings.text(RULES, files.get(RULES)) or ""
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


def read_receipt_wait(files: Files, findings: Findings) -> timedelta:
    """How long a message that was handed over may stay without a receipt before it counts as not delivered."""
    try:
        wait = timedelta(hours=tomllib.loads(files.get(RULES, b"").decode())["receipts"]["wait_hours"])
        if wait > timedelta(0):
            return wait
        findings.note(RULES, 0, "receipts.wait_hours must be more than 0")
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        findings.note(RULES, 0, f"needs [receipts] with wait_hours: {error}")
    return timedelta(0)

"""Reads `life.toml`, `clocks.csv` and `escalation.csv` of a pack: every problem is noted with its file and line."""

import re
import tomllib
from collections.abc import Mapping
from typing import Final

from pydantic import TypeAdapter, ValidationError

from shared.pack.life import ACTS, AMOUNT, ROLES, SETTLEMENT, ClockPlan, Life, Policy, Step
from shared.pack.model import Agency, SlaRule
from shared.pack.problems import Findings
from shared.pack.rows import rows_of
from shared.pack.tables import Row, Table

POLICY_FILE: Final = "life.toml"
CLOCKS: Final = ("clock", "rule", "runs_in", "stands_in", "starts", "anew", "again")
STEPS: Final = ("clock", "kind", "threshold", "after", "level", "notify", "basis")
_KINDS: Final = ("warned", "breached", "escalated", *ACTS)
_OPEN: Final = (
    "received", "at_desk", "needs_information", "assigned", "in_progress", "answered", "completed", "reopened",
)  # fmt: skip
_POLICY: TypeAdapter[Policy] = TypeAdapter(Policy)


def read_life(
    files: dict[str, bytes], rules: Mapping[str, SlaRule], agencies: Mapping[str, Agency], findings: Findings
) -> Life | None:
    """The life of a pack; None, and every problem noted, where its policy cannot be used."""
    clocks = _read_clocks(files, rules, findings)
    steps = _read_steps(files, clocks, agencies, findings)
    policy = _read_policy(files, findings)
    return None if policy is None else Life(policy, tuple(clocks.items.values()), steps)


def _read_policy(files: dict[str, bytes], findings: Findings) -> Policy | None:
    text = findings.text(POLICY_FILE, files.get(POLICY_FILE))
    if text is None:
        return None
    try:
        return _POLICY.validate_python(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        findings.note(POLICY_FILE, 0, f"not TOML: {error}")
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_input=False):
            path = tuple(str(part) for part in problem["loc"])
            findings.note_at(POLICY_FILE, path, f"{'.'.join(path)}: {problem['msg']}")
    return None


def _read_clocks(files: dict[str, bytes], rules: Mapping[str, SlaRule], findings: Findings) -> Table[ClockPlan]:
    table: Table[ClockPlan] = Table("clocks.csv")
    for row in rows_of(files, table.file, CLOCKS, findings):
        plan = ClockPlan(
            name=row.code("clock"),
            rules=row.words("rule"),
            runs_in=_statuses(row, "runs_in"),
            stands_in=_statuses(row, "stands_in"),
            from_receipt=row.text("starts") != "entry",
            from_completion=row.text("starts") == "complete",
            anew=_statuses(row, "anew"),
            again=row.flag("again"),
        )
        for rule in plan.rules:
            if rule not in rules and plan.rules != (SETTLEMENT,):
                row.note(f"rule: {rule} is no row of sla_rules.csv")
        if not row.text("rule"):
            continue
        if row.optional("starts") not in {None, "received", "entry", "complete"}:
            row.note("starts: is none of received, entry, complete")
        if plan.runs_in & plan.stands_in:
            row.note("a clock cannot run and be paused in the same status")
        if plan.anew - plan.runs_in:
            row.note("anew: only statuses in which the clock runs")
        table.add(plan.name, plan, row.line, findings)
    return table


def _statuses(row: Row, column: str) -> frozenset[str]:
    statuses = row.words(column)
    for status in statuses:
        if status not in _OPEN:
            row.note(f"{column}: {status!r} is no status in which a report waits")
    return frozenset(statuses)


def _read_steps(
    files: dict[str, bytes], clocks: Table[ClockPlan], agencies: Mapping[str, Agency], findings: Findings
) -> dict[str, tuple[Step, ...]]:
    found: dict[str, list[Step]] = {name: [] for name in clocks.items}
    for row in rows_of(files, "escalation.csv", STEPS, findings):
        step = Step(
            kind=row.text("kind"),
            threshold=_share(row),
            after=row.optional("after"),
            level=row.count("level"),
            notify=row.words("notify"),
        )
        _check_step(row, step, agencies)
        if row.code("clock") in found:
            found[row.code("clock")].append(step)
        else:
            row.note(f"clock: {row.optional('clock')} is no row of clocks.csv")
    return {name: tuple(steps) for name, steps in found.items()}


def _share(row: Row) -> float:
    text = row.text("threshold")
    if not re.fullmatch(r"1|1\.0|0\.[0-9]{1,4}", text) or float(text) == 0:
        row.note(f"threshold: {text!r} is no share above 0 and at most 1")
        return 1.0
    return float(text)


def _check_step(row: Row, step: Step, agencies: Mapping[str, Agency]) -> None:
    if step.kind not in _KINDS:
        row.note(f"kind: {step.kind!r} is none of {', '.join(_KINDS)}")
    if step.after is not None and (not re.fullmatch(AMOUNT, step.after) or step.threshold < 1):
        row.note(f"after: {step.after!r} is no amount such as 5wd behind a threshold of 1")
    if bool(step.notify) == (step.kind in ACTS):
        row.note("notify: to be filled for what tells somebody, and only there")
    for code in step.notify:
        if code not in ROLES and code not in agencies:
            row.note(f"notify: {code} is neither an agency nor one of {', '.join(ROLES)}")

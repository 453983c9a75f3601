"""docs/proof.md and its picture: written by the run, never by hand."""

import os
import platform
import re
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from deploy.local.jar_lock import read_lock
from tests.chaos.campaign import Account, Done
from tests.chaos.judgement import RULES
from tests.chaos.schedule import MEANINGS

PICTURE = "pictures/recovery.png"


def write(account: Account, docs: Path, load_average: float) -> None:
    """The page and its picture below `docs`."""
    draw(account.done, docs / PICTURE)
    (docs / "proof.md").write_text(page(account, load_average, versions(account.postgres)), encoding="utf-8")


def page(account: Account, load_average: float, ran: Mapping[str, str]) -> str:
    """The page, in Markdown."""
    plan, judged = account.plan, account.judgement
    verdict = (
        "Nothing was lost, nothing came twice, and the order of each report was kept."
        if account.sound
        else f"**Not sound.**\n\n```\n{judged.text()}\n```"
    )
    skipped = "".join(f"- Left out: {kind}: {why}.\n" for kind, why in account.skipped.items())
    facts = "".join(f"| {name} | {count:,} |\n" for name, count in judged.facts.items())
    versioned = ", ".join(f"{name} {number}" for name, number in ran.items())
    door = ", ".join(f"{status or 'no answer'} {count:,}" for status, count in sorted(account.door.items())) or "none"
    return f"""# Nothing lost, nothing twice, in order: the proof

Written by `make chaos SEED={plan.seed} ROUNDS={plan.rounds}` on {datetime.now(UTC):%Y-%m-%d}; anyone can run it again,
and the same seed brings the same faults. How it is built that way: [delivery.md](delivery.md).

{verdict}

| what | how much |
|---|---|
| seed | {plan.seed} |
| faults | {len(account.done):,} |
| stretches, each on a fresh system and judged at its end | {account.stretches} |
| load, all the time | {plan.rate:g} reports/s, half of them with an address, and what agencies and reporters do |
| time under load | {account.seconds_of_load / 60:.1f} minutes |
| until all was worked off at the end of a stretch, at most | {account.seconds_to_drain:.0f} s |
| messages that channels had to send again | {account.resent:,} |
| answers of the HTTP door by status | {door} |
{facts}
## Faults and recovery

A fault ends when its cause is gone: the process was started, the connection heals, the server answers again. Recovery
is from there until the next reports to be filed, about two for each partition, had come the whole way: accepted,
routed, and the mail to the reporter taken by the relay. What had piled up goes first. Up to five faults were on at
the same time; then recovery counts from the end of the last. The last two columns are those that were alone.

| fault | what | times | median | worst | alone: median | worst |
|---|---|---|---|---|---|---|
{_rows(account.done)}
![Recovery times]({PICTURE})

## What was compared

An oracle that shares no code with the services knows what was sent and reads topics, tables and mails by itself. It
looks for:

{_rules()}
`unknown` messages are those whose sender died, or whose relay fell silent, between the attempt and its answer: policy
counts and shows them instead of sending twice ([notifications.md](notifications.md)).

## Conditions

- {os.cpu_count()} cores ({_processor()}), {platform.system()} {platform.release()}; load average when it
  started {load_average:.1f}.
- Everything on this one machine: broker, database, services, the crowd, the oracle. The database forces its writes to
  the disk; there is one broker without replicas, so its disk is taken to survive (a killed process loses none of it).
- {versioned}.
{skipped}"""


def _rows(done: Sequence[Done]) -> str:
    rows = []
    for kind, meaning in MEANINGS.items():
        mine = [one for one in done if one.fault.kind == kind]
        if mine:
            every = [one.recovery for one in mine if one.recovery is not None]
            alone = [one.recovery for one in mine if one.recovery is not None and one.alone]
            rows.append(f"| {kind} | {meaning} | {len(mine)} | {_middle(every)} | {_middle(alone)} |")
    every = [one.recovery for one in done if one.recovery is not None]
    alone = [one.recovery for one in done if one.recovery is not None and one.alone]
    rows.append(f"| all | | {len(done)} | {_middle(every)} | {_middle(alone)} |")
    return "\n".join(rows) + "\n"


def _middle(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds):.1f} s | {max(seconds):.1f} s" if seconds else "- | -"


def _rules() -> str:
    return "".join(f"- {meaning};\n" for meaning in RULES.values())


def draw(done: Sequence[Done], file: Path) -> None:
    """Each fault's recovery time, by kind."""
    import matplotlib as mpl  # noqa: PLC0415 - slow to load, and only needed here

    mpl.use("agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    kinds = [kind for kind in MEANINGS if any(one.fault.kind == kind for one in done)]
    figure, axes = plt.subplots(figsize=(9, 0.6 + 0.45 * len(kinds)), layout="constrained")
    for place, kind in enumerate(reversed(kinds)):
        seconds = [one.recovery for one in done if one.fault.kind == kind and one.recovery is not None]
        lifts = [place + (number * 37 % 21 - 10) / 32 for number in range(len(seconds))]
        axes.scatter(seconds, lifts, s=9, alpha=0.5, linewidths=0)
        if seconds:
            axes.vlines(statistics.median(seconds), place - 0.38, place + 0.38, colors="black", linewidth=1.5)
    axes.set_yticks(range(len(kinds)), list(reversed(kinds)))
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter(lambda x, _place: f"{x:g}" if x > 1 else "")  # closer ones would touch
    axes.set_xlabel("seconds from the end of the fault until fresh reports came the whole way (line: median)")
    axes.grid(visible=True, axis="x", alpha=0.3)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=110)
    plt.close(figure)


def versions(postgres: str) -> dict[str, str]:
    """What ran."""
    kafka = next(jar.version for jar in read_lock() if jar.artifact.startswith("kafka_"))
    names = ("faststream", "aiokafka", "asyncpg")
    return {
        "Kafka": kafka,
        "PostgreSQL": postgres,
        "Python": platform.python_version(),
        **{name: version(name) for name in names},
        "Tanggap": _revision(),
    }


def _revision() -> str:
    asked = subprocess.run(("git", "rev-parse", "--short", "HEAD"), check=False, capture_output=True, text=True)
    return asked.stdout.strip() or "unknown"


def _processor() -> str:
    if sys.platform == "linux":
        found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
        if found:
            return found[1].strip()
    return platform.machine()

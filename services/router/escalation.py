"""When a clock wakes somebody, and whom: the steps of `escalation.csv` on a running clock. Pure."""

from collections.abc import Sequence
from datetime import datetime

from services.router.amounts import parse_amount
from services.router.case import Case
from services.router.clocks import Clock
from services.router.deadlines import due, when_used
from shared.calendar import Calendar
from shared.pack import Pack
from shared.pack.life import ACTS, Step


def instant(step: Step, clock: Clock, calendar: Calendar) -> datetime:
    """When `step` is due: at its share of the clock's own time, or so much after its end."""
    if step.after is not None:
        return due(calendar, clock.due_at, parse_amount(step.after)).due_at
    return clock.due_at if step.threshold >= 1 else when_used(clock.deadline(calendar), step.threshold)


def next_instant(clock: Clock, steps: Sequence[Step], done: int, calendar: Calendar) -> datetime | None:
    """When the first of the steps that are not `done` is due; None where the clock stands or has none left."""
    return instant(steps[done], clock, calendar) if clock.state == "running" and done < len(steps) else None


def recipients(steps: Sequence[Step], index: int, case: Case, pack: Pack) -> tuple[str, ...]:
    """The offices that a step tells; those of the next step where it has nobody, at last the desk."""
    for step in steps[index:]:
        found = own_offices(step, case, pack)
        if found and step.kind not in ACTS:
            return found
    return (pack.deployment.offices.desk,)


def own_offices(step: Step, case: Case, pack: Pack) -> tuple[str, ...]:
    """The offices that a step itself names, as far as they exist; each once."""
    found = (office for name in step.notify if (office := _office(name, case, pack)) is not None)
    return tuple(dict.fromkeys(found))


def _office(name: str, case: Case, pack: Pack) -> str | None:
    agency = pack.agencies.get(case.agency or "")
    if name == "holder":
        return case.agency or pack.deployment.offices.desk
    if name == "superior":
        return agency.parent if agency else None
    if name == "desk":
        return pack.deployment.offices.desk
    return pack.deployment.offices.inspectorate if name == "inspectorate" else name

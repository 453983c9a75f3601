"""What an officer orders, as JSON, and what it asks of a report. Pure."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from services.router.case import Case, Command
from services.router.commands import code_for_all
from services.router.rules import Rules
from shared.events import Code, ExternalId, Text
from shared.masking import hide_identity

# The paths of orders, and what each is called in the table of transitions.
ACTIONS: Final = {"assign": "assign", "refer": "refer", "reject": "reject", "ask": "ask_reporter"}


class Order(BaseModel):
    """The body of an order. `command_id` makes a repeat harmless; `sequence` is the step that the officer has seen."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    command_id: ExternalId
    sequence: Annotated[int, Field(ge=1)] | None = None
    agency: Code | None = None
    reason_code: Code | None = None
    note: Text | None = None


def command_of(order: Order, action: str, case: Case, at: datetime, rules: Rules) -> Command | str:
    """The command in an order; the code of what is wrong with it where it cannot be one."""
    if order.sequence is not None and order.sequence != case.sequence:
        return "out-of-date"
    destination = None
    if action == "assign" and order.agency:
        acting = rules.pack.acting(order.agency, at.astimezone(rules.calendar.zone).date())
        if acting is None:
            return "unknown-agency"
        destination = acting.code
    if action == "refer" and order.agency:
        destination = rules.outside(order.agency)
        if destination is None:
            return "not-outside-the-city"
    return Command(
        action=ACTIONS[action],
        actor="desk",
        at=at,
        destination=destination,
        note=hide_identity(order.note) if order.note else None,
        reason_code=code_for_all(order.reason_code),
    )

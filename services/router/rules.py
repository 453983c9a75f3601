"""The rules of one deployment as the life of a report needs them: its pack, its routes, its clocks. Built once."""

from dataclasses import dataclass
from datetime import datetime

from services.router.clocks import Clock
from services.router.routing import Routes
from shared.calendar import Calendar
from shared.pack import Pack
from shared.pack.life import SETTLEMENT, ClockPlan, Life, Policy
from shared.pack.model import SlaRule


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides: replace as a whole."""

    routes: Routes
    life: Life

    @classmethod
    def of(cls, pack: Pack) -> "Rules":
        """The rules of a pack."""
        return cls(Routes.of(pack), pack.life)

    @property
    def pack(self) -> Pack:
        """The deployment's data."""
        return self.routes.pack

    @property
    def calendar(self) -> Calendar:
        """The calendar that new results are computed by."""
        return self.routes.pack.calendar

    @property
    def policy(self) -> Policy:
        """How often and how long."""
        return self.life.policy

    @property
    def settlement(self) -> str:
        """The name of the clock whose end the public is told."""
        return next(plan.name for plan in self.life.clocks if plan.rule == SETTLEMENT)

    def plans(self, rule_id: str) -> tuple[tuple[ClockPlan, SlaRule], ...]:
        """Each clock with its row, for a report that is settled by `rule_id`."""
        rules = self.pack.sla_rules
        return tuple((plan, rules[rule_id if plan.rule == SETTLEMENT else plan.rule]) for plan in self.life.clocks)

    def promised(self, clocks: dict[str, Clock]) -> datetime | None:
        """The public deadline."""
        clock = clocks.get(self.settlement)
        return clock.due_at if clock else None

    def outside(self, code: str | None) -> str | None:
        """The agency where it is a body outside the city, to which a report can be handed over."""
        agency = self.pack.agencies.get(code or "")
        return agency.code if agency and agency.kind == "external" else None

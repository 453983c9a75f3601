"""The rules of one deployment as the life of a report needs them: its pack, its routes, its clocks. Built once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.router.clocks import Clock
from services.router.routing import Routes
from shared.calendar import Calendar
from shared.pack import Pack
from shared.pack.life import SETTLEMENT, SETTLING, ClockPlan, Life, Policy
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
        return next(plan.name for plan in self.life.clocks if plan.rules == (SETTLEMENT,))

    def plans(self, rule_id: str) -> tuple[tuple[ClockPlan, tuple[SlaRule, ...]], ...]:
        """Each clock with its rules, for a report that is settled by `rule_id`."""
        rules = self.pack.sla_rules
        return tuple(
            (plan, tuple(rules[rule_id if rule == SETTLEMENT else rule] for rule in plan.rules))
            for plan in self.life.clocks
        )

    def promised(self, clocks: Mapping[str, Clock]) -> datetime | None:
        """The public deadline: where a class and a law both set one for the settlement, the earlier."""
        return min((clock.due_at for clock in clocks.values() if self._settles(clock)), default=None)

    def _settles(self, clock: Clock) -> bool:
        rule = self.pack.sla_rules.get(clock.rule_id)
        return clock.name == self.settlement or (rule is not None and rule.stage == SETTLING)

    def basis(self, rule_id: str, began: datetime) -> SlaRule | None:
        """The row of the pack by which a clock that began then counts; None where the pack has it no more."""
        rule = self.pack.sla_rules.get(rule_id)
        return rule.on(began.astimezone(self.calendar.zone).date()) if rule else None

    def outside(self, code: str | None) -> str | None:
        """The agency where it is a body outside the city, to which a report can be handed over."""
        agency = self.pack.agencies.get(code or "")
        return agency.code if agency and agency.kind == "external" else None

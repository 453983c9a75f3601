"""Random commands from all doors, and time between them: whatever happens, a report keeps its promises."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.router.cases.turn import Turn
from services.router.clocks import fold
from services.router.transitions import EDGES, FINAL
from tests.builders import accepted
from tests.unit.router.lives import MONDAY, RULES, command, opened

ACTIONS = sorted({(edge.action, edge.actor) for edge in EDGES if edge.actor != "system"})
AGENCIES = ("pupr", "dishub", "dlhkp", "damkar", None)


class Life(RuleBasedStateMachine):
    """One report between agencies, its reporter, the desk and time."""

    def __init__(self) -> None:
        super().__init__()
        self.now = MONDAY

    @initialize(agency=st.sampled_from(AGENCIES))
    def begins(self, agency: str | None) -> None:
        self.turn = Turn(opened(agency), accepted(), "0" * 32, None, 0, 1, sent_by="rule")
        self.first = dict(self.turn.kept.clocks)
        self.told = 0

    @rule(
        action=st.sampled_from(ACTIONS),
        speaker=st.sampled_from(AGENCIES),
        destination=st.sampled_from(AGENCIES),
        complete=st.booleans(),
    )
    def somebody_asks(
        self, action: tuple[str, str], speaker: str | None, destination: str | None, complete: bool
    ) -> None:
        whole: dict[str, Any] = {"agency": self.turn.case.agency if complete else speaker}
        if action[0] == "assign":
            whole["destination"] = destination
        elif action[0] == "not_ours":
            whole["suggested_agency"] = destination
        before = self.turn.kept
        refusal = self.turn.do(command(*action, self.now, **whole), RULES, self.now)
        assert refusal is None or self.turn.kept is before, "a refusal changes nothing"

    @rule(hours=st.sampled_from([0, 1, 30, 200, 1000]))
    def time_goes_by(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        while self.turn.pass_time(self.now, RULES, self.now):
            pass

    @invariant()
    def the_steps_follow_each_other_without_gaps(self) -> None:
        steps = self.turn.steps
        assert [step.sequence for step in steps] == list(range(3, 3 + len(steps)))
        for one, two in pairwise(steps):
            assert two.previous == one.status
            assert two.at >= one.at
        if steps:
            assert steps[-1].status == self.turn.case.status

    @invariant()
    def no_clock_runs_where_the_life_is_over_and_one_waits_where_it_is_not(self) -> None:
        running = [clock for clock in self.turn.kept.clocks.values() if clock.state == "running"]
        if self.turn.case.status in FINAL:
            assert not [clock for clock in self.turn.kept.clocks.values() if clock.state != "stopped"]
            assert self.turn.kept.next_at(RULES) is None
        else:
            assert running

    @invariant()
    def the_books_say_all_about_the_clocks(self) -> None:
        assert [entry.number for entry in self.turn.booked] == list(range(1, len(self.turn.booked) + 1))
        changed = fold(entry.event for entry in self.turn.booked if entry.event.clock not in self.first)
        assert changed == {name: clock for name, clock in self.turn.kept.clocks.items() if name not in self.first}

    @invariant()
    def no_step_of_a_clock_is_taken_twice_and_no_event_has_the_id_of_another(self) -> None:
        taken = [(one.clock, one.run, one.number) for one in self.turn.taken]
        assert len(taken) == len(set(taken))
        ids = [dict(event.headers)["ce_id"] for event in self.turn.events]
        assert len(ids) == len(set(ids))

    @invariant()
    def who_has_it_is_known(self) -> None:
        at_desk = self.turn.case.agency is None
        assert not (
            at_desk and self.turn.case.status in {"assigned", "in_progress", "answered", "completed", "reopened"}
        )
        assert self.turn.case.status != "at_desk" or at_desk


Life.TestCase.settings = settings(
    max_examples=150, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
test_a_life = Life.TestCase

"""Random commands from all doors at once, and two routers: no report in two states, no gap, no clock behind its end.

DOORS_EXAMPLES=100 draws so many examples, others each time; without it the same few are drawn on every run.
"""

import asyncio
import json
import os
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, ClassVar, Final, TypeVar
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from deploy.local.stack import quiet
from services.router.transitions import FINAL
from shared import topics
from tests.bench.bench_due import another_router
from tests.integration.books import Books, Tape, read
from tests.integration.command import tanggap
from tests.integration.conftest import System
from tests.integration.doors import Doors
from tests.integration.given import Begun, begun
from tests.integration.volley import REPORTS, VOLLEYS, Volley

T = TypeVar("T")
LONG = int(os.environ.get("DOORS_EXAMPLES", "0"))
SETTINGS = settings(
    max_examples=LONG or 8,
    stateful_step_count=6,
    derandomize=not LONG,
    deadline=None,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


@dataclass
class Town:
    """Two routers, and who may speak to them. The machine runs in a thread; what it waits for runs on `loop`."""

    system: System
    loop: asyncio.AbstractEventLoop
    routers: tuple[str, str]
    key: str
    tape: Tape
    patience: float = 30.0
    actors: set[str] = field(default_factory=set)
    stock: list[Begun] = field(default_factory=list)

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def fresh(self) -> list[Begun]:
        """Reports that nobody has asked anything of; many at once begin as fast as a few."""
        if not self.stock:
            self.stock = self.wait(begun(self.system, 10 * REPORTS))
        taken, self.stock = self.stock[:REPORTS], self.stock[REPORTS:]
        return taken


def no_report_is_in_two_states(books: Books, _doors: Doors) -> None:
    for life in books.lives:
        assert life.heard == life.kept
        assert (life.row["sequence"], life.row["status"]) == (len(life.kept), life.kept[-1]["status"])
        assert all(one["status"] == two["previous"] for one, two in pairwise(life.kept))


def no_number_is_missing_and_none_is_told_with_two_contents(books: Books, _doors: Doors) -> None:
    for life in books.lives:
        assert [step["sequence"] for step in life.heard] == list(range(1, len(life.heard) + 1))
        for number in range(1, len(life.heard) + 1):
            first, *repeats = [step for step in life.told if step["sequence"] == number]
            assert all(repeat == first for repeat in repeats)


def no_clock_runs_behind_an_end(books: Books, _doors: Doors) -> None:
    assert not books.behind_end
    assert not [life.row for life in books.lives if life.row["status"] in FINAL and life.row["next_at"]]


def the_accounts_are_in_order(books: Books, _doors: Doors) -> None:
    assert not books.wrong
    assert not books.unfinished


def every_command_is_answered_each_time_it_comes(books: Books, doors: Doors) -> None:
    assert books.answers(doors.sent) == doors.sent


def what_is_carried_out_is_one_step(books: Books, doors: Doors) -> None:
    assert max(doors.ordered.values(), default=0) <= 1
    steps = [step for life in books.lives for step in life.kept if step["actor"] != "system"]
    assert len(steps) == len(books.accepted - doors.ratings) + doors.ordered.total()


PROMISES: Final[tuple[Callable[[Books, Doors], None], ...]] = (
    no_number_is_missing_and_none_is_told_with_two_contents,
    no_report_is_in_two_states,
    no_clock_runs_behind_an_end,
    the_accounts_are_in_order,
    every_command_is_answered_each_time_it_comes,
    what_is_carried_out_is_one_step,
)


class Lives(RuleBasedStateMachine):
    """Three reports, and everybody who wants something of them at once."""

    town: ClassVar[Town]

    @initialize()
    def reports_begin(self) -> None:
        self.broken: AssertionError | None = None
        town = self.town
        self.doors = Doors(town.system, town.routers, town.key, town.fresh())
        self.books = town.wait(self._settled())

    @rule(volley=VOLLEYS)
    def everybody_asks_at_once(self, volley: Volley) -> None:
        if any(volley) and self.broken is None:
            holders = [life.row["agency"] for life in self.books.lives]
            self.town.wait(self.doors.fire(volley, holders))
            self.books = self.town.wait(self._settled())
            self.town.actors |= {step["actor"] for life in self.books.lives for step in life.told}

    @invariant()
    def promises_are_kept(self) -> None:
        """What breaks one is kept for the end of the example.

        What a real system does depends on who comes first. Did an example end where it breaks, hypothesis would not
        find its own draws again, and give up looking for a smaller one.
        """
        try:
            for promise in PROMISES if self.broken is None else ():
                promise(self.books, self.doors)
        except AssertionError as error:
            note(f"broken: {promise.__name__}")
            self.broken = error

    def teardown(self) -> None:
        if self.broken is not None:
            raise self.broken

    async def _settled(self) -> Books:
        """The books once nothing is under way; as they are where that takes too long, for the promises to judge."""
        town, ids = self.town, [report.report_id for report in self.doors.reports]
        deadline = town.loop.time() + town.patience
        while True:
            books = await read(town.system, town.tape, ids)
            if not books.unfinished and books.answers(self.doors.sent) == self.doors.sent:
                return books
            if town.loop.time() > deadline:
                town.patience = 8.0  # the smallest example is looked for by many more that wait in vain
                return books
            await asyncio.sleep(0.1)


# The loop's thread, where Kafka's client draws its nodes, does not stand still while hypothesis draws commands.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
async def test_random_commands_from_all_doors_at_once_leave_every_report_whole(system: System) -> None:
    key = json.loads((await tanggap(system.addresses, "desk", "key", uuid4().hex[:8], "--json")).stdout)["key"]
    second = another_router(system.stack, 3)
    await second.start(quiet)
    tape = await Tape.start(system)
    try:
        routers = (system.addresses["TANGGAP_ROUTER_URL"], second.part.address)
        Lives.town = town = Town(system, asyncio.get_running_loop(), routers, key, tape)
        await asyncio.to_thread(run_state_machine_as_test, Lives, settings=SETTINGS)
        assert town.actors == {"system", "agency", "reporter", "desk"}, "every door had its say"
        for url in routers:
            read_here = (await system.http.get(f"{url}/metrics")).text
            for topic in (topics.UPDATES.name, topics.REPLIES.name):
                assert f'tanggap_batch_messages_count{{topic="{topic}"}}' in read_here, "both routers had their share"
    finally:
        await tape.consumer.stop()
        await second.stop()

"""The spike pattern, with reports of years stored: lifecycles a second that jump up and down, as a crowd does."""

import asyncio
import shutil
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg

from tests.chaos import earlier
from tests.chaos.campaign import make_crowd
from tests.chaos.cast import PLAIN_LIFE, Cast
from tests.chaos.crowd import Crowd
from tests.chaos.drained import wait_until_drained
from tests.chaos.judgement import Judgement
from tests.chaos.oracle import judge
from tests.chaos.quiet import hush
from tests.chaos.site import Site

# Lifecycles a second: submit, wait for the route, acknowledge, start, complete, the reporter confirms.
PATTERN: Final = (1, 15, 1, 25, 2, 35, 10)
_PATIENCE: Final = 3 * 3600.0  # seconds: ten times the pattern is more than a small machine takes as it comes
Told = Callable[[str], None]


@dataclass(slots=True)
class Step:
    """A stretch of the pattern: how many lives began in it, how long each took, until when the last was over."""

    rate: float
    began: float
    lives: int = 0
    seconds: list[float] = field(default_factory=list)
    drained: float = 0.0  # seconds from the end of the stretch until the last of its lives was closed

    def line(self) -> str:
        """In words."""
        ordered = sorted(self.seconds) or [0.0]
        return (
            f"{self.rate:5g}/s: {self.lives:6} lives, {self.lives - len(self.seconds)} not closed, "
            f"median {statistics.median(ordered):.2f} s, 99 % {ordered[int(len(ordered) * 0.99)]:.2f} s, "
            f"worst {ordered[-1]:.2f} s, all closed {self.drained:.1f} s after its end"
        )


class _Watch:
    """Notes when each life began and ended, by the stretch in which it began."""

    def __init__(self, crowd: Crowd) -> None:
        self.steps: list[Step] = []
        self._firsts: list[int] = []
        self._crowd = crowd
        self._begun: dict[int, float] = {}
        crowd.began = self._begin
        crowd.ended = self._end

    def begin(self, rate: float) -> None:
        """A new stretch."""
        self.steps.append(Step(rate, time.monotonic()))
        self._firsts.append(self._crowd.next)
        self._crowd.rate = rate

    def _begin(self, number: int) -> None:
        self._begun[number] = time.monotonic()
        self.steps[-1].lives += 1

    def _end(self, number: int) -> None:
        now = time.monotonic()
        place = next(place for place in range(len(self._firsts) - 1, -1, -1) if self._firsts[place] <= number)
        step = self.steps[place]
        step.seconds.append(now - self._begun.pop(number))
        ends = self.steps[place + 1].began if place + 1 < len(self.steps) else now
        step.drained = max(step.drained, now - ends)


async def run(home: Path, stored: int, seconds: float, factor: float, told: Told) -> tuple[Sequence[Step], Judgement]:
    """`stored` earlier reports, then the pattern with its rates times `factor`, each for `seconds`; then the oracle."""
    hush()
    shutil.rmtree(home, ignore_errors=True)
    async with Site(home, direct=True) as site:
        await site.start()
        cast = Cast(1, "spike", lives=1.0, doors=0.0, played=(PLAIN_LIFE,))
        crowd = await make_crowd(site, cast, PATTERN[0])
        watch = _Watch(crowd)
        watch.begin(PATTERN[0])
        await crowd.start()
        try:
            await _store(site, watch, stored, told)
            for rate in PATTERN:
                watch.begin(rate * factor)
                await asyncio.sleep(seconds)
                crowd.check()
                told(f"after {rate * factor:g}/s: {crowd.unfinished()} lives under way")
            ended = time.monotonic()
            await crowd.stop_filing(_PATIENCE)
            await wait_until_drained(site, crowd.unfinished, _PATIENCE)
            told(f"drained {time.monotonic() - ended:.1f} s after the last report")
            crowd.check()
        finally:
            await crowd.stop()
        return watch.steps[1:], await judge(site, cast, crowd.ledger)


async def _store(site: Site, watch: _Watch, stored: int, told: Told) -> None:
    """Wait for the first life to be over, then copy it."""
    while not watch.steps[0].seconds:  # noqa: ASYNC110 - a database sets no asyncio event, here and below
        await asyncio.sleep(0.2)
    con = await asyncpg.connect(site.addresses["TANGGAP_DATABASE_URL"])
    try:
        template: UUID = await con.fetchval("select report_id from router.report where status = 'closed' limit 1")
        due = "select true from notifier.notification where report_id = $1 and next_attempt_at is not null limit 1"
        while await con.fetchval(due, template):  # noqa: ASYNC110
            await asyncio.sleep(0.2)
        await earlier.copy(con, template, stored, told)
        size = await con.fetchval("select pg_size_pretty(pg_database_size(current_database()))")
        told(f"{stored:,} earlier reports are stored: {size}")
    finally:
        await con.close()

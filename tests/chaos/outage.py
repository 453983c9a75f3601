"""The broker away for a minute, then the database, under load: who notices, and how soon is all well again?"""

import asyncio
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deploy.local.member import Member
from tests.chaos.campaign import make_crowd
from tests.chaos.cast import Cast
from tests.chaos.crowd import Crowd
from tests.chaos.drained import wait_until_drained
from tests.chaos.judgement import Judgement
from tests.chaos.oracle import judge
from tests.chaos.quiet import hush
from tests.chaos.recovery import Recovery
from tests.chaos.site import Site

Told = Callable[[str], None]
_PATIENCE = 600.0  # seconds: what piled up in a minute takes a small machine some


@dataclass(frozen=True, slots=True)
class Absence:
    """What the absence of a server did."""

    server: str
    seconds: float
    answers: dict[int, int]  # of the HTTP door meanwhile, by status; 0: no answer
    without_retry_after: int
    errors_after_return: int  # publications of channels that began once the server was back, and failed
    resumed: float | None  # seconds from the return until the first reporter was told of something
    caught_up: float | None  # seconds until reports filed from then on had come the whole way, behind what had piled up


async def run(home: Path, rate: float, seconds: float, told: Told) -> tuple[list[Absence], Judgement]:
    """Both absences one after the other, and the oracle's judgement of it all."""
    hush()
    shutil.rmtree(home, ignore_errors=True)
    async with Site(home, direct=True) as site:
        await site.start()
        cast = Cast(1, "outage")
        crowd = await make_crowd(site, cast, rate)
        recovery = Recovery(site.relay, cast, lambda: crowd.next)
        await crowd.start()
        found = []
        try:
            await asyncio.sleep(5)
            for member in (site.kafka, site.postgres):
                found.append(await _away(site, member, crowd, recovery, seconds))
                told(f"{found[-1]}")
                await asyncio.sleep(5)
            await crowd.stop_filing()
            drained = await wait_until_drained(site, crowd.unfinished)
            told(f"drained {drained:.1f} s after the last report")
            crowd.check()
        finally:
            await crowd.stop()
        return found, await judge(site, cast, crowd.ledger)


async def _away(site: Site, member: Member, crowd: Crowd, recovery: Recovery, seconds: float) -> Absence:
    ledger = crowd.ledger
    await member.kill()
    answers, lacking = ledger.answers.copy(), ledger.lacking_retry
    await asyncio.sleep(seconds)
    meanwhile, lacked = ledger.answers - answers, ledger.lacking_retry - lacking
    await member.start(lambda _line: None)
    back = time.monotonic()
    caught_up = await recovery.seconds_since(back, _PATIENCE)
    resumed = recovery.first - back if caught_up is not None else None
    failed = sum(began > back for began in ledger.failed)
    return Absence(member.name, seconds, dict(meanwhile), lacked, failed, resumed, caught_up)

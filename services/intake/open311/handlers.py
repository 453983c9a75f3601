"""What the public view keeps of `reports.routed`: under which topic the router has a report."""

from collections.abc import Sequence

from services.intake.open311 import store
from shared import kinds
from shared.database import Pool
from shared.envelope import Record
from shared.events import ReportRouted
from shared.outbox import Outbox
from shared.reading import read


class Topics:
    """The handler of `reports.routed`."""

    def __init__(self, pool: Pool, outbox: Outbox) -> None:
        self._pool = pool
        self._outbox = outbox

    async def __call__(self, batch: Sequence[Record]) -> None:
        """Keep the topic of each report's latest hop, in whatever order and however often they come."""
        routed, letters = read(batch, kinds.REPORT_ROUTED, ReportRouted, "intake")
        async with self._pool.acquire() as con, con.transaction():
            await store.keep_topics(con, [route for _, route in routed])
            await self._outbox.add(con, letters)
        await self._outbox.flush()

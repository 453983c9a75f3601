"""What the public view keeps of `reports.routed`: under which topic the router has a report."""

from collections.abc import Sequence

from services.intake.open311 import store
from services.intake.open311.answers import Hop
from shared import kinds
from shared.database import Pool
from shared.envelope import Record
from shared.outbox import Outbox
from shared.reading import read


class Topics:
    """The handler of `reports.routed`."""

    def __init__(self, pool: Pool, outbox: Outbox) -> None:
        self._pool = pool
        self._outbox = outbox

    async def __call__(self, batch: Sequence[Record]) -> None:
        """Keep the topic of each report's latest hop, in whatever order and however often they come."""
        hops, letters = read(batch, kinds.REPORT_ROUTED, Hop, "intake")
        async with self._pool.acquire() as con, con.transaction():
            await store.keep_topics(con, [hop for _, hop in hops])
            await self._outbox.add(con, letters)
        await self._outbox.flush()

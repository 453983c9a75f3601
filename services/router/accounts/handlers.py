"""Each minute: is every report accounted for, and who waits longest? As metrics."""

from datetime import UTC, date, datetime, timedelta
from typing import Final, get_args
from uuid import UUID

from services.router.accounts import store
from services.router.accounts.tracking import oldest_unhandled
from services.router.calendars.store import Rulebook
from services.router.transitions import FINAL
from shared import log, metrics, topics
from shared.database import Pool
from shared.events import Status

STATUSES: Final = get_args(Status)
EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_log = log.get("router")


class Accounts:
    """The same look at the books as `tanggap reconcile` takes: at all when it comes up, then at what has changed."""

    def __init__(self, book: Rulebook, pool: Pool, servers: str) -> None:
        self._book, self._pool, self._servers = book, pool, servers
        self._looked_at = EVER
        self._wrong: list[UUID] = []

    async def observe_lives(self) -> None:
        """Tell who waits longest, what is on time, and how many reports are unaccounted for."""
        now = datetime.now(UTC)
        async with self._pool.acquire() as con:
            rules = await self._book.in_force(con)
            wrong = await store.wrong(con, STATUSES, sorted(FINAL), self._looked_at, self._wrong)
            unassigned, untaken = await store.waits(con, now)
            on_time, closed, overdue = await store.on_time(con, rules.settlement)
        # A change that was committed late is looked at the next time.
        self._looked_at, self._wrong = now - timedelta(minutes=5), [report_id for report_id, _ in wrong]
        for report_id, what in wrong:
            _log.error("report.unaccounted", report_id=str(report_id), wrong=what)
        metrics.UNACCOUNTED.set(len(wrong))
        metrics.OLDEST_UNASSIGNED.set(unassigned)
        metrics.OLDEST_UNESCALATED.set(untaken)
        metrics.ON_TIME.set(on_time / (closed + overdue) if closed + overdue else 1.0)
        accepted_at = await oldest_unhandled(self._servers, topics.ACCEPTED.name)
        metrics.OLDEST_UNROUTED.set(max(0.0, now.timestamp() - accepted_at) if accepted_at else 0.0)
        year = rules.calendar.last_year
        today = now.astimezone(rules.calendar.zone).date()
        metrics.CALENDAR_DAYS_LEFT.set((date(year, 12, 31) - today).days if year else 0)

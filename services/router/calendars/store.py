"""The calendars: which one applies, and the rules by it. The last one applied wins over the pack's."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from services.router.learned.handlers import Switch
from services.router.learned.judgement import Model
from services.router.learned.store import SWITCHED_ON
from services.router.rules import Rules
from shared import log
from shared.calendar import parse_calendar
from shared.database import Connection

_log = log.get("router")


class Rulebook:
    """The rules in force. Asked within each transaction, so that a new calendar counts at once on every router."""

    def __init__(self, rules: Rules, written: str) -> None:
        """`written` is the text of the pack's own calendar."""
        self.rules = rules
        self._written = written
        self._switch = Switch()
        self._registered = False

    def take(self, rules: Rules, written: str) -> None:
        """Put other rules in the place of these, with the text of their own calendar, in one step."""
        self.rules, self._written, self._registered = rules, written, False

    async def in_force(self, con: Connection) -> Rules:
        """The rules by the calendar that was applied last, with the model that is switched on."""
        if not self._registered:
            await self._register(con)
        asked = await con.fetchrow(
            f"""select (select version from router.calendar order by number desc limit 1) as calendar,
                       ({SWITCHED_ON}) as model"""
        )
        assert asked is not None  # noqa: S101 - a query without a table has one row
        version = asked["calendar"]
        if version is None:  # registered in a transaction that was given up
            self._registered = False
        elif version != self.rules.calendar.version:
            written = await con.fetchval("select written from router.calendar where version = $1", version)
            self.rules = by_calendar(self.rules, written)  # of the rules as they are now, should a pack have come
            _log.info("calendar.changed", calendar_version=version)
        return await self._with_model(con, asked["model"])

    async def _with_model(self, con: Connection, switched_on: str | None) -> Rules:
        while True:
            version = self.rules.pack.version
            model = await self._switch.follow(con, switched_on, self.rules.pack)
            # A pack may have come while that was asked: its rules stay, and the model is asked about for it anew.
            if self.rules.pack.version == version:
                self.rules = by_model(self.rules, model)
                return self.rules

    async def _register(self, con: Connection) -> None:
        """A calendar that comes with a new pack is applied to what begins from now on."""
        version = self.rules.calendar.version
        stored = await register(con, version, self._written, datetime.now(UTC))
        if stored not in {None, self._written}:
            _log.error("calendar.same-version-other-content", calendar_version=version)
        self._registered = True


def by_calendar(rules: Rules, written: str) -> Rules:
    """The same rules by another calendar; CalendarError where it is none."""
    pack = replace(rules.pack, calendar=parse_calendar(written))
    return replace(rules, routes=replace(rules.routes, pack=pack))


def by_model(rules: Rules, model: Model | None) -> Rules:
    """The same rules with another model, or none."""
    if rules.routes.model is model:
        return rules
    return replace(rules, routes=replace(rules.routes, model=model))


async def register(con: Connection, version: str, written: str, now: datetime) -> str | None:
    """Keep a calendar under its version, once; the text that is kept under it, None where that is being written."""
    kept: str | None = await con.fetchval(
        """with new as (
                insert into router.calendar (version, written, applied_at) values ($1, $2, $3)
                on conflict do nothing returning written)
           select written from new union all select written from router.calendar where version = $1 limit 1""",
        version,
        written,
        now,
    )
    return kept


async def other_calendar(con: Connection, version: str, after: UUID, most: int) -> Sequence[UUID]:
    """Open reports with an open clock by another calendar than this one, by id."""
    rows = await con.fetch(
        """select r.report_id from router.report r
            where r.status not in ('closed', 'referred', 'rejected', 'withdrawn') and r.report_id > $2
              and exists (select 1 from (select distinct on (clock) kind, calendar_version
                                           from router.clock_event e where e.report_id = r.report_id
                                          order by clock, number desc) now
                           where now.kind <> 'stop' and now.calendar_version <> $1)
            order by r.report_id limit $3""",
        version,
        after,
        most,
    )
    return [row["report_id"] for row in rows]

"""The SQL of packs: kept whole under their versions, and the reports that were decided by them."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.database import Connection

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Decided:
    """A report as it was accepted, with a decision on it (JSON, both) and who got it; `agency` None is the desk.

    `number` counts the decisions on the report, `hop` how often an agency had got it with this one.
    """

    report_id: UUID
    tracking_code: str
    accepted: dict[str, Any]
    decision: dict[str, Any]
    agency: str | None
    number: int = 1
    hop: int = 0


async def keep(con: Connection, version: str, content: bytes, now: datetime) -> None:
    """Keep a pack, once."""
    await con.execute(
        "insert into router.pack (version, content, first_used_at) values ($1, $2, $3) on conflict do nothing",
        version,
        content,
        now,
    )


async def content(con: Connection, version: str) -> bytes | None:
    """The archive of a pack; None where it was never used here."""
    found: bytes | None = await con.fetchval("select content from router.pack where version = $1", version)
    return found


async def decided(con: Connection, code: str) -> list[Decided]:
    """Every decision on the report with a tracking code (as it is kept), in order."""
    rows = await con.fetch(
        """select r.report_id, r.tracking_code, r.accepted, h.decision, h.agency, h.number, h.hop
             from router.report r join router.hop h on h.report_id = r.report_id
            where r.tracking_code = $1 order by h.number""",
        code,
    )
    return [Decided(*row.values()) for row in rows]


async def decided_since(con: Connection, since: datetime) -> AsyncIterator[Sequence[Decided]]:
    """All reports received since then with their first decisions, page by page in the order of their ids."""
    after = UUID(int=0)
    while True:
        rows = await con.fetch(
            """select r.report_id, r.tracking_code, r.accepted, h.decision, h.agency
                 from router.report r join router.hop h on h.report_id = r.report_id and h.number = 1
                where r.received_at >= $1 and r.report_id > $2
                order by r.report_id limit $3""",
            since,
            after,
            _AT_ONCE,
        )
        if not rows:
            return
        yield [Decided(*row.values()) for row in rows]
        after = rows[-1]["report_id"]

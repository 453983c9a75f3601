"""SQL of what reporters answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.database import Connection
from shared.vault import Sealed


@dataclass(frozen=True, slots=True)
class NewReply:
    """A row of `intake.reply`."""

    report_id: UUID
    at: datetime
    reply_id: str
    action: str
    text: str | None


async def reports_by_code(con: Connection, codes: Sequence[str]) -> Mapping[str, UUID]:
    """The reports with these tracking codes."""
    rows = await con.fetch(
        "select tracking_code, report_id from intake.report where tracking_code = any($1::text[])", codes
    )
    return {row["tracking_code"]: row["report_id"] for row in rows}


async def read_vault(con: Connection, reasons: Mapping[UUID, str]) -> Mapping[UUID, Sealed]:
    """The sealed identities of reports, each reading logged with its reason; an erased one is not there."""
    if not reasons:
        return {}
    rows = await con.fetch(
        "select report_id, master_key, wrapped_key, sealed from intake.read_vault($1, $2)",
        list(reasons),
        list(reasons.values()),
    )
    return {row["report_id"]: Sealed(row["master_key"], row["wrapped_key"], row["sealed"]) for row in rows}


async def insert_replies(con: Connection, replies: Sequence[NewReply]) -> None:
    """Keep each reply once."""
    await con.execute(
        """insert into intake.reply (report_id, at, reply_id, action, text)
           select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
           on conflict do nothing""",
        [reply.report_id for reply in replies],
        [reply.at for reply in replies],
        [reply.reply_id for reply in replies],
        [reply.action for reply in replies],
        [reply.text for reply in replies],
    )

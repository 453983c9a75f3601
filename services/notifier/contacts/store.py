"""SQL of contacts: what the vault holds, and who asked to be left alone."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from services.notifier.planning import Message
from shared.database import Connection, Pool
from shared.vault import Sealed


async def read_vault(pool: "Pool | Connection", messages: Sequence[Message]) -> Mapping[UUID, Sealed]:
    """The sealed identities behind `messages`, each reading logged with its reason; an erased one is not there."""
    rows = await pool.fetch(
        "select report_id, master_key, wrapped_key, sealed from intake.read_vault($1, $2)",
        [message.news.report_id for message in messages],
        [f"notification {message.notification_id}" for message in messages],
    )
    return {row["report_id"]: Sealed(row["master_key"], row["wrapped_key"], row["sealed"]) for row in rows}


async def stop(pool: Pool, contact: bytes, now: datetime) -> None:
    """Keep that `contact` is not to be written to; a repeat changes nothing."""
    await pool.execute(
        "insert into notifier.stopped (contact, stopped_at) values ($1, $2) on conflict do nothing", contact, now
    )


async def start_again(pool: Pool, contact: bytes) -> None:
    """Forget that `contact` asked."""
    await pool.execute("delete from notifier.stopped where contact = $1", contact)


async def stopped(con: "Pool | Connection", contacts: Collection[bytes]) -> set[bytes]:
    """Those of `contacts` that asked."""
    rows = await con.fetch("select contact from notifier.stopped where contact = any($1)", list(contacts))
    return {row["contact"] for row in rows}

"""SQL of contacts: who asked to be left alone."""

from collections.abc import Collection
from datetime import datetime

from shared.database import Pool


async def stop(pool: Pool, contact: bytes, now: datetime) -> None:
    """Keep that `contact` is not to be written to; a repeat changes nothing."""
    await pool.execute(
        "insert into notifier.stopped (contact, stopped_at) values ($1, $2) on conflict do nothing", contact, now
    )


async def start_again(pool: Pool, contact: bytes) -> None:
    """Forget that `contact` asked."""
    await pool.execute("delete from notifier.stopped where contact = $1", contact)


async def stopped(pool: Pool, contacts: Collection[bytes]) -> set[bytes]:
    """Those of `contacts` that asked."""
    rows = await pool.fetch("select contact from notifier.stopped where contact = any($1)", list(contacts))
    return {row["contact"] for row in rows}

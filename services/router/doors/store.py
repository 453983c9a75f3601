"""The SQL of requests: which report is meant, and what was asked before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.database import Connection


async def find(con: Connection, ids: Sequence[UUID], codes: Sequence[str]) -> Mapping[UUID, str]:
    """The reports with these ids or tracking codes: code by id."""
    rows = await con.fetch(
        """select report_id, tracking_code from router.report
            where report_id = any($1::uuid[]) or tracking_code = any($2::text[])""",
        list(ids),
        list(codes),
    )
    return {row["report_id"]: row["tracking_code"] for row in rows}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request by its sender's own id, what it was (`digest`) and where its message lies; `refused` says why."""

    door: str
    command_id: str
    report_id: UUID
    digest: bytes
    place: str
    refused: str | None = None


async def asked_before(con: Connection, doors: Sequence[str], ids: Sequence[str]) -> dict[tuple[str, str], Asked]:
    """Those of the requests that were seen before, by door and id."""
    rows = await con.fetch(
        """select door, command_id, report_id, digest, place, refused from router.command
            where (door, command_id) in (select * from unnest($1::text[], $2::text[]))""",
        list(doors),
        list(ids),
    )
    return {(row["door"], row["command_id"]): Asked(*row.values()) for row in rows}


async def note_asked(con: Connection, asked: Sequence[Asked], now: datetime) -> None:
    """Remember requests; one that was refused before may have been carried out now."""
    await con.execute(
        """insert into router.command (door, command_id, report_id, digest, place, refused, at)
           select o.*, $7 from unnest($1::text[], $2::text[], $3::uuid[], $4::bytea[], $5::text[], $6::text[]) as o
           on conflict (door, command_id) do update
              set report_id = excluded.report_id, digest = excluded.digest, place = excluded.place,
                  refused = excluded.refused, at = excluded.at""",
        [one.door for one in asked],
        [one.command_id for one in asked],
        [one.report_id for one in asked],
        [one.digest for one in asked],
        [one.place for one in asked],
        [one.refused for one in asked],
        now,
    )

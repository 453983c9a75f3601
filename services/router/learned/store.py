"""The SQL of models: what was learned, what is switched on, and the cases of the deployment's own to learn from."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias

import asyncpg

from services.router.learned.history import Case
from shared.database import Connection

Asker: TypeAlias = "Connection | asyncpg.Connection[asyncpg.Record]"


async def keep(con: Asker, content: bytes, stated: Mapping[str, Any], source: str, who: str, now: datetime) -> bool:
    """Keep the bytes of a model with its version, pack_version and figures; False where it was kept before."""
    done: str = await con.execute(
        """insert into router.model (version, content, pack_version, figures, learned_from, learned_at, learned_by)
           values ($1, $2, $3, $4::text::jsonb, $5, $6, $7) on conflict do nothing""",
        stated["version"],
        content,
        stated["pack_version"],
        json.dumps(stated["figures"]),
        source,
        now,
        who,
    )
    return done.endswith(" 1")


async def kept(con: Asker) -> Sequence[asyncpg.Record]:
    """Every model without its bytes, newest first, with who switched it on last; `is_on` for the one that decides."""
    return await con.fetch(
        """select m.version, m.pack_version, m.figures::text as figures, m.learned_from, m.learned_at, m.learned_by,
                  s.switched_at, s.switched_by,
                  m.version is not distinct from
                  (select version from router.model_switch order by number desc limit 1) as is_on
             from router.model m
             left join lateral (select switched_at, switched_by from router.model_switch s
                                 where s.version = m.version order by number desc limit 1) s on true
            order by m.learned_at desc"""
    )


# The version that decides, by the primary key.
SWITCHED_ON: Final = "select version from router.model_switch order by number desc limit 1"


async def switched_on(con: Asker) -> str | None:
    """The version that decides; None where none does."""
    version: str | None = await con.fetchval(SWITCHED_ON)
    return version


async def before(con: Asker) -> tuple[bool, str | None]:
    """Whether anything was switched before the present state, and the version that decided then."""
    row = await con.fetchrow(
        """select version from router.model_switch
            where version is distinct from (select version from router.model_switch order by number desc limit 1)
            order by number desc limit 1"""
    )
    first = await con.fetchval("select version from router.model_switch order by number limit 1")
    return (True, row["version"]) if row else (first is not None, None)


async def content(con: Asker, version: str) -> bytes | None:
    """The bytes of a model; None where there is none of this version."""
    found: bytes | None = await con.fetchval("select content from router.model where version = $1", version)
    return found


async def switch(con: Asker, version: str | None, who: str, now: datetime) -> None:
    """Let a model decide from now on, or none."""
    await con.execute(
        "insert into router.model_switch (version, switched_at, switched_by) values ($1, $2, $3)", version, now, who
    )


async def decided(con: Asker) -> Sequence[Case]:
    """The deployment's own cases whose agency is more than a guess of the router, oldest first.

    The desk chose it, an agency named it or it came there on a second way, or the agency itself gave an answer.
    """
    rows = await con.fetch(
        """select r.accepted->>'title' as title, r.accepted->>'text' as text, h.agency,
                  r.accepted->'location'->>'region_code' is not null as placed, h.decided_at
             from router.report r
             cross join lateral (select agency, hop, decision->>'method' as method, decided_at from router.hop h
                                  where h.report_id = r.report_id order by number desc limit 1) h
            where h.agency is not null and r.status not in ('rejected', 'withdrawn')
              and (h.method in ('desk', 'agency') or h.hop > 1 or r.status in ('answered', 'completed', 'closed'))
            order by h.decided_at, r.report_id"""
    )
    return [
        Case(row["text"], row["agency"], row["title"], placed=row["placed"], decided_at=row["decided_at"])
        for row in rows
    ]

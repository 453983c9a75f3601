"""The oracle on tables: each service's state is what the topics tell."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import asyncpg

from tests.chaos.cast import Part
from tests.chaos.judgement import Judgement
from tests.chaos.site import Site

# A run may begin with reports of earlier years in the tables (tests/chaos/earlier.py).
_NEW = "now() - interval '100 days'"


async def judge(
    site: Site, parts: Mapping[UUID, Part], steps: Mapping[UUID, Sequence[str]], judgement: Judgement
) -> None:
    """Compare intake's and the router's tables with the reports that were sent and the steps that were published."""
    con = await asyncpg.connect(site.addresses["TANGGAP_DATABASE_URL"])
    try:
        _same(
            await con.fetch(f"select report_id from intake.report where received_at > {_NEW}"),
            parts,
            "intake.report",
            judgement,
        )
        router = await con.fetch(f"select report_id, status, sequence from router.report where received_at > {_NEW}")
        _same(router, parts, "router.report", judgement)
        for row in router:
            published = steps.get(row["report_id"], ())
            if row["sequence"] != len(published) or row["status"] != (published[-1] if published else None):
                judgement.blame("table-disagrees", f"router.report {row['report_id']}: {row['status']}")
        for table in ("router.transition", "intake.timeline"):
            counted = await con.fetch(
                f"select report_id, count(*)::int as steps from {table} where at > {_NEW} group by 1"
            )
            for row in counted:
                if row["steps"] != len(steps.get(row["report_id"], ())):
                    judgement.blame("table-disagrees", f"{table} {row['report_id']}: {row['steps']} steps")
            if len(counted) != len(steps):
                judgement.blame("table-disagrees", f"{table}: {len(counted)} reports, {len(steps)} on the topic")
    finally:
        await con.close()


def _same(rows: Sequence[asyncpg.Record], parts: Mapping[UUID, Part], table: str, judgement: Judgement) -> None:
    there = {row["report_id"] for row in rows}
    for report_id in parts.keys() - there:
        judgement.blame("lost-report", f"{report_id} is not in {table}")
    for report_id in there - parts.keys():
        judgement.blame("unasked-report", f"{report_id} in {table}")

"""What the demo counts, where it lies: in topics, database, mailbox and metrics."""

from collections.abc import Mapping

import asyncpg
import httpx

from console.demo_rows import put_mails
from console.demo_sums import Counts
from console.demo_watch import Watch
from deploy.local.offices import DOMAIN


async def asleep(database: str) -> set[str]:
    """The reports whose reporter is told in the morning: a bot's message rings."""
    con = await asyncpg.connect(database)
    try:
        rows = await con.fetch(
            """select report_id from notifier.notification
                where audience = 'reporter' and status = 'created' and next_attempt_at > now() + interval '1 minute'"""
        )
    finally:
        await con.close()
    return {str(row["report_id"]) for row in rows}


async def count(watch: Watch, addresses: Mapping[str, str], submitted: int) -> Counts:
    """Count in topics, database, mailbox and metrics, each by its own means; the mails are put beside the reports."""
    con = await asyncpg.connect(addresses["TANGGAP_DATABASE_URL"])
    try:
        tables = await con.fetchrow(
            """select (select count(*) from intake.report) as stored,
                      (select count(*) from router.report where status = 'assigned') as routed,
                      (select count(*) from router.report where status = 'referred') as referred,
                      (select count(*) from router.report where status = 'at_desk') as at_desk,
                      (select count(*) from notifier.notification
                        where status = 'sent' and audience = 'reporter' and kind = 'email') as told,
                      (select count(*) from notifier.notification where status = 'sent' and kind = 'channel')
                          as requested,
                      (select count(*) from notifier.notification
                        where status = 'created' and audience = 'reporter') as asleep,
                      (select count(*) from notifier.notification where status = 'suppressed') as untold,
                      (select count(*) from notifier.notification where status = 'sent' and audience = 'agency')
                          as offices"""
        )
    finally:
        await con.close()
    async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
        mails = (await http.get(f"{addresses['TANGGAP_MAIL_URL']}/api/v1/messages", params={"limit": 1000})).json()
        metrics = (await http.get(f"{addresses['TANGGAP_INTAKE_URL']}/metrics")).text
    put_mails(watch.rows.values(), mails["messages"], DOMAIN)
    repeated = (line for line in metrics.splitlines() if line.startswith("intake_reports_total") and "repeated" in line)
    return Counts(
        submitted=submitted,
        accepted=len(watch.accepted),
        rejected=len(watch.rejected),
        repeated=sum(int(float(line.rpartition(" ")[2])) for line in repeated),
        outcomes=len(watch.outcomes),
        mails=mails["total"],
        dead_letters=watch.dead_letters,
        **dict(tables or {}),
    )

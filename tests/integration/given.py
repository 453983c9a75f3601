"""What tests of the router begin with: reports that an agency has, found by asking the database, which costs little."""

from dataclasses import dataclass
from uuid import UUID

from services.intake.identity import report_id
from tests.builders import submission
from tests.integration.conftest import System, until

POTHOLE = "Jalan berlubang di depan pasar, aspal rusak parah dan jalan ambles."


@dataclass(frozen=True)
class Begun:
    """A report that the router has."""

    report_id: UUID
    tracking_code: str
    agency: str


async def begun(system: System, count: int) -> list[Begun]:
    """So many reports that an agency has, all that tells of them published."""
    reports = [submission(text=POTHOLE) for _ in range(count)]
    for report in reports:
        await system.publish(report)
    ids = [report_id("web", report["external_id"]) for report in reports]

    async def there() -> list[Begun]:
        rows = await system.rows(
            "select report_id, tracking_code, agency from router.report where report_id = any($1::uuid[])", ids
        )
        return [Begun(**row) for row in rows] if len(rows) == count and not await unpublished(system, ids) else []

    found: list[Begun] = await until(there)
    return found


async def unpublished(system: System, ids: list[UUID]) -> int:
    """How many transactions with events of these reports Kafka does not have yet."""
    keys = [str(one).encode() for one in ids]
    return len(await system.rows("select 1 from router.outbox where $1::bytea[] && keys", keys))

"""Reports of earlier years: one that came the whole way, copied by SQL with ids and dates of their own.

Whatever tables the services have: a column `report_id` is what makes a table part of a report.
"""

import time
from collections.abc import Callable, Sequence
from uuid import UUID

import asyncpg

_AT_ONCE = 20_000
# Clues are forgotten after weeks, and an outbox holds only what waits.
_LEFT_OUT = ("clue", "outbox")


async def copy(con: asyncpg.Connection, template: UUID, count: int, told: Callable[[str], None]) -> None:
    """`count` copies of everything that is kept of a closed report, one to two years back."""
    tables = await _tables(con)
    statements = [await _statement(con, schema, table) for schema, table in tables]
    await con.execute("create temporary table made (n int primary key, id uuid not null)")
    # Copies of a report are whole as it is: references need no check, row by row.
    await con.execute("set session_replication_role = replica")
    began = time.monotonic()
    for first in range(0, count, _AT_ONCE):
        last = min(first + _AT_ONCE, count) - 1
        async with con.transaction():
            await con.execute("truncate made")
            await con.execute(
                "insert into made select n, gen_random_uuid() from generate_series($1::int, $2::int) n", first, last
            )
            for statement in statements:
                await con.execute(statement, template, str(template))
        if first // _AT_ONCE % 5 == 4:
            told(f"{last + 1:,} earlier reports after {time.monotonic() - began:.0f} s")
    await con.execute("analyze")


async def _tables(con: asyncpg.Connection) -> Sequence[tuple[str, str]]:
    """Those that hold something of a report; what others refer to comes first."""
    rows = await con.fetch(
        """select c.table_schema, c.table_name from information_schema.columns c
             join information_schema.tables t using (table_schema, table_name)
            where c.column_name = 'report_id' and t.table_type = 'BASE TABLE'
              and c.table_schema in ('intake', 'router', 'notifier') and not c.table_name = any($1)
            order by c.table_name <> 'report', 1, 2""",
        list(_LEFT_OUT),
    )
    return [tuple(row) for row in rows]


async def _statement(con: asyncpg.Connection, schema: str, table: str) -> str:
    columns = await con.fetch(
        """select column_name as name, data_type as type from information_schema.columns
            where table_schema = $1 and table_name = $2 and is_identity = 'NO' and is_generated = 'NEVER'
            order by ordinal_position""",
        schema,
        table,
    )
    names = ", ".join(f'"{column["name"]}"' for column in columns)
    values = ", ".join(_value(column["name"], column["type"]) for column in columns)
    # Both parameters in each statement, whether or not the table has a column for them.
    return f"""insert into {schema}.{table} ({names})
               select {values} from {schema}.{table} t cross join made m
                where t.report_id = $1 and $2::text is not null"""


def _value(name: str, kind: str) -> str:
    own = {
        "report_id": "m.id",
        "tracking_code": "'old-' || m.n",
        "external_id": "'old-' || m.n",
        "command_id": "t.command_id || m.n",
        "notification_id": "gen_random_uuid()",
    }
    if name in own:
        return own[name]
    if kind == "timestamp with time zone":
        return f"t.\"{name}\" - interval '1 day' * (365 + m.n % 365)"
    if kind == "jsonb":
        return f'replace(t."{name}"::text, $2::text, m.id::text)::jsonb'
    return f't."{name}"'

"""`tanggap vault rewrap` goes through the whole vault, page by page, whatever it finds there."""

import os
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio
from pydantic import SecretBytes

from console import erase
from shared.vault import Sealed, Vault
from tests.integration.conftest import System

COUNT = int(os.environ.get("TANGGAP_TEST_PEOPLE", "200"))
OLD, NEW, LOST = SecretBytes(b"o" * 32), SecretBytes(b"n" * 32), SecretBytes(b"l" * 32)


@pytest_asyncio.fixture(loop_scope="session")
async def database(system: System) -> AsyncIterator[str]:
    """A database of its own with nothing but a vault: under other keys the services could not read theirs."""
    owner = system.addresses["TANGGAP_DATABASE_URL"]
    con = await asyncpg.connect(owner)
    await con.execute("create database rewrap")
    url = owner.rpartition("/")[0] + "/rewrap"
    there = await asyncpg.connect(url)
    await there.execute(
        """create schema intake;
           create table intake.vault (report_id uuid primary key, master_key text not null, wrapped_key bytea not null,
                                      sealed bytea not null, reply_kinds text[] not null default '{}')"""
    )
    await there.close()
    yield url
    await con.execute("drop database rewrap with (force)")
    await con.close()


async def fill(url: str, name: str, key: SecretBytes, count: int) -> dict[UUID, bytes]:
    """So many reports under a master key, with what is sealed of each."""
    vault, said = Vault({name: key}), {uuid4(): f"{name} {number}".encode() for number in range(count)}
    sealed = [(report, vault.seal(report, plain)) for report, plain in said.items()]
    con = await asyncpg.connect(url)
    await con.copy_records_to_table(
        "vault",
        schema_name="intake",
        columns=("report_id", "master_key", "wrapped_key", "sealed"),
        records=[(report, one.master_key, one.wrapped_key, one.sealed) for report, one in sealed],
    )
    await con.close()
    return said


@pytest.mark.parametrize("page", [7, 500])
async def test_every_key_is_wrapped_anew_once_and_what_cannot_be_read_is_left(
    database: str, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr(erase, "_ROWS_AT_ONCE", page)
    said = await fill(database, "old", OLD, COUNT) | await fill(database, "new", NEW, 20)
    await fill(database, "lost", LOST, 15)  # more than two small pages, strewn among the others
    ring = Vault({"new": NEW, "old": OLD})
    assert await erase._rewrap(database, ring) == (COUNT, 15, {"lost": 15, "new": COUNT + 20})
    con = await asyncpg.connect(database)
    rows = await con.fetch("select * from intake.vault where master_key = 'new'")
    await con.close()
    only_new = Vault({"new": NEW})
    kept = {row["report_id"]: Sealed(row["master_key"], row["wrapped_key"], row["sealed"]) for row in rows}
    opened = {report: only_new.open(report, one) for report, one in kept.items()}
    assert opened == said
    assert await erase._rewrap(database, ring) == (0, 15, {"lost": 15, "new": COUNT + 20})

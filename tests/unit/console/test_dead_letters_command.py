"""`tanggap dead-letters` as its user meets it: an id by one name, and a drop that may go without a reason."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner

from console import dead_letters

LETTER = UUID("3f9c21aa-0000-4000-8000-000000000001")
ROW = {"service": "intake", "letter_id": LETTER, "offset": 7, "arrived_at": datetime(2026, 11, 23, tzinfo=UTC),
       "state": "waiting", "topic": "reports.submitted", "reason": "malformed", "settled_by": None}  # fmt: skip


class Queue:
    """One letter, and what was said of it."""

    def __init__(self) -> None:
        self.whys: list[str] = []

    async def letters(self, **_which: object) -> list[dict[str, Any]]:
        return [ROW]

    async def find(self, named: Sequence[str]) -> Sequence[str]:
        return named

    async def drop(self, letters: Sequence[str], _by: str, why: str) -> list[tuple[UUID, str]]:
        self.whys.append(why)
        return [(LETTER, "dropped") for _ in letters]


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    held = Queue()

    async def done(work: Callable[[Queue], Awaitable[Any]]) -> Any:
        return await work(held)

    monkeypatch.setattr(dead_letters, "_run", lambda work, **_options: asyncio.run(done(work)))
    return held


def test_a_letter_is_dropped_without_a_reason_and_that_is_kept(queue: Queue) -> None:
    done = CliRunner().invoke(dead_letters.app, ["drop", "3f9c21aa", "--json"])
    assert (done.exit_code, json.loads(done.stdout)) == (0, {"id": str(LETTER), "result": "dropped"})
    assert CliRunner().invoke(dead_letters.app, ["drop", "3f9c21aa", "--why", "a test"]).exit_code == 0
    assert queue.whys == ["no reason given", "a test"]


@pytest.mark.usefixtures("queue")
def test_the_list_names_a_letter_as_the_other_commands_do() -> None:
    done = CliRunner().invoke(dead_letters.app, ["list", "--json"])
    line = json.loads(done.stdout)
    assert (done.exit_code, line["id"], line["letter_id"]) == (1, str(LETTER), str(LETTER))
    assert (line["offset"], line["settled_by"], line["arrived_at"]) == (7, None, "2026-11-23 00:00:00+00:00")


@pytest.mark.usefixtures("queue")
def test_a_drop_that_names_no_letter_is_bad_usage() -> None:
    assert CliRunner().invoke(dead_letters.app, ["drop"]).exit_code == 2

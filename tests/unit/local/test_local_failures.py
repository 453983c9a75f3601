from pathlib import Path

import pytest

from deploy.local.failure import StackError
from deploy.local.stack import Stack


async def test_a_server_that_cannot_start_is_the_error_and_nothing_runs_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = Stack(tmp_path, fast=True)

    async def refuse(_told: object) -> None:
        raise StackError("no-java", "Kafka needs Java.", "Install one.")

    monkeypatch.setattr(stack.members["kafka"].part, "prepare", refuse)
    with pytest.raises(StackError, match="Kafka needs Java"):
        await stack.start()
    assert stack.pids() == {}
    await stack.stop()

import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from deploy.local.child import Child, Recipe
from deploy.local.claim import Claim, holder_of
from deploy.local.failure import StackError

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True); time.sleep(60)"
TALKING = "print('hello'); print('the reason')"


@asynccontextmanager
async def running(folder: Path, program: str, patience: float = 5.0) -> AsyncIterator[Child]:
    recipe = Recipe(
        (sys.executable, "-c", program), folder / "log" / "x.log", dict(os.environ), folder, patience=patience
    )
    child = Child(recipe)
    try:
        yield child
    finally:
        await child.kill()


async def test_a_child_ends_when_asked(tmp_path: Path) -> None:
    async with running(tmp_path, "import time; time.sleep(60)") as child:
        await child.stop()
        assert child.exit_code == -signal.SIGTERM


async def test_a_child_that_will_not_end_is_killed(tmp_path: Path) -> None:
    async with running(tmp_path, STUBBORN, patience=0.1) as child:
        while "on" not in child.recipe.log.read_text():
            assert await child.finished(0.05) is None
        await child.stop()
        assert child.exit_code == -signal.SIGKILL


async def test_a_paused_child_can_be_stopped(tmp_path: Path) -> None:
    async with running(tmp_path, "import time; time.sleep(60)") as child:
        child.send(signal.SIGSTOP)
        await child.stop()
        assert child.exit_code is not None


async def test_what_a_child_says_goes_to_its_log_and_into_the_failure(tmp_path: Path) -> None:
    async with running(tmp_path, TALKING) as child:
        assert await child.finished(20) == 0
        failure = StackError("code", "It failed.", "Do this.", child.recipe.log, child.logged_from)
    assert str(failure).splitlines()[0] == "It failed."
    assert "    the reason" in str(failure).splitlines()
    assert str(failure).splitlines()[-1] == "Do this."


def test_a_folder_is_claimed_once(tmp_path: Path) -> None:
    claim = Claim(tmp_path)
    assert holder_of(tmp_path) == os.getpid()
    with pytest.raises(StackError, match="already runs"):
        Claim(tmp_path)
    claim.release()
    assert holder_of(tmp_path) is None
    Claim(tmp_path).release()

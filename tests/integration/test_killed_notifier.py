"""The notifier killed while its providers misbehave, in short; in full: `python -m tests.chaos.kill_notifier`."""

from pathlib import Path

from tests.chaos.kill_notifier import run


async def test_a_notifier_that_is_killed_again_and_again_tells_nobody_twice_and_loses_nothing(tmp_path: Path) -> None:
    seen = await run(tmp_path, kills=3, seed=3)
    assert seen.broken == []
    assert seen.planned == 4 * 45
    assert seen.unknown_events > 0

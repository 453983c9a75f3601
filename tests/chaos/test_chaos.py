"""The short proof: faults under load, judged by the oracle. The long one: `make chaos`, docs/proof.md."""

from pathlib import Path

from tests.chaos.campaign import Plan, run
from tests.chaos.schedule import SHORT

SEED = 20261123


async def test_faults_under_load_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    plan = Plan(SEED, 20, rate=30, weights=SHORT, quick=True)
    account = await run(plan, tmp_path / "site", print)
    assert not account.judgement.wrong, f"seed {SEED}:\n{account.judgement.text()}"
    assert account.sound, f"seed {SEED}: a fault was not recovered from: {account.done[-1]}"
    assert len(account.done) == 20
    # The load never paused; a few of those filed are meant to be refused.
    assert account.judgement.facts["reports"] > 0.9 * plan.rate * account.seconds_of_load

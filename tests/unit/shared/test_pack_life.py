"""What a pack says of the life of a report, and every mistake in it by file and line."""

import shutil
from pathlib import Path

import pytest

from shared.pack import PackError, load_pack

PASURUAN = Path(__file__).resolve().parents[3] / "deploy" / "packs" / "kota-pasuruan"
CLOCK = "uji,sp4n-verify,assigned,answered,entry,assigned,true"
STEP = "verifikasi,warned,0.5,,0,desk,uji"
WRONG = {
    "a rule that is none": ("clocks.csv", CLOCK.replace("sp4n-verify", "sp4n-x"), "sp4n-x is no row of sla_rules.csv"),
    "a status that is none": ("clocks.csv", CLOCK.replace("answered", "waiting"), "'waiting' is no status in which"),
    "a final status": ("clocks.csv", CLOCK.replace("answered", "closed"), "'closed' is no status in which a report"),
    "running and paused": ("clocks.csv", CLOCK.replace("answered", "assigned"), "cannot run and be paused"),
    "anew where it does not run": (
        "clocks.csv",
        CLOCK.replace("entry,assigned", "entry,answered"),
        "only statuses in which",
    ),
    "a strange start": ("clocks.csv", CLOCK.replace("entry", "later"), "neither received nor entry"),
    "a clock twice": ("clocks.csv", CLOCK.replace("uji", "ombudsman"), "ombudsman is already on line"),
    "a clock that is none": ("escalation.csv", STEP.replace("verifikasi", "jam"), "jam is no row of clocks.csv"),
    "a share above one": ("escalation.csv", STEP.replace("0.5", "1.5"), "'1.5' is no share"),
    "a share of nothing": ("escalation.csv", STEP.replace("0.5", "0.0"), "'0.0' is no share"),
    "a kind that is none": ("escalation.csv", STEP.replace("warned", "shouted"), "'shouted' is none of"),
    "nobody to tell": ("escalation.csv", STEP.replace("desk", ""), "notify: to be filled"),
    "somebody to tell of an act": ("escalation.csv", STEP.replace("warned", "close"), "notify: to be filled"),
    "an office that is none": ("escalation.csv", STEP.replace("desk", "dinas-x"), "dinas-x is neither an agency nor"),
    "behind a warning": ("escalation.csv", STEP.replace("0.5,", "0.5,3wd"), "behind a threshold of 1"),
    "a policy that is none": ("life.toml", 'reopen_clock = "later"', "life.toml"),
    "a policy unheard of": ("life.toml", "coffee = true", "coffee"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PASURUAN, tmp_path / "pack"))


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_named(folder: Path, case: str) -> None:
    file, line, told = WRONG[case]
    with (folder / file).open("a") as end:
        end.write(line + "\n")
    with pytest.raises(PackError) as refused:
        load_pack(folder)
    assert any(problem.file == file and told in str(problem) for problem in refused.value.problems), refused.value


def test_every_wait_of_a_report_has_a_clock_that_runs() -> None:
    life = load_pack(PASURUAN).life
    waits = {"at_desk", "needs_information", "assigned", "in_progress", "answered", "completed", "reopened"}
    assert waits <= {status for plan in life.clocks for status in plan.runs_in}


def test_every_clock_wakes_somebody_and_its_steps_are_in_the_order_of_their_times() -> None:
    for name, steps in load_pack(PASURUAN).life.steps.items():
        assert steps, name
        places = [(step.threshold, step.after is not None) for step in steps]
        assert places == sorted(places), name

"""What a pack says of the life of a report, and every mistake in it by file and line."""

import shutil
from datetime import date
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
    "a strange start": ("clocks.csv", CLOCK.replace("entry", "later"), "none of received, entry, complete"),
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


def test_a_rule_that_changed_has_a_row_for_each_time(folder: Path) -> None:
    row = "sp4n-verify,any,verifikasi,1,working_days,received_at,PermenPANRB 5/2025,2027-01-01,verify,"
    with (folder / "sla_rules.csv").open("a") as end:
        end.write(row + "\n")
    rule = load_pack(folder).sla_rules["sp4n-verify"]
    held = [rule.on(day) for day in (date(2026, 12, 31), date(2027, 1, 1))]
    assert [one.amount for one in held if one] == [3, 1]


def test_a_rule_may_not_have_two_rows_for_one_time_and_one_that_settles_must_always_have_held(folder: Path) -> None:
    text = (folder / "sla_rules.csv").read_text()
    twice = next(line for line in text.splitlines() if line.startswith("uu25-respond,"))
    settles = next(line for line in text.splitlines() if line.startswith("settle-normatif,"))
    since = settles.replace(",,firm", ",2026-01-01,firm")
    (folder / "sla_rules.csv").write_text(text.replace(settles, since) + twice + "\n")
    with pytest.raises(PackError) as refused:
        load_pack(folder)
    told = "; ".join(str(problem) for problem in refused.value.problems)
    assert "uu25-respond from 2009-07-18 is already on line 13" in told
    assert "settle-normatif: settles reports, so it needs a row without valid_from" in told

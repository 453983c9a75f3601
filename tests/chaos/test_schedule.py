"""A seed decides everything that is drawn."""

import pytest

from tests.chaos.campaign import Plan
from tests.chaos.cast import Cast
from tests.chaos.schedule import LONG, MEANINGS, SHORT, schedule


def test_the_same_seed_brings_the_same_faults_and_another_seed_others() -> None:
    assert schedule(7, 200) == schedule(7, 200)
    assert schedule(7, 200) != schedule(8, 200)


def test_a_thousand_faults_hold_each_kind_as_often_as_planned() -> None:
    kinds = [fault.kind for fault in schedule(1, 1000)]
    assert {kind: kinds.count(kind) for kind in LONG} == dict(LONG)


@pytest.mark.parametrize("weights", [LONG, SHORT])
def test_a_few_faults_hold_each_kind_and_no_more_than_asked_for(weights: dict[str, int]) -> None:
    faults = schedule(3, 23, weights)
    assert len(faults) == 23
    assert {fault.kind for fault in faults} == set(weights)
    assert set(weights) <= set(MEANINGS)


def test_what_cannot_be_done_here_leaves_the_other_faults_as_they_are() -> None:
    whole = schedule(5, 100)
    assert Plan(5, 100).faults(skipped=("fill-disk",)) == [fault for fault in whole if fault.kind != "fill-disk"]


def test_the_same_seed_brings_the_same_reports() -> None:
    one, other = Cast(4, "x"), Cast(4, "x")
    assert [one.part(number) for number in range(500)] == [other.part(number) for number in range(500)]
    parts = [one.part(number) for number in range(5000)]
    assert any(part.twice for part in parts)
    assert any(part.conflict for part in parts)
    assert any(not part.valid for part in parts)
    assert any(part.door for part in parts)
    assert {len(part.life) for part in parts} >= {0, 2, 4, 5, 7}


def test_the_stretches_of_a_run_are_the_whole() -> None:
    stretches = [Plan(5, 100, first=first, last=first + 40).faults() for first in (0, 40, 80)]
    assert [fault for stretch in stretches for fault in stretch] == Plan(5, 100).faults()

"""How often somebody may do something."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.open311.keys import hashed, written
from services.intake.open311.limits import Allowance, neighbourhood
from services.intake.open311.repeats import Repeats
from tests.builders import NOON


def test_a_burst_is_allowed_and_then_so_many_a_minute() -> None:
    allowance = Allowance(per_minute=6, burst=3)
    for _ in range(3):
        assert allowance.wait("a", 100.0) == 0
        allowance.take("a", 100.0)
    assert allowance.wait("a", 100.0) == pytest.approx(10)
    assert allowance.wait("b", 100.0) == 0
    assert allowance.wait("a", 110.0) == 0


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(1, 100)), max_size=50))
def test_nobody_does_more_than_the_burst_and_the_rate(takes: list[tuple[float, int]]) -> None:
    allowance, now, done = Allowance(per_minute=60, burst=5), 0.0, 0
    for pause, _ in takes:
        now += pause
        if not allowance.wait("a", now):
            allowance.take("a", now)
            done += 1
    assert done <= 5 + now + 1


def test_memory_is_bounded_and_a_debt_too() -> None:
    allowance = Allowance(per_minute=60, burst=2, known=10)
    for number in range(1000):
        allowance.take(str(number), 0.0, 50)
    assert len(allowance) == 10
    assert allowance.wait("999", 0.0) <= 4


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("2001:db8:1:2:ffff::", "2001:0db8:0001:0002"),
        ("fe80::1%eth0", "fe80:0000:0000:0000"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_a_household_is_counted_as_one(address: str, counted: str) -> None:
    assert neighbourhood(address) == counted


def test_a_key_says_nothing_of_its_hash_and_is_256_bits() -> None:
    key = written(bytes(range(32)))
    assert key == "tg_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    assert len(hashed(key)) == 32
    assert hashed(key) != hashed(written(bytes(32)))
    assert len(hashed("\ud800")) == 32
    with pytest.raises(ValueError, match="32"):
        written(b"short")


def test_a_report_sent_again_has_its_first_time_and_with_other_content_none() -> None:
    repeats, later = Repeats(known=2), NOON + timedelta(minutes=5)
    assert repeats.first_sent(UUID(int=1), b"a", NOON) == NOON
    assert repeats.first_sent(UUID(int=1), b"a", later) == NOON
    assert repeats.first_sent(UUID(int=1), b"b", later) is None
    assert repeats.first_sent(UUID(int=1), b"a", later) == NOON
    for number in (2, 3):
        repeats.first_sent(UUID(int=number), b"a", NOON)
    assert repeats.first_sent(UUID(int=1), b"b", later) == later

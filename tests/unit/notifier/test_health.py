"""Shares of providers that follow from how their messages went; clocks and lots are simulated."""

import random
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifier.attempts.health import LOWEST, Health

PAIR = ("first", "second")
NOISE = 0.03
Bad = Callable[[str, float], float]  # how likely a message to a provider is bad at a time


def simulated(bad: Bad, seconds: float, seed: int, rate: float = 20.0) -> list[tuple[float, float]]:
    """Each time the first provider's share moved, and to what; `rate` messages a second at random instants."""
    lot, health, at = random.Random(seed), Health(dict.fromkeys(PAIR, 1.0)), 0.0
    moves = [(0.0, 0.5)]
    while (at := at + lot.expovariate(rate)) < seconds:
        name = health.choose(lot.random(), PAIR)
        health.note(name, at, good=lot.random() >= bad(name, at))
        if (share := health.shares()["first"]) != moves[-1][1]:
            moves.append((at, share))
    return moves[1:]


def sick(share: float, start: float, end: float, name: str, at: float) -> float:
    return share if name == "first" and start <= at < end else NOISE


@pytest.mark.parametrize("seed", range(20))
def test_the_share_moves_within_a_minute_of_15_percent_bad(seed: int) -> None:
    moves = simulated(partial(sick, 0.15, 100, 1000), 160, seed)
    assert moves
    assert moves[0][0] > 100
    assert moves[0][1] < 0.5


@pytest.mark.parametrize("seed", range(5))
def test_a_dead_provider_keeps_a_trickle_and_heals(seed: int) -> None:
    moves = simulated(partial(sick, 1.0, 100, 400), 1500, seed)
    shares = [share for _, share in moves]
    assert min(shares) == pytest.approx(LOWEST / (1 + LOWEST))
    assert [share for at, share in moves if at < 130][-1] == min(shares)
    assert shares == [*sorted(shares[:4], reverse=True), *sorted(shares[4:])]
    assert shares[-1] == 0.5
    assert next(at for at, share in moves if share == 0.5) < 1100


@pytest.mark.parametrize("seed", range(3))
def test_an_hour_of_noise_moves_nothing(seed: int) -> None:
    assert simulated(partial(sick, NOISE, 0, 0), 3600, seed) == []


@pytest.mark.parametrize("seed", range(2))
def test_where_it_is_neither_well_nor_sick_the_share_does_not_flap(seed: int) -> None:
    shares = [share for _, share in simulated(partial(sick, 0.09, 0, 3600), 3600, seed)]
    ups = [later > earlier for earlier, later in pairwise(shares)]
    turns = sum(one != other for one, other in pairwise(ups))
    assert turns <= 8


def test_where_all_are_sick_alike_none_is_left_out() -> None:
    moves = simulated(lambda _name, _at: 0.5, 600, seed=1)
    assert 0.3 < moves[-1][1] < 0.7


@given(
    st.lists(st.tuples(st.sampled_from(PAIR), st.booleans(), st.floats(0, 600)), max_size=200),
    st.dictionaries(st.sampled_from(PAIR), st.floats(0.01, 100), min_size=2, max_size=2),
    st.floats(0, 1, exclude_max=True),
)
@settings(max_examples=200)
def test_whatever_happens_shares_are_a_whole_and_nobody_has_none(
    notes: list[tuple[str, bool, float]], weights: dict[str, float], chance: float
) -> None:
    health, at = Health(weights), 0.0
    for name, good, pause in notes:
        at += pause
        health.note(name, at, good=good)
        shares = health.shares()
        assert sum(shares.values()) == pytest.approx(1)
        assert min(shares.values()) > 0
        assert health.choose(chance, PAIR) in PAIR
        assert health.choose(chance, [name]) == name


@given(st.integers(0, 1000))
def test_messages_are_spread_by_weight(seed: int) -> None:
    lot, health = random.Random(seed), Health({"first": 3.0, "second": 1.0})
    taken = [health.choose(lot.random(), PAIR) for _ in range(400)]
    assert 250 < taken.count("first") < 350

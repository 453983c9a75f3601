"""How messages are dealt to the providers of a kind."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.notifier.attempts.claiming import dealer
from services.notifier.attempts.health import Health
from services.notifier.attempts.store import Due

PAIR = ("first", "second")
health = Health(dict.fromkeys(PAIR, 1.0))


def due(number: int, provider: str | None = None, bound: str | None = None) -> Due:
    return Due(UUID(int=number), provider, bound)


def test_what_a_provider_may_have_is_sent_by_nobody_else() -> None:
    bound = [due(number, "first", "first") for number in range(5)]
    assert set(dealer(health, {"first": 9, "second": 9})(bound).values()) == {"first"}
    assert dealer(health, {"second": 9})(bound) == {}


def test_what_one_refused_for_now_goes_to_the_other_first() -> None:
    refused = [due(number, "first") for number in range(5)]
    assert set(dealer(health, {"first": 9, "second": 9})(refused).values()) == {"second"}
    assert set(dealer(health, {"first": 9})(refused).values()) == {"first"}


@given(
    st.lists(st.tuples(st.sampled_from((None, *PAIR)), st.sampled_from((None, *PAIR))), max_size=30),
    st.dictionaries(st.sampled_from(PAIR), st.integers(0, 9)),
    st.floats(0, 1, exclude_max=True),
)
def test_nobody_gets_more_than_there_is_room_for_and_the_oldest_come_first(
    rows: list[tuple[str | None, str | None]], rooms: dict[str, int], chance: float
) -> None:
    waiting = [due(number, *row) for number, row in enumerate(rows)]
    dealt = dealer(health, rooms, lambda: chance)(waiting)
    for name, room in rooms.items():
        assert list(dealt.values()).count(name) <= room
    assert len(dealt) <= sum(rooms.values())
    free = [one.notification_id for one in waiting if one.bound is None]
    taken = [identity for identity in free if identity in dealt]
    assert taken == free[: len(taken)]

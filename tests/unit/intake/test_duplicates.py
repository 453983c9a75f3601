"""Which reports may be of one matter."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.duplicates import WITHIN, Candidate, Duplicate, duplicates
from services.intake.likeness import Clue, Clues, clues
from tests.builders import NOON

KARANGKETUG, GENTONG = "35.75.01.1001", "35.75.01.1002"
WORDS = ["lampu", "jalan", "depan", "masjid", "mati", "sudah", "dua", "minggu", "gelap", "sekali", "tolong"]
OTHERS = ["sampah", "menumpuk", "belum", "diangkut", "bau", "menyengat", "warga", "mengeluh", "petugas"]


def reasons(one: Clues, other: Clues) -> set[str]:
    """Why the second may repeat the first."""
    own = {clue.number for clue in one.own}
    return {clue.reason for clue in other.looked_for if clue.number in own}


def report(**changes: Any) -> Clues:
    facts = {"topic": "pju", "region_code": KARANGKETUG, "point": None, "words": WORDS, **changes}
    return clues(**facts)


LIKE: list[tuple[str, dict[str, Any], dict[str, Any], set[str]]] = [
    ("topic and kelurahan", {"words": OTHERS}, {}, {"topic-and-place"}),
    ("another topic, other words", {"topic": "trotoar", "words": OTHERS}, {}, set()),
    ("another kelurahan, other words", {"region_code": GENTONG, "words": OTHERS}, {}, set()),
    ("only the kecamatan is known", {"region_code": "35.75.01", "words": OTHERS}, {"region_code": "35.75.01"}, set()),
    ("no topic, the same words and place", {"topic": None}, {"topic": None}, {"words", "words-and-place"}),
    ("no topic, one word more", {"topic": None}, {"topic": None, "words": [*WORDS, "nggih"]}, {"words-and-place"}),
    ("the same words anywhere", {"topic": None, "region_code": None}, {}, {"words"}),
    ("few words", {"topic": None, "words": ["lampu", "mati"]}, {"topic": None, "words": ["lampu", "mati"]}, set()),
    (
        "near by, in two kelurahan",
        {"region_code": GENTONG, "point": (-7.6300, 112.8880), "words": OTHERS},
        {"point": (-7.6310, 112.8890)},
        {"topic-and-place"},
    ),
    (
        "far away",
        {"region_code": GENTONG, "point": (-7.6300, 112.8880), "words": OTHERS},
        {"point": (-7.6400, 112.8880)},
        set(),
    ),
]


@pytest.mark.parametrize(("_name", "one", "other", "expected"), LIKE, ids=[case[0] for case in LIKE])
def test_what_two_reports_of_one_matter_have_in_common(
    _name: str, one: dict[str, Any], other: dict[str, Any], expected: set[str]
) -> None:
    assert reasons(report(**one), report(**other)) == expected
    assert reasons(report(**other), report(**one)) == expected


words = st.lists(st.text("abcdefgh", min_size=3, max_size=6), max_size=30)
points = st.tuples(st.floats(-90, 90), st.floats(-180, 180)) | st.none()


@given(words, points, st.sampled_from([None, "pju"]), st.sampled_from([None, KARANGKETUG]))
def test_clues_are_numbers_that_the_database_takes(
    said: list[str], point: tuple[float, float] | None, topic: str | None, region: str | None
) -> None:
    found = clues(topic, region, point, said)
    assert all(-(2**63) <= clue.number < 2**63 for clue in found.looked_for)
    assert set(found.own) <= set(found.looked_for)
    assert clues(topic, region, point, reversed(said)) == found


@given(st.floats(-89, 89), st.floats(-179, 179), st.floats(-0.0019, 0.0019), st.floats(-0.0019, 0.0019))
def test_two_points_within_200_metres_are_always_near(lat: float, lng: float, up: float, right: float) -> None:
    one = clues("pju", None, (lat, lng), ())
    assert reasons(one, clues("pju", None, (lat + up, lng + right), ())) == {"topic-and-place"}


def candidate(number: int, *shared: int, minutes: float = 0) -> Candidate:
    own = tuple(Clue(clue, f"reason-{clue}") for clue in shared)
    return Candidate(UUID(int=number), NOON + timedelta(minutes=minutes), Clues(own, own))


def test_the_strongest_clue_decides() -> None:
    batch = [candidate(1, 10), candidate(2, 20), candidate(3, 20, 10)]
    assert duplicates(batch, {}) == {UUID(int=3): Duplicate(UUID(int=2), "reason-20")}


def test_a_stored_report_comes_before_one_of_the_batch() -> None:
    stored = {(UUID(int=3), 10): UUID(int=99)}
    assert duplicates([candidate(1, 10), candidate(3, 10)], stored)[UUID(int=3)].of == UUID(int=99)


def test_a_report_does_not_repeat_itself() -> None:
    assert duplicates([candidate(1, 10), candidate(1, 10)], {(UUID(int=1), 10): UUID(int=1)}) == {}


def test_a_chain_leads_to_its_first() -> None:
    found = duplicates([candidate(number, 10) for number in range(1, 5)], {})
    assert {duplicate.of for duplicate in found.values()} == {UUID(int=1)}
    assert len(found) == 3


def test_what_is_longer_ago_than_a_week_does_not_count() -> None:
    week = WITHIN.total_seconds() / 60
    assert duplicates([candidate(1, 10), candidate(2, 10, minutes=week)], {})
    assert not duplicates([candidate(1, 10), candidate(2, 10, minutes=week + 1)], {})

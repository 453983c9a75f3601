"""What a decided case teaches."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.router.learned.features import letters, terms, words_of
from services.router.learned.history import Case, label_of, study
from tests.unit.router.learned.lessons import PACK, ROUTES, TODAY


@pytest.mark.parametrize(
    ("agency", "label"),
    [
        ("dlhkp", "dlhkp"),
        ("by-kelurahan", "by-kelurahan"),
        ("by-kecamatan", "by-kecamatan"),
        (PACK.offices["kelurahan", "35.75.01.1001"], "by-kelurahan"),
        (PACK.offices["kecamatan", "35.75.01"], "by-kecamatan"),
        ("dinas-yang-tidak-ada", None),
        ("", None),
    ],
)
def test_an_office_of_a_place_teaches_that_the_place_decides(agency: str, label: str | None) -> None:
    assert label_of(agency, PACK, TODAY) == label


def test_what_an_agency_that_is_gone_decided_teaches_about_its_successor() -> None:
    gone = replace(PACK.agencies["dlhkp"], valid_until=date(2025, 12, 31), successor="disperkim")
    pack = replace(PACK, agencies={**PACK.agencies, "dlhkp": gone})

    assert label_of("dlhkp", pack, date(2025, 12, 31)) == "dlhkp"
    assert label_of("dlhkp", pack, date(2026, 1, 1)) == "disperkim"


def test_what_cannot_teach_is_left_out_and_counted() -> None:
    told = [("sampah", "dlhkp"), ("sampah", "x"), (" !? ", "dlhkp"), ("12", "dlhkp")]
    found = study([Case(text, agency) for text, agency in told], ROUTES, TODAY)

    assert [lesson.label for lesson in found.lessons] == ["dlhkp"]
    assert found.left_out == {"no words": 2, "unknown agency x": 1}


def test_the_oldest_case_comes_first() -> None:
    days = [datetime(2026, month, 1, tzinfo=UTC) for month in (3, 1, 2)]
    found = study([Case(f"sampah {day:%B}", "dlhkp", decided_at=day) for day in days], ROUTES, TODAY)

    assert [lesson.decided_at for lesson in found.lessons] == sorted(days)


@pytest.mark.parametrize(
    "other", ["SAMPAH menumpuk di jln Hayam Wuruk 12!!", "di jalan hayam wuruk 7, sampah menumpuk"]
)
def test_a_copy_of_a_text_is_the_same_matter(other: str) -> None:
    text = "sampah menumpuk di jalan hayam wuruk 7"
    one, same = study([Case(text, "dlhkp"), Case(other, "dlhkp")], ROUTES, TODAY).lessons

    assert one.document.matter == same.document.matter


def test_slang_is_read_in_its_standard_form_and_numbers_by_their_length() -> None:
    reading = ROUTES.words.read("tlg jln 3578", None, "RT3")

    assert words_of(reading) == ["tolong", "jalan", "0000", "", "rt3", ""]


def test_no_pair_of_words_reaches_from_one_part_into_the_next() -> None:
    assert terms(["lampu", "mati", "", "jalan", ""]) == ["lampu", "mati", "jalan", "lampu mati"]


def test_letters_are_runs_of_three_to_five_characters_with_the_edges_of_the_word() -> None:
    assert letters("got") == [" go", "got", "ot ", " got", "got ", " got "]

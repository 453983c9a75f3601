"""What a GET asks for."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.identity import tracking_code
from services.intake.open311.query import read_jurisdiction, read_names, read_page, read_search, read_span
from services.intake.open311.refusal import Refused
from tests.builders import NOON, WIB
from tests.unit.intake.open311.pack import PACK

CODE = tracking_code(b"k", UUID(int=7))


def test_reports_are_named_by_id_or_by_code_and_rubbish_is_counted() -> None:
    names = read_names(f"{UUID(int=1)}, {CODE.lower().replace('-', ' ')},{UUID(int=1)},,x")
    assert (names.ids, names.codes, names.strange) == ((UUID(int=1),), (CODE,), 1)
    assert len(names) == 3
    with pytest.raises(Refused):
        read_names(",".join(str(UUID(int=number)) for number in range(101)))


SPANS: list[tuple[dict[str, str], str, str]] = [
    ({}, "2026-08-25T12:00:01+07:00", "2026-11-23T12:00:01+07:00"),
    ({"start_date": "2026-03-01"}, "2026-03-01T00:00:00+07:00", "2026-05-30T00:00:00+07:00"),
    ({"end_date": "2026-03-01"}, "2025-12-02T00:00:00+07:00", "2026-03-02T00:00:00+07:00"),
    ({"start_date": "2026-03-01", "end_date": "2026-03-01"}, "2026-03-01T00:00:00+07:00", "2026-03-02T00:00:00+07:00"),
    ({"start_date": "2026-03-01T00:00:00Z", "end_date": "2026-03-01T01:00:00 07:00"},
     "2026-03-01T07:00:00+07:00", "2026-03-01T01:00:00+07:00"),
    ({"start_date": "2026-03-01t00:00:00z", "end_date": "2026-03-02T00:00:00Z"},
     "2026-03-01T07:00:00+07:00", "2026-03-02T07:00:00+07:00"),
]  # fmt: skip


@pytest.mark.parametrize(("params", "start", "end"), SPANS, ids=str)
def test_a_span_is_read_in_the_time_of_the_city(params: dict[str, str], start: str, end: str) -> None:
    expected = (datetime.fromisoformat(start), datetime.fromisoformat(end))
    if expected[0] > expected[1]:
        with pytest.raises(Refused):
            read_span(params, NOON, WIB)
    else:
        assert read_span(params, NOON, WIB) == expected


@pytest.mark.parametrize(
    ("params", "problem"),
    [
        ({"start_date": "2026-01-01", "end_date": "2026-04-02"}, "out-of-range"),
        ({"start_date": "2026-01-02", "end_date": "2025-12-31"}, "out-of-range"),
        ({"start_date": "01-02-2026"}, "bad-time"),
        ({"start_date": "2026-02-30"}, "bad-time"),
        ({"start_date": "2026-02-03T00:00:00"}, "no-offset"),
        ({"end_date": "0001-01-01"}, "bad-time"),
        ({"start_date": "9999-12-31"}, "bad-time"),
        ({"end_date": "9999-12-31"}, "bad-time"),
        ({"status": "open,shut"}, "not-in-list"),
        ({"page": "1.5"}, "out-of-range"),
        ({"page": "-1"}, "out-of-range"),
        ({"page": "٣"}, "out-of-range"),
        ({"page_size": "0"}, "out-of-range"),
    ],
)
def test_a_filter_that_cannot_be_read_is_refused(params: dict[str, str], problem: str) -> None:
    with pytest.raises(Refused) as refused:
        read_search(params, NOON, PACK)
    assert [(fault.problem, refused.value.status) for fault in refused.value.faults] == [(problem, 400)]


def test_pages_count_from_one_and_hold_a_thousand() -> None:
    assert (read_page({}).size, read_page({}).offset) == (1000, 0)
    assert read_page({"page": "3", "page_size": "50"}).offset == 100


def test_services_and_states_are_filters() -> None:
    wanted = read_search({"service_code": "jalan-rusak, lainnya", "status": "closed"}, NOON, PACK)
    assert (wanted.services, wanted.closed) == (("jalan-rusak", ""), True)
    assert read_search({"status": "open,closed"}, NOON, PACK).closed is None
    with pytest.raises(Refused) as refused:
        read_search({"service_code": "jalan-rusak,x"}, NOON, PACK)
    assert refused.value.status == 404


def test_there_is_one_jurisdiction() -> None:
    for named in ({}, {"jurisdiction_id": "kota-pasuruan"}, {"jurisdiction_id": "35.75"}):
        read_jurisdiction(named, PACK)
    with pytest.raises(Refused) as refused:
        read_jurisdiction({"jurisdiction_id": "kota-malang"}, PACK)
    assert refused.value.status == 404


PARAMS = st.dictionaries(
    st.sampled_from(["start_date", "end_date", "status", "page", "page_size", "service_code"]),
    st.one_of(st.text(), st.datetimes().map(lambda at: f"{at.isoformat()}Z"), st.dates().map(str)),
)


@given(PARAMS)
def test_any_filters_are_read_or_refused(params: dict[str, str]) -> None:
    try:
        wanted = read_search(params, NOON, PACK)
    except Refused:
        return
    assert timedelta() <= wanted.end - wanted.start <= timedelta(days=91)


@given(st.text())
def test_any_name_is_counted(text: str) -> None:
    try:
        names = read_names(text)
    except Refused:
        return
    assert (len(names) == 0) == (not text.replace(",", "").strip())

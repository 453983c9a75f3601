"""What officers ask the list for, and whom they are offered: nothing that an order could not carry out."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from services.router.desk.orders import Order, command_of
from services.router.desk.pages import listed, shown
from services.router.desk.queries import Query, query_of
from services.router.opening import begin
from shared.events.acceptance import Location
from tests.builders import accepted
from tests.unit.router.lives import MONDAY, PACK, RULES, opened


@pytest.mark.parametrize(
    "asked",
    [
        {"status": "foo"},
        {"status": ""},
        {"status": "At_Desk"},
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "many"},
        {"limit": ""},
        {"after": "x"},
        {"after": "1_x"},
        {"after": f"{10**30}_{UUID(int=1)}"},
    ],
)
def test_a_query_without_sense_is_none(asked: dict[str, str]) -> None:
    assert query_of(asked) is None


def test_a_query_says_which_page() -> None:
    place = datetime(2026, 7, 6, 9, 0, 0, 5, tzinfo=UTC)
    assert query_of({}) == Query()
    assert query_of({"after": ""}) == Query()
    assert query_of({"status": "closed", "limit": "1000"}) == Query("closed", 200)
    written = f"{int(place.timestamp() * 1_000_000)}_{UUID(int=7)}"
    assert query_of({"after": written, "limit": "7"}) == Query(most=7, after=(place, UUID(int=7)))


def bests(text: str, decided: Location, known: Location) -> list[dict[str, Any]]:
    """What list and page offer for a report that was decided on at one place, and is known to lie at another."""
    report = accepted(text=text, location=decided, received_at=MONDAY)
    row: dict[str, Any] = {
        "report_id": report.report_id,
        "accepted": json.loads(report.model_copy(update={"location": known}).model_dump_json(by_alias=True)),
        "decision": json.loads(begin(report, RULES, MONDAY).explained.model_dump_json()),
    }
    (one,) = listed([row], 5, PACK)["reports"]
    rest = dict.fromkeys(("steps", "clocks", "details", "replies"), ())
    whole = shown({"report": [row], "decisions": [row], **rest}, RULES)
    return [one["best"], whole["best"]]


NOWHERE, NEAR = Location(), Location(region_code="35.75.01.1003", jurisdiction="unknown")


@pytest.mark.parametrize("text", ["ngurus surat pengantar di kelurahan", "kantor kecamatan tutup", "halo", "jalan"])
@pytest.mark.parametrize("where", [NOWHERE, NEAR])
def test_each_agency_that_is_offered_can_be_assigned(text: str, where: Location) -> None:
    case = opened(None).case
    for best in bests(text, where, where):
        for one in best["agencies"]:
            order = Order(command_id="1", agency=one["agency"])
            assert not isinstance(command_of(order, "assign", case, MONDAY, RULES), str)


def test_where_the_place_decides_and_is_not_known_it_is_asked_for() -> None:
    for best in bests("ngurus surat pengantar di kelurahan", NOWHERE, NOWHERE):
        assert [one["agency"] for one in best["place_needed"]] == ["by-kelurahan"]
        assert best["place_needed"][0]["evidence"] != []


def test_where_the_place_is_known_its_office_is_offered() -> None:
    office = PACK.office("by-kelurahan", NEAR.region_code)
    assert office is not None
    for best in bests("ngurus surat pengantar di kelurahan", NOWHERE, NEAR):
        assert best["agencies"][0]["agency"] == office.code
        assert best["place_needed"] == []

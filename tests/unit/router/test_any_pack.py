"""What holds for any pack: another city is another folder, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.checking import LONGEST_TRACK_URL, checked_messages
from services.router.amounts import parse_amount
from services.router.deadlines import due
from services.router.decision import Question
from services.router.routing import Routes, route
from services.router.rules import Rules
from shared.pack import BY_PLACE, Pack, load_pack, read_files
from shared.pack.archive import archived, restored

PACKS = Path(__file__).resolve().parents[3] / "deploy" / "packs"
CITIES = sorted(folder.name for folder in PACKS.iterdir() if folder.is_dir())
every_city = pytest.mark.parametrize("city", CITIES)


@cache
def pack_of(city: str) -> Pack:
    return load_pack(PACKS / city)


@cache
def routes_of(city: str) -> Routes:
    return Routes.of(pack_of(city))


def test_there_are_cities_in_more_than_one_zone() -> None:
    assert len({pack_of(city).calendar.zone for city in CITIES}) >= 2


@every_city
def test_a_pack_is_whole_with_its_messages(city: str) -> None:
    assert pack_of(city).deployment.code == city
    checked_messages(read_files(PACKS / city), pack_of(city), LONGEST_TRACK_URL)


@every_city
def test_every_chosen_topic_has_an_agency_in_every_part_of_the_city(city: str) -> None:
    pack = pack_of(city)
    inside = f"{pack.deployment.place.city}."
    for area in (code for code, region in pack.regions.items() if code.startswith(inside) and code.count(".") == 3):
        for topic in pack.topics.values():
            question = Question("halo", topic=topic.code, region_code=area, jurisdiction="inside")
            decision = route(question, routes_of(city))
            assert decision.agency in pack.agencies
            assert decision.method == "explicit"


@every_city
def test_most_examples_of_a_pack_reach_the_agency_of_their_topic(city: str) -> None:
    pack = pack_of(city)
    topics = [topic for topic in pack.topics.values() if topic.example]
    right = [route(Question(topic.example), routes_of(city)).guess == topic.agency_code for topic in topics]
    assert sum(right) >= 0.85 * len(topics)


@every_city
def test_the_place_is_asked_for_where_only_it_decides(city: str) -> None:
    for topic in pack_of(city).topics.values():
        if topic.agency_code in BY_PLACE:
            decision = route(Question("halo", topic=topic.code), routes_of(city))
            assert (decision.agency, decision.reason, decision.guess) == (None, "place-unknown", topic.agency_code)


@every_city
def test_what_lies_outside_has_a_body_wherever_it_lies(city: str) -> None:
    for region in (*(body.region for body in pack_of(city).deployment.surrounding), "11.01", "94.71.01"):
        decision = route(Question("halo", region_code=region, jurisdiction="outside"), routes_of(city))
        assert decision.referred
        assert pack_of(city).agencies[decision.agency or ""].kind == "external"


@every_city
def test_a_deadline_ends_at_the_close_of_a_day_in_the_zone_of_the_city(city: str) -> None:
    calendar = Rules.of(pack_of(city)).calendar
    ends = due(calendar, datetime(2026, 8, 10, 1, tzinfo=UTC), parse_amount("3wd")).due_at.astimezone(calendar.zone)
    assert (ends.date().isoformat(), ends.hour) == ("2026-08-13", 16)


@every_city
def test_an_archive_of_a_pack_is_the_same_pack(city: str) -> None:
    files = read_files(PACKS / city)
    again = restored(archived(files))
    assert again.version == pack_of(city).version
    assert archived(files) == archived(dict(reversed(files.items())))
    routes = Routes.of(again)
    for topic in pack_of(city).topics.values():
        assert route(Question(topic.example), routes) == route(Question(topic.example), routes_of(city))


@every_city
@given(text=st.text(max_size=200), title=st.none() | st.text(max_size=30))
def test_any_text_has_one_answer(city: str, text: str, title: str | None) -> None:
    question = Question(text, title)
    decision = route(question, routes_of(city))
    assert decision == route(replace(question), routes_of(city))
    assert (decision.agency is None) == (decision.method == "desk")
    assert 0 <= decision.confidence <= 1
    assert not any(step.result.startswith("failed") for step in decision.tried)

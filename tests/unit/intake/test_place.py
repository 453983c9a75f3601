"""Where a report belongs, from a point, a code or an address that people wrote as they speak."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.place import Place, Places
from shared.pack import load_pack

PACK = load_pack(Path(__file__).resolve().parents[3] / "deploy" / "packs" / "kota-pasuruan")
PLACES = Places(PACK)
KARANGKETUG = (-7.630978, 112.888361)
SURABAYA = (-7.2575, 112.7521)


def at(point: tuple[float, float] | None, code: str | None = None, address: str | None = None) -> Place:
    lat, lng = point or (None, None)
    return PLACES.resolve(lat, lng, code, address)


def seen(place: Place) -> tuple[str | None, str, str]:
    return place.region_code, place.jurisdiction, place.decided_by


ADDRESSES = [
    # Four names are kecamatan and kelurahan: without a word before them the wider area is certain.
    ("Gadingrejo", "35.75.01", "inside"),
    ("Kec. Gadingrejo", "35.75.01", "inside"),
    ("Kel. Gadingrejo", "35.75.01.1009", "inside"),
    ("kelurahan Bugul Kidul", "35.75.03.1009", "inside"),
    ("Gadingrejo, Kec. Gadingrejo", "35.75.01.1009", "inside"),
    ("Purworejo", "35.75.02", "inside"),
    ("panggungrejo kota pasuruan", "35.75.04", "inside"),
    # Names that the city shares with the regency around it.
    ("Pohjentrek", None, "unknown"),
    ("Kel. Pohjentrek", "35.75.02.1001", "inside"),
    ("Kec. Pohjentrek", "35.14.17", "outside"),
    ("Pohjentrek, Kec. Purworejo", "35.75.02.1001", "inside"),
    ("Karanganyar", None, "unknown"),
    ("Karanganyar, Kota Pasuruan", "35.75.04.1001", "inside"),
    ("Karanganyar, Kec. Panggungrejo", "35.75.04.1001", "inside"),
    ("Desa Karanganyar", "35.14.16.2014", "outside"),
    ("Karanganyar, Kraton", "35.14.16.2014", "outside"),
    ("Sebani", None, "unknown"),
    ("Bakalan", None, "unknown"),
    ("Bakalan, Bugul Kidul", "35.75.03.1005", "inside"),
    ("Bakalan, Kab. Pasuruan", "35.14", "outside"),
    # Apostrophes, names in two words or in one.
    ("Tapa'an", "35.75.03.1003", "inside"),
    ("TAPAAN RT 2 RW 1", "35.75.03.1003", "inside"),
    ("Tamba’an", "35.75.04.1002", "inside"),
    ("Kebon Agung", "35.75.02.1005", "inside"),
    ("bugulkidul", "35.75.03", "inside"),
    ("Gondang Wetan", "35.14.18", "outside"),
    # Directions are parts of names, and names of streets are no places.
    ("sebelah kidul pasar, lor kali", None, "unknown"),
    ("Bugul Lor", "35.75.04.1010", "inside"),
    ("Jl. Raya Bangil 3", None, "unknown"),
    ("Jl. Surabaya 5, Karangketug", "35.75.01.1001", "inside"),
    ("Karangketug arah Kraton", "35.75.01.1001", "inside"),
    # Names that are everyday words.
    ("dekat kandang sapi, sekitar pukul 10", None, "unknown"),
    ("Kel. Kandangsapi", "35.75.04.1011", "inside"),
    ("Desa Pukul", "35.14.16.2001", "outside"),
    # City and regency.
    ("Pasuruan", None, "unknown"),
    ("Kota Pasuruan", "35.75", "inside"),
    ("Kab. Pasuruan", "35.14", "outside"),
    ("Kabupaten Pasuruan", "35.14", "outside"),
    ("Bangil", "35.14.14", "outside"),
    ("Rejoso", "35.14.23", "outside"),
    ("Rejoso Kidul", "35.14.23.2007", "outside"),
    ("Rejosolor", "35.14.23.2012", "outside"),
    ("Surabaya", None, "outside"),
    # Several names: what they share.
    ("Kebonagung / Purutrejo", "35.75.02", "inside"),
    ("Kebonagung dan Trajeng", "35.75", "inside"),
    ("Karangketug, Kraton", None, "unknown"),
    ("Jl. Gajah Mada 12 RT 3 RW 4 Kel. Kebonsari Kec. Panggungrejo Kota Pasuruan", "35.75.04.1005", "inside"),
    ("rumah cat hijau depan langgar", None, "unknown"),
    ("", None, "unknown"),
]


@pytest.mark.parametrize(("address", "region", "jurisdiction"), ADDRESSES)
def test_an_address_names_a_place(address: str, region: str | None, jurisdiction: str) -> None:
    place = at(None, address=address)
    assert (place.region_code, place.jurisdiction) == (region, jurisdiction)


@pytest.mark.parametrize("region", [r for r in PACK.regions.values() if r.level in {"kelurahan", "kecamatan", "desa"}])
def test_each_place_is_found_by_its_level_and_its_kecamatan(region: object) -> None:
    code, level, name = (getattr(region, field) for field in ("code", "level", "name"))
    above = PACK.regions[code.rpartition(".")[0]]
    address = f"{level} {name}, {above.level} {above.name.removeprefix('Kota ').removeprefix('Kabupaten ')}"
    assert at(None, address=address).region_code == code


CODES = [
    ("3575011001", "35.75.01.1001", "inside"),
    ("35.75.01.1001", "35.75.01.1001", "inside"),
    (" 35 75 01 ", "35.75.01", "inside"),
    ("3575", "35.75", "inside"),
    ("35.75.01.1008", "35.75.01", "inside"),  # serials have gaps: the area around it is known
    ("3514161001", "35.14.16.1001", "outside"),
    ("3578", "35.78", "outside"),
    ("35", None, "unknown"),
    ("0000000000", None, "unknown"),
    ("357501100", None, "unknown"),
    ("٣٥٧٥", None, "unknown"),
    ("Gadingrejo", None, "unknown"),
    ("", None, "unknown"),
]


@pytest.mark.parametrize(("code", "region", "jurisdiction"), CODES)
def test_a_region_code_with_or_without_dots(code: str, region: str | None, jurisdiction: str) -> None:
    place = at(None, code)
    assert (place.region_code, place.jurisdiction) == (region, jurisdiction)


@pytest.mark.parametrize("region", [r for r in PACK.regions.values() if r.code in PACK.polygons])
def test_a_point_in_a_kelurahan_is_in_it(region: object) -> None:
    code, lat, lng = (getattr(region, field) for field in ("code", "lat", "lng"))
    place = at((lat, lng))
    assert place.region_code == code
    assert (place.lat, place.lng) == (lat, lng)


def test_a_point_beside_a_village_of_the_regency_belongs_to_the_regency() -> None:
    warungdowo = PACK.regions["35.14.17.2002"]
    assert warungdowo.lat is not None
    assert warungdowo.lng is not None
    assert seen(at((warungdowo.lat, warungdowo.lng))) == ("35.14", "outside", "point")


def test_a_point_far_away_is_outside_and_nobody_knows_whose() -> None:
    assert seen(at(SURABAYA)) == (None, "outside", "point")


def south_of_the_city(metres: float) -> tuple[float, float]:
    """A point on the meridian of 112.91, so far south of the southernmost corner of the city that lies on it."""
    lng = 112.91
    border = min(
        a[1] + (lng - a[0]) / (b[0] - a[0]) * (b[1] - a[1])
        for area in PACK.polygons.values()
        for polygon in area
        for a, b in zip(polygon[0], polygon[0][1:], strict=False)
        if min(a[0], b[0]) <= lng < max(a[0], b[0])
    )
    return border - metres / 111_195, lng


DISTANCES = [(-300.0, "inside"), (-20.0, "unknown"), (20.0, "unknown"), (300.0, "outside")]


@pytest.mark.parametrize(("metres", "jurisdiction"), DISTANCES)
def test_near_the_border_of_the_city_a_point_is_uncertain(metres: float, jurisdiction: str) -> None:
    assert at(south_of_the_city(metres)).jurisdiction == jurisdiction


def test_an_uncertain_point_leaves_a_guess_and_makes_another_hint_narrower() -> None:
    point = south_of_the_city(-20)
    guess = at(point)
    assert guess.region_code is not None
    assert guess.region_code.startswith("35.75.02.")
    assert guess.decided_by == "point-at-border"
    assert seen(at(point, "35.75.02")) == (guess.region_code, "inside", "region-code+point")
    assert seen(at(point, address="Kab. Pasuruan")) == ("35.14", "outside", "address")


def test_between_two_kelurahan_the_polygon_decides_unless_a_hint_names_the_other() -> None:
    corners = {code: set(area[0][0]) for code, area in PACK.polygons.items()}
    trajeng, mayangan = "35.75.04.1003", "35.75.04.1006"
    lng, lat = min(corners[trajeng] & corners[mayangan])
    decided = at((lat, lng))
    assert decided.jurisdiction == "inside"
    for code in (trajeng, mayangan):
        assert at((lat, lng), code).region_code == code
    assert at((lat, lng), "35.75.01.1001").region_code == decided.region_code


CONFLICTS = [
    (KARANGKETUG, "35.75.04.1001", None, ("35.75.01.1001", "inside", "point over region-code")),
    (KARANGKETUG, None, "Kec. Kraton", ("35.75.01.1001", "inside", "point over address")),
    (KARANGKETUG, "35.75.01", "Kec. Gadingrejo", ("35.75.01.1001", "inside", "point")),
    (None, "35.75.01", "Karangketug", ("35.75.01.1001", "inside", "region-code+address")),
    (None, "35.75.01.1001", "Trajeng", ("35.75.01.1001", "inside", "region-code over address")),
    (None, "35.75.01.1001", "Kab. Pasuruan", ("35.75.01.1001", "inside", "region-code over address")),
    (None, "35.75.01.1001", "Karanganyar", ("35.75.01.1001", "inside", "region-code")),
    (SURABAYA, "35.75.01.1001", None, (None, "outside", "point over region-code")),
    (None, "x", "Karangketug", ("35.75.01.1001", "inside", "address")),
    (None, None, "Karanganyar", (None, "unknown", "address-ambiguous")),
    (None, None, None, (None, "unknown", "none")),
]


@pytest.mark.parametrize(("point", "code", "address", "expected"), CONFLICTS)
def test_the_strongest_hint_wins_and_the_answer_says_so(
    point: tuple[float, float] | None, code: str | None, address: str | None, expected: tuple[str | None, str, str]
) -> None:
    assert seen(at(point, code, address)) == expected


NO_POINTS = [(math.nan, 112.9), (-7.65, math.inf), (112.9, -7.65), (-7.65, 200.0), (-7.65, None), (None, 112.9)]


@pytest.mark.parametrize(("lat", "lng"), NO_POINTS)
def test_what_is_no_point_is_not_given(lat: float | None, lng: float | None) -> None:
    assert PLACES.resolve(lat, lng, "3575011001", None) == Place(None, None, "35.75.01.1001", "inside", "region-code")


@given(
    lat=st.none() | st.floats(), lng=st.none() | st.floats(), code=st.none() | st.text(), address=st.none() | st.text()
)
def test_anything_has_a_place_that_the_pack_can_name(
    lat: float | None, lng: float | None, code: str | None, address: str | None
) -> None:
    place = PLACES.resolve(lat, lng, code, address)
    assert place.jurisdiction in {"inside", "outside", "unknown"}
    if place.jurisdiction == "inside":
        assert place.region_code in PACK.regions
    assert place.lat is None or math.isfinite(place.lat)


@given(lat=st.floats(-7.70, -7.60), lng=st.floats(112.85, 112.96), code=st.sampled_from([None, "3575", "3514"]))
def test_a_point_over_the_city_is_placed_the_same_way_each_time(lat: float, lng: float, code: str | None) -> None:
    assert at((lat, lng), code) == at((lat, lng), code)
    assert at((lat, lng)).jurisdiction in {"outside", "unknown"} or at((lat, lng)).region_code in PACK.polygons

"""`regions.geojson`: areas as plain coordinates. Who needs geometry builds it from them once."""

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from shared.pack.model import Polygon, Region, Ring
from shared.pack.problems import Findings
from shared.pack.tables import Table

FILE = "regions.geojson"


def read_polygons(text: str, regions: Table[Region], findings: Findings) -> dict[str, tuple[Polygon, ...]]:
    """The areas by region code (the feature's `properties.code`). A MultiPolygon is several polygons."""
    polygons: dict[str, tuple[Polygon, ...]] = {}
    for line, feature in _features(text, findings):
        properties, geometry = feature.get("properties"), feature.get("geometry")
        code = properties.get("code") if isinstance(properties, dict) else None
        if not isinstance(code, str) or code not in regions.items:
            findings.note(FILE, line, f"code {code!r} is not in {regions.file}")
        elif code in polygons:
            findings.note(FILE, line, f"{code} has a polygon already")
        else:
            area = _area(geometry if isinstance(geometry, dict) else {})
            if isinstance(area, str):
                findings.note(FILE, line, f"{code}: {area}")
            else:
                polygons[code] = area
    return polygons


def _features(text: str, findings: Findings) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each feature with the line on which it begins."""
    try:
        collection = json.loads(text, parse_constant=_refuse)
    except RecursionError:
        findings.note(FILE, 1, "nested too deeply")
        return
    except ValueError as error:
        findings.note(FILE, getattr(error, "lineno", 1), f"not JSON: {error}")
        return
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list):
        findings.note(FILE, 1, "no FeatureCollection with a list of features")
        return
    decoder, position = json.JSONDecoder(), 0
    start = text.index("[", text.index('"features"')) + 1
    for feature in features:
        position = start
        while text[position] in " \t\r\n,":
            position += 1
        start = decoder.raw_decode(text, position)[1]
        line = text.count("\n", 0, position) + 1
        if isinstance(feature, dict):
            yield line, feature
        else:
            findings.note(FILE, line, "a feature is no object")


def _refuse(constant: str) -> float:
    """NaN and Infinity are no JSON, although the parser would take them."""
    raise ValueError(f"{constant} is no number")


def _area(geometry: dict[str, Any]) -> tuple[Polygon, ...] | str:
    """The polygons of a geometry, or what is broken in it."""
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in {"Polygon", "MultiPolygon"} or not isinstance(coordinates, list) or not coordinates:
        return f"geometry is {kind!r}, not a Polygon or MultiPolygon with coordinates"
    area: list[Polygon] = []
    for rings in coordinates if kind == "MultiPolygon" else [coordinates]:
        if not isinstance(rings, list) or not rings:
            return "a polygon without rings"
        polygon = [_ring(ring) for ring in rings]
        for ring in polygon:
            if isinstance(ring, str):
                return ring
        area.append(tuple(ring for ring in polygon if not isinstance(ring, str)))
    return tuple(area)


def _ring(points: object) -> Ring | str:
    """A closed ring that does not cross itself, or what is broken in it."""
    if not isinstance(points, list) or len(points) < 4:
        return "a ring of fewer than four points"
    ring: list[tuple[float, float]] = []
    for point in points:
        if not isinstance(point, list) or len(point) < 2 or not all(type(part) in {int, float} for part in point):
            return f"{point!r} is no point of longitude and latitude"
        lng, lat = float(point[0]), float(point[1])
        if not (-180 <= lng <= 180 and -90 <= lat <= 90):
            return f"{point!r} is not on earth: longitude comes first"
        ring.append((lng, lat))
    if ring[0] != ring[-1]:
        return "a ring that does not end where it began"
    crossing = _crossing(tuple(ring))
    return f"a ring that crosses itself near {crossing[0]}, {crossing[1]}" if crossing else tuple(ring)


def _crossing(ring: Ring) -> tuple[float, float] | None:
    """A corner beside which the ring crosses itself; sides are compared only where their longitudes overlap."""
    sides = sorted((min(a[0], b[0]), max(a[0], b[0]), n, a, b) for n, (a, b) in enumerate(pairwise(ring)))
    for i, (_, east, _, a, b) in enumerate(sides):
        for west, _, _, c, d in sides[i + 1 :]:
            if west > east:
                break
            if _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0:
                return a
    return None


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    """Positive where a-b-c turns left, negative where it turns right."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

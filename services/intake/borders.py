"""Where a point lies: polygons of the pack made into geometry once. Distances are metres on a plane beside the city."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely
from shapely import Point, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from shared.events import Jurisdiction
from shared.pack import Pack

# Length of a degree of latitude (WGS 84, mean); over one city the plane is wrong by less than a metre in a kilometre.
_METRES_PER_DEGREE = 111_195.0
# Simplified neighbours leave slivers between them that are no border: narrower than twice this they are closed.
_SLIVER_METRES = 10.0


class Spot(NamedTuple):
    """A point on the map. `jurisdiction` is unknown near the city's border; `near` are the areas within doubt of it."""

    jurisdiction: Jurisdiction
    region_code: str | None
    near: frozenset[str] = frozenset()


class Borders:
    """The city's border and those within it."""

    def __init__(self, pack: Pack) -> None:
        rules = pack.deployment.place
        self._doubt, self._village = rules.uncertain_metres, rules.village_metres
        lats = [lat for area in pack.polygons.values() for polygon in area for _, lat in polygon[0]]
        self._lng_metres = _METRES_PER_DEGREE * (math.cos(math.radians(sum(lats) / len(lats))) if lats else 1.0)
        areas = [(code, self._polygon(rings)) for code, area in pack.polygons.items() for rings in area]
        self._codes = [code for code, _ in areas]
        self._polygons = [polygon for _, polygon in areas]
        shapely.prepare(self._polygons)
        self._tree = STRtree(self._polygons)
        city = [polygon for code, polygon in areas if f"{code}.".startswith(f"{rules.city}.")]
        whole = shapely.union_all(city).buffer(_SLIVER_METRES).buffer(-_SLIVER_METRES)
        self._core, self._halo = whole.buffer(-self._doubt), whole.buffer(self._doubt)
        shapely.prepare([self._core, self._halo])
        self._known = bool(city)
        self._villages, self._village_tree = self._outside(pack)

    def locate(self, points: Sequence[tuple[float, float]]) -> list[Spot | None]:
        """The spot of each point (lat, lng in degrees); None where the pack has no polygon of the city.

        Points are looked up together: asking for one costs nearly as much as asking for a hundred.
        """
        if not points or not self._known:
            return [None] * len(points)
        at = shapely.points([(lng * self._lng_metres, lat * _METRES_PER_DEGREE) for lat, lng in points])
        near_by = _found(self._tree.query(at, predicate="dwithin", distance=self._doubt))
        holding = _found(self._tree.query(at, predicate="intersects"))
        inside, near = shapely.contains(self._core, at).tolist(), shapely.contains(self._halo, at).tolist()
        spots: list[Spot | None] = []
        for index, point in enumerate(at):
            held = min([self._codes[area] for area in holding.get(index, ())], default=None)
            if near[index]:
                around = frozenset([self._codes[area] for area in near_by.get(index, ())])
                spots.append(Spot("inside" if inside[index] else "unknown", held or self._nearest(point), around))
            else:
                spots.append(Spot("outside", held or self._body_nearby(point)))
        return spots

    def _nearest(self, point: Point) -> str | None:
        return self._codes[int(self._tree.nearest(point))]

    def _body_nearby(self, point: Point) -> str | None:
        """The surrounding area whose known village is near enough."""
        if not self._villages:
            return None
        index = int(self._village_tree.nearest(point))
        village: BaseGeometry = self._village_tree.geometries[index]
        return self._villages[index] if village.distance(point) <= self._village else None

    def _outside(self, pack: Pack) -> tuple[list[str], STRtree]:
        """Known points of the areas around the city, each with the code of its body's area."""
        codes, points = [], []
        for region in pack.regions.values():
            for body in pack.deployment.surrounding:
                if region.code.startswith(f"{body.region}.") and region.lat is not None and region.lng is not None:
                    codes.append(body.region)
                    points.append(Point(region.lng * self._lng_metres, region.lat * _METRES_PER_DEGREE))
        return codes, STRtree(points)

    def _polygon(self, rings: tuple[tuple[tuple[float, float], ...], ...]) -> Polygon:
        scale = (self._lng_metres, _METRES_PER_DEGREE)
        outer, *holes = (np.asarray(ring) * scale for ring in rings)
        return Polygon(outer, holes)


def _found(pairs: "np.ndarray[Any, np.dtype[np.int64]]") -> Mapping[int, list[int]]:
    """The areas found for each point, from the two rows that the tree answers with."""
    areas: dict[int, list[int]] = defaultdict(list)
    for point, area in pairs.T.tolist():
        areas[point].append(area)
    return areas

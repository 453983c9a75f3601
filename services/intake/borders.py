"""Where a point lies: polygons of the pack made into geometry once. Distances are metres on a plane beside the city."""

import math
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Spot:
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
        self._shrink = math.cos(math.radians(sum(lats) / len(lats))) if lats else 1.0
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

    def locate(self, lat: float, lng: float) -> Spot | None:
        """The spot of a point in degrees; None where the pack has no polygon of the city."""
        if not self._known:
            return None
        point = self._point(lng, lat)
        if not shapely.contains(self._halo, point):
            return Spot("outside", self._area(point) or self._body_nearby(point))
        around = self._tree.query(point, predicate="dwithin", distance=self._doubt).tolist()
        held = [self._codes[index] for index in around if shapely.intersects(self._polygons[index], point)]
        inside = shapely.contains(self._core, point)
        near = frozenset([self._codes[index] for index in around])
        return Spot("inside" if inside else "unknown", min(held) if held else self._nearest(point), near)

    def _area(self, point: Point) -> str | None:
        found = self._tree.query(point, predicate="intersects")
        return min((self._codes[index] for index in found), default=None)

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
                    points.append(self._point(region.lng, region.lat))
        return codes, STRtree(points)

    def _point(self, lng: float, lat: float) -> Point:
        return Point(lng * _METRES_PER_DEGREE * self._shrink, lat * _METRES_PER_DEGREE)

    def _polygon(self, rings: tuple[tuple[tuple[float, float], ...], ...]) -> Polygon:
        scale = (_METRES_PER_DEGREE * self._shrink, _METRES_PER_DEGREE)
        outer, *holes = (np.asarray(ring) * scale for ring in rings)
        return Polygon(outer, holes)

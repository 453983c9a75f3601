"""The place of a report: whether it lies in the city, and where, from all that was given, with what decided. Pure."""

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from services.intake.borders import Borders, Spot
from services.intake.gazetteer import Gazetteer
from shared.events import Jurisdiction
from shared.pack import Pack

# Kemendagri codes of provinces run from 11 to 96.
_CODE = re.compile(r"([1-9][0-9])(\d\d)?(\d\d)?(\d{4})?", re.ASCII)


class Place(NamedTuple):
    """Where a report belongs.

    `jurisdiction` is inside, outside or unknown; `region_code` is dotted and as narrow as is known, and only a guess
    where the jurisdiction is unknown. `decided_by` names the hint: `point`, `region-code` or `address`, with `+` where
    another made it narrower and `over` where a weaker one said otherwise; or what left it open: `point-at-border`,
    `address-ambiguous`, `none`.
    """

    lat: float | None
    lng: float | None
    region_code: str | None
    jurisdiction: Jurisdiction
    decided_by: str


_NOWHERE = Place(None, None, None, "unknown", "none")


class Hints(NamedTuple):
    """All that a report says of its place."""

    lat: float | None
    lng: float | None
    region_code: str | None
    address: str | None


class _Hint(NamedTuple):
    source: str
    jurisdiction: Jurisdiction
    region_code: str | None


class Places:
    """The places of a pack; built once, as the geometry takes a moment."""

    def __init__(self, pack: Pack) -> None:
        self._regions = pack.regions
        self._city = pack.deployment.place.city
        self._borders = Borders(pack)
        self.gazetteer = Gazetteer(pack)

    def resolve(self, lat: float | None, lng: float | None, region_code: str | None, address: str | None) -> Place:
        """The place of a report from any of its hints. What is no point or no code counts as not given.

        A point farther from the city's border than the pack's doubt is the strongest hint, then a region code, then an
        address; a point in doubt only makes another hint narrower. Between two kelurahan of the city the polygon
        decides, unless a code or an address names the other one within doubt: either office can pass a report on.
        """
        (place,) = self.resolve_all([Hints(lat, lng, region_code, address)])
        return place

    def resolve_all(self, given: Sequence[Hints]) -> list[Place]:
        """As `resolve`, for a whole batch: points are looked up together, which is many times cheaper."""
        points = {number: point for number, hints in enumerate(given) if (point := _point(hints.lat, hints.lng))}
        spots = dict(zip(points, self._borders.locate(list(points.values())), strict=True))
        return [
            self._resolved(hints, points.get(number), spots.get(number)) if any(hints) or number in points else _NOWHERE
            for number, hints in enumerate(given)
        ]

    def _resolved(self, hints: Hints, point: tuple[float, float] | None, spot: Spot | None) -> Place:
        lat, lng = point or (None, None)
        stated = [hint for hint in (self._coded(hints.region_code), self._named(hints.address)) if hint is not None]
        known = [hint for hint in stated if hint.jurisdiction != "unknown"]
        if spot is not None and spot.jurisdiction != "unknown":
            known.insert(0, _Hint("point", spot.jurisdiction, spot.region_code))
        if not known:
            return self._in_doubt(lat, lng, spot, bool(stated))
        place, decided_by = _joined(known, spot)
        return Place(lat, lng, place.region_code, place.jurisdiction, decided_by)

    def _in_doubt(self, lat: float | None, lng: float | None, spot: Spot | None, ambiguous: bool) -> Place:
        decided_by = "address-ambiguous" if ambiguous else "none"
        if spot is not None and spot.jurisdiction == "unknown" and spot.near:
            return Place(lat, lng, spot.region_code, "unknown", "point-at-border")
        return Place(lat, lng, None, "unknown", decided_by)

    def _coded(self, region_code: str | None) -> _Hint | None:
        """A Kemendagri code with or without dots, cut to what the pack knows of the city."""
        parts = _CODE.fullmatch(re.sub(r"[.\s]", "", region_code)) if region_code else None
        if parts is None:
            return None
        code = ".".join(part for part in parts.groups() if part)
        if f"{self._city}.".startswith(f"{code}.") and code != self._city:
            return None
        if not f"{code}.".startswith(f"{self._city}."):
            return _Hint("region-code", "outside", code)
        while code not in self._regions:
            code = code.rpartition(".")[0]
        return _Hint("region-code", "inside", code)

    def _named(self, address: str | None) -> _Hint | None:
        named = self.gazetteer.find(address) if address else None
        return None if named is None else _Hint("address", named.jurisdiction, named.region_code)


def _point(lat: float | None, lng: float | None) -> tuple[float, float] | None:
    """A point of the earth; None where it is none."""
    if lat is None or lng is None or not (math.isfinite(lat) and math.isfinite(lng)):
        return None
    return (lat, lng) if abs(lat) <= 90 and abs(lng) <= 180 else None


def _joined(hints: list[_Hint], spot: Spot | None) -> tuple[_Hint, str]:
    """The strongest hint, made narrower by the others where they agree, and the words for what decided."""
    first, *weaker = hints
    place, decided_by = first, first.source
    if spot is not None and spot.jurisdiction == "unknown" and spot.region_code:
        weaker.append(_Hint("point", "inside", spot.region_code))
    for hint in weaker:
        beside = first.source == "point" and spot is not None and hint.region_code in spot.near
        if hint.jurisdiction == place.jurisdiction and (_within(hint, place) or beside):
            if hint.region_code != place.region_code:
                place, decided_by = (
                    _Hint(first.source, place.jurisdiction, hint.region_code),
                    f"{decided_by}+{hint.source}",
                )
        elif hint.source != "point" and (hint.jurisdiction != place.jurisdiction or not _within(place, hint)):
            decided_by = f"{decided_by} over {hint.source}"
    return place, decided_by


def _within(inner: _Hint, outer: _Hint) -> bool:
    """Whether a hint lies in the area of another, or is the same; what lies outside may have no code."""
    if inner.region_code is None or outer.region_code is None:
        return outer.region_code is None
    return f"{inner.region_code}.".startswith(f"{outer.region_code}.")

"""What the geometry rules look at: the coverage around a change, before and after it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from app.edits.changes import Changes, Feature, Key
from app.edits.grid import PER_METRE, Edge, Point, pairs, to_grid
from layers.cadastre import PARCEL
from layers.layer import NoOverlap

COVERAGE = ("parcel", "road_surface", "water_body")
"""The layers that together cover a commune without overlap and without gap."""


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """From where on a defect counts. Metres and square metres in the plane of the legal CRS, degrees."""

    overlap: float = next(one.tolerance for one in PARCEL.constraints if isinstance(one, NoOverlap))
    gap: float = 0.01
    gap_width: float = 0.1
    """Between neighbours, what is narrower is a gap and not land that somebody forgot."""
    sliver: float = 0.0015
    """Rounding a vertex to the millimetre moves an edge by less than half of this."""
    touch: float = 0.01
    """A change touches a defect when this much of a changed boundary lies in it."""
    edge: float = 0.01
    width: float = 0.05
    spike_angle: float = 1.0
    spike_width: float = 0.01
    balance: float = 0.1


THRESHOLDS = Thresholds()


@dataclass(frozen=True)
class Situation:
    """Changes in their surroundings. `surroundings` are the unchanged areas near every changed boundary."""

    changes: Changes
    surroundings: Sequence[Feature]
    thresholds: Thresholds = THRESHOLDS

    @cached_property
    def olds(self) -> list[Feature]:
        """The changed areas of the coverage as they were."""
        return [one for one in self.changes.olds if is_area(one)]

    @cached_property
    def news(self) -> list[Feature]:
        """The changed areas of the coverage as they will be."""
        return [one for one in self.changes.news if is_area(one)]

    @cached_property
    def around(self) -> list[Feature]:
        """The unchanged areas of the coverage."""
        changed = {one.key for one in self.changes}
        return [one for one in self.surroundings if is_area(one) and one.key not in changed]

    @cached_property
    def origins(self) -> dict[Key, list[Feature]]:
        """What each changed area was before: itself, and those it comes from."""
        before = {one.key: one for one in self.olds}
        found: dict[Key, list[Feature]] = defaultdict(list)
        for one in self.olds:
            found[one.key].append(one)
        for parent, child in self.changes.lineage:
            found[child].append(before[parent])
        return found

    def origins_of(self, feature: Feature) -> list[Feature]:
        """What an area was before; an unchanged one was the same."""
        if feature.key in self.origins:
            return self.origins[feature.key]
        return [] if any(one.key == feature.key for one in self.changes) else [feature]

    @cached_property
    def edges_before(self) -> set[Edge]:
        """The edges of changed areas as they were."""
        return {one for feature in self.olds for one in edges_of(feature.geometry)}

    @cached_property
    def edges_after(self) -> set[Edge]:
        """The edges of changed areas as they will be."""
        return {one for feature in self.news for one in edges_of(feature.geometry)}

    @cached_property
    def touched(self) -> BaseGeometry:
        """The lines where boundaries were drawn, moved or removed. One that only got a vertex is not among
        them, although rounding has moved it by less than a millimetre."""
        made, gone = (
            lines(here - there)
            for here, there in (
                (self.edges_after, self.edges_before),
                (self.edges_before, self.edges_after),
            )
        )
        narrow = self.thresholds.sliver
        return shapely.union_all([made.difference(gone.buffer(narrow)), gone.difference(made.buffer(narrow))])

    def label(self, feature: Feature) -> str:
        """How a feature is called in a sentence: ``sheet/number`` or its name; new ones are +1, +2 …"""
        if feature in self.made:
            return f"+{self.made.index(feature) + 1}"
        sheet, number, name = (feature.attributes.get(one) for one in ("sheet", "number", "name"))
        return f"{sheet}/{number}" if number else str(name or feature.layer)

    @cached_property
    def made(self) -> list[Feature]:
        """New areas, in their order."""
        return list(self.changes.made)

    def touches(self, defect: BaseGeometry) -> bool:
        """Whether a changed boundary lies in a defect, for more than a point."""
        return bool(shapely.length(self.touched.intersection(defect)) > self.thresholds.touch)

    def is_drawn(self, one: Edge) -> bool:
        """Whether an edge is part of a boundary that was drawn or moved."""
        return bool(lines([one]).difference(self._old_strip).length > 0)

    @cached_property
    def _old_strip(self) -> BaseGeometry:
        return lines(self.edges_before).buffer(self.thresholds.sliver)

    def counts(self, region: BaseGeometry, area: float) -> bool:
        """Whether a region is larger than `area` and not merely what rounding leaves."""
        if region.area <= area:
            return False
        return not region.buffer(-self.thresholds.sliver / 2, join_style="mitre").is_empty


def is_area(feature: Feature) -> bool:
    """Whether a feature is an area of the coverage. One of its layers that is none is an issue."""
    has_area = isinstance(feature.geometry, shapely.Polygon | shapely.MultiPolygon)
    return feature.layer in COVERAGE and has_area and not feature.geometry.is_empty


def area_of(features: Iterable[Feature]) -> BaseGeometry:
    """The land of features together."""
    return shapely.union_all([sound(one.geometry) for one in features])


def sound(geometry: BaseGeometry) -> BaseGeometry:
    """A geometry that can be measured. A wrong one is mended for this; the register keeps it as it is."""
    return geometry if geometry.is_valid else shapely.make_valid(geometry)


def polygons(geometry: BaseGeometry) -> BaseGeometry:
    """The parts of a geometry that have an area."""
    parts = shapely.get_parts(geometry)
    return shapely.union_all([one for one in parts if one.area > 0])


def rings_of(geometry: BaseGeometry) -> Iterator[list[Point]]:
    """The rings of an area on the grid, without the repeated end."""
    for part in shapely.get_parts(geometry):
        for ring in (part.exterior, *part.interiors):
            yield [to_grid(position) for position in shapely.get_coordinates(ring)[:-1].tolist()]


def edges_of(geometry: BaseGeometry) -> Iterator[Edge]:
    """The edges of an area."""
    for ring in rings_of(geometry):
        yield from ((a, b) if a < b else (b, a) for a, b in pairs(ring) if a != b)


def lines(edges: Iterable[Edge]) -> BaseGeometry:
    """Edges as one geometry in metres."""
    table = np.array(sorted(edges), dtype=float).reshape(-1, 2, 2) / PER_METRE
    return cast("BaseGeometry", shapely.multilinestrings(np.asarray(shapely.linestrings(table))))

"""The rings of one feature on the grid, which can be changed, and finding edges in them quickly."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from app.edits.grid import (
    Edge,
    Point,
    Ring,
    canonical,
    cleaned,
    doubled_area,
    edge,
    pairs,
    to_grid,
    to_metres,
)
from app.edits.refusal import OperationError, Reason
from layers.layer import N_

Polygon = list[Ring]
"""The outer ring, then the holes."""
Edges = NDArray[np.int64]
"""One row for each side of a ring: east and north of its first and of its second vertex."""

NOT_AN_AREA = Reason("not_an_area", N_("Hình này không phải là vùng khép kín."))
SEVERAL_PARTS = Reason("several_parts", N_("Kết quả bị rời thành {count} phần. Một thửa chỉ có một phần."))


class Box(NamedTuple):
    """A rectangle on the grid, its sides included."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def around(cls, points: Iterable[Point], margin: float = 0) -> "Box":
        easts, norths = zip(*points, strict=True)
        return cls(min(easts) - margin, min(norths) - margin, max(easts) + margin, max(norths) + margin)


class Outline:
    """The boundary of a feature: polygons of rings. Change it through the methods only."""

    def __init__(self, polygons: Sequence[Polygon], *, multiple: bool = False) -> None:
        self.polygons = [[list(ring) for ring in polygon] for polygon in polygons]
        self.multiple = multiple
        self.is_touched = False
        self._edges: Edges | None = None

    @classmethod
    def of(cls, geometry: BaseGeometry) -> "Outline":
        """The outline of a Polygon or MultiPolygon in metres. OperationError for anything else."""
        if not isinstance(geometry, shapely.Polygon | shapely.MultiPolygon) or geometry.is_empty:
            raise OperationError(NOT_AN_AREA)
        return cls(
            [[_ring(ring) for ring in (one.exterior, *one.interiors)] for one in shapely.get_parts(geometry)],
            multiple=isinstance(geometry, shapely.MultiPolygon),
        )

    def rings(self) -> Iterator[Ring]:
        """Every ring; they are not to be changed by the caller."""
        return (ring for polygon in self.polygons for ring in polygon)

    def vertices(self) -> set[Point]:
        return {point for ring in self.rings() for point in ring}

    def edges(self) -> set[Edge]:
        return {edge(a, b) for ring in self.rings() for a, b in pairs(ring)}

    @property
    def table(self) -> Edges:
        """The sides of all rings, in the order of the rings."""
        if self._edges is None:
            sides = [(*a, *b) for ring in self.rings() for a, b in pairs(ring)]
            self._edges = np.array(sides, dtype=np.int64).reshape(-1, 4)
        return self._edges

    def places(self, a: Point, b: Point) -> list[tuple[Ring, int]]:
        """Where edge a–b stands: the rings, and the index of its first vertex in each."""
        table = self.table
        rows = np.flatnonzero((table == (*a, *b)).all(axis=1) | (table == (*b, *a)).all(axis=1))
        if not len(rows):
            return []
        rings = list(self.rings())
        starts = np.cumsum([0, *(len(ring) for ring in rings)])
        which = np.searchsorted(starts, rows, side="right") - 1
        return [(rings[ring], int(row - starts[ring])) for ring, row in zip(which, rows, strict=True)]

    def insert(self, a: Point, b: Point, point: Point) -> None:
        """Make `point` a vertex between a and b wherever they are neighbours."""
        for ring, index in sorted(self.places(a, b), key=lambda place: -place[1]):
            ring.insert(index + 1, point)
        self._edges, self.is_touched = None, True

    def replace(self, polygons: Sequence[Polygon]) -> None:
        """Give the feature another boundary."""
        self.polygons = [[list(ring) for ring in polygon] for polygon in polygons]
        self._edges, self.is_touched = None, True

    def area(self) -> float:
        """Square metres. Computed from whole millimetres, so without error but the last rounding."""
        return sum(self.doubled_areas()) / 2_000_000

    def doubled_areas(self) -> Iterator[int]:
        """Twice the area of each polygon in mm²."""
        for shell, *holes in self.polygons:
            yield abs(doubled_area(shell)) - sum(abs(doubled_area(hole)) for hole in holes)

    def on_grid(self) -> BaseGeometry:
        """The geometry in millimetres, for questions that need exact coordinates."""
        return self._shape([[list(ring) for ring in polygon] for polygon in self.polygons])

    def geometry(self) -> BaseGeometry:
        """The geometry in metres."""
        return self._shape([[[to_metres(p) for p in ring] for ring in one] for one in self.polygons])

    def _shape(self, polygons: Sequence[Sequence[Sequence[tuple[float, float]]]]) -> BaseGeometry:
        made = [shapely.Polygon(shell, holes) for shell, *holes in polygons]
        if not self.multiple and len(made) != 1:
            raise OperationError(SEVERAL_PARTS, shapely.MultiPolygon(made), count=len(made))
        return shapely.MultiPolygon(made) if self.multiple else made[0]


def canonical_polygon(polygon: shapely.Polygon) -> Polygon:
    """A polygon given in millimetres as rings that are the same for the same boundary."""
    holes = [points for ring in polygon.interiors if len(points := _points(ring)) >= 3]
    shell = canonical(_points(polygon.exterior), hole=False)
    return [shell, *sorted(canonical(hole, hole=True) for hole in holes)]


def _points(ring: shapely.LinearRing) -> Ring:
    # Rounding may have moved vertices together.
    return cleaned([(round(x), round(y)) for x, y in shapely.get_coordinates(ring)[:-1].tolist()])


def _ring(ring: shapely.LinearRing) -> Ring:
    return [to_grid(position) for position in shapely.get_coordinates(ring)[:-1].tolist()]

"""Cutting off a given area, exactly: by a line of a given direction, or from a given point of the front.

The place of the line is found in closed form; then the ends are chosen among the grid points around it,
so that the area is met although coordinates are whole millimetres. Moving one end of a cut of 100 m by
1 mm changes the area by 0.05 m²; beyond 200 m the grid itself is coarser than 0.1 m².
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from app.edits.changes import Key
from app.edits.cutting import LINE_THROUGH_HOLE, as_area, cut, fit
from app.edits.grid import (
    PER_METRE,
    Metres,
    Point,
    Ring,
    along,
    cross,
    distance,
    dot,
    doubled_area,
    edge,
    squared,
    to_grid,
    to_metres,
)
from app.edits.outline import Polygon
from app.edits.refusal import OperationError, Reason
from app.edits.topology import Coverage
from layers.layer import N_

MORE_THAN_TWO_PIECES = Reason(
    "more_than_two_pieces", N_("Đường chia theo hướng này cắt thửa thành hơn hai phần. Chọn hướng khác.")
)
LINE_LEAVES_PARCEL = Reason(
    "line_leaves_parcel", N_("Từ điểm này của mặt tiền không kẻ được đường chia nằm trong thửa.")
)

SLIDE = 25
"""How many millimetres an end may slide along its edge to meet the area."""
CLOSE_ENOUGH = 0.01
"""Square metres. Nearer than this, a line that keeps its direction is better than a nearer area."""
PER_SQUARE_METRE = 2 * PER_METRE**2
"""Areas are counted in halves of mm²."""


@dataclass(frozen=True)
class Place:
    """Where a cut may end: grid points on side `side` of a ring, each with the way it was slid (mm)."""

    side: int
    points: tuple[tuple[float, Point], ...]

    @property
    def middle(self) -> Point:
        return self.points[len(self.points) // 2][1]


def cut_off(
    coverage: Coverage, key: Key, area: float, direction: Metres, *, left: bool
) -> tuple[Polygon, Polygon]:
    """Cut a feature by a line of this direction, so that the piece on its left or right has this area.

    `area` in square metres, less than the feature's. Returns the piece and the rest; the coverage has
    the ends of the line as vertices, and still the whole feature. OperationError when such a line cuts
    it into more than two pieces.
    """
    outline = coverage.outlines[key]
    ends = _level(as_area(outline.polygons[0]), direction, area, left=left)
    shell = _counter_clockwise(outline.polygons[0][0])
    start, end = (_place(coverage, shell, one) for one in ends)
    # On the left of the line, the boundary runs from its end to its start.
    first, last = (end, start) if left else (start, end)
    return _cut_between(coverage, key, shell, first, last, area=area)


def cut_off_at(
    coverage: Coverage, key: Key, area: float, start: Point, front: Point
) -> tuple[Polygon, Polygon]:
    """Cut a feature from vertex `front` to wherever the piece between `start` and it has this area.

    `start` is a vertex too; the way along the boundary from it to `front` is the shorter one. The
    feature has no holes. Returns the piece and the rest, as `cut_off` does.
    """
    shell = _counter_clockwise(coverage.outlines[key].polygons[0][0])
    ring = shell if is_forward(shell, start, front) else shell[::-1]
    sign = 1 if ring is shell else -1
    index, here = ring.index(start), Place(shell.index(front), ((0.0, front),))
    want = round(area * PER_SQUARE_METRE)
    covered = sign * doubled_area(path(ring, start, front))
    for step in range(len(path(ring, front, start)) - 2):
        near, far = ring[index - step], ring[index - step - 1]
        more = sign * cross(front, far, near)
        if covered <= want <= covered + more and more:
            there = _place(coverage, shell, to_metres(along(near, far, want - covered, more)))
            first, last = (there, here) if ring is shell else (here, there)
            return _cut_between(coverage, key, shell, first, last, area=area)
        covered += more
    raise OperationError(LINE_LEAVES_PARCEL, shapely.Point(to_metres(front)))


def is_forward(ring: Sequence[Point], start: Point, end: Point) -> bool:
    """Whether the shorter way along a ring from one vertex to another goes in the ring's direction."""
    there = path(ring, start, end)
    back = path(ring, end, start)
    return _length(there) <= _length(back)


def path(ring: Sequence[Point], start: Point, end: Point) -> list[Point]:
    """The vertices from one to another in the ring's direction, both included."""
    return [*_between(ring, ring.index(start), ring.index(end)), end]


def _level(whole: shapely.Polygon, direction: Metres, area: float, *, left: bool) -> tuple[Metres, Metres]:
    """The start and the end of the line of this direction that has `area` on one side, in metres."""
    aside = (direction[1], -direction[0]) if left else (-direction[1], direction[0])
    origin = np.array([whole.centroid.x, whole.centroid.y])
    turn = np.array([direction, aside])
    shell, *holes = ((np.array(ring.coords) - origin) @ turn.T for ring in (whole.exterior, *whole.interiors))
    level = shapely.Polygon(shell, holes)
    height = _height(level, area)
    west, _, east, _ = level.bounds
    line = shapely.LineString([(west - 1, height), (east + 1, height)])
    inside = [one for one in _lines(shapely.intersection(line, level)) if one.length > 1 / PER_METRE]
    if len(inside) != 1:
        holed = shapely.Polygon(level.exterior).intersection(line).geom_type == "LineString"
        raise OperationError(LINE_THROUGH_HOLE if holed else MORE_THAN_TWO_PIECES)
    start, *_, end = (np.array(sorted(inside[0].coords)) @ turn + origin).tolist()
    return tuple(start), tuple(end)


def _height(level: shapely.Polygon, area: float) -> float:
    """The height below which the polygon has this area.

    Between the heights of two vertices the area is a quadratic function of the height.
    """
    west, south, east, _ = level.bounds

    @cache
    def below(height: float) -> float:
        lower = shapely.box(west - 1, south - 1, east + 1, height)
        return float(shapely.area(shapely.intersection(level, lower)))

    heights: list[float] = sorted({y for _, y in shapely.get_coordinates(level).tolist()})
    index = min(max(bisect_right(heights, area, key=below), 1), len(heights) - 1)
    low, high = heights[index - 1], heights[index]
    first, middle, last = below(low), below((low + high) / 2), below(high)
    square = 2 * (first - 2 * middle + last)
    linear = last - first - square
    missing = area - first
    root = math.sqrt(max(linear**2 + 4 * square * missing, 0.0))
    share = 2 * missing / (linear + root) if linear + root > 0 else 0.0
    return low + min(max(share, 0), 1) * (high - low)


def _lines(geometry: BaseGeometry) -> list[shapely.LineString]:
    parts = [one for one in shapely.get_parts(geometry) if one.geom_type == "LineString"]
    joined = shapely.line_merge(shapely.MultiLineString(parts))
    return list(shapely.get_parts(joined))


def _place(coverage: Coverage, ring: Ring, position: Metres) -> Place:
    """The points where a cut may end near this position on the ring, none nearer to a vertex than the
    snap distance, unless it is the vertex. In reach of a vertex, others cost more than any slide."""
    here, snap = to_grid(position), coverage.tolerances.snap_mm
    side = min(range(len(ring)), key=lambda i: (_distance(here, ring[i], ring[(i + 1) % len(ring)]), i))
    a, b = ring[side], ring[(side + 1) % len(ring)]
    length = distance(a, b)
    at = dot(a, b, here) / length
    found = [(distance(end, here), end) for end in (a, b) if distance(end, here) <= SLIDE]
    dear = 2 * SLIDE if any(away <= snap for away, _ in found) else 0
    found += (
        (dear + abs(slide), along(a, b, round((at + slide) * 1000), round(length * 1000)))
        for slide in range(-SLIDE, SLIDE + 1)
        if snap < at + slide < length - snap
    )
    return Place(side, tuple(found or [(0.0, min((a, b), key=lambda end: squared(end, here)))]))


def _cut_between(
    coverage: Coverage, key: Key, shell: Ring, first: Place, last: Place, *, area: float
) -> tuple[Polygon, Polygon]:
    """Cut off the part of the boundary from `first` to `last`."""
    holes = [hole for polygon in coverage.outlines[key].polygons for hole in polygon[1:]]
    side = _Side(shell, holes, first, last)
    ends = side.best(round(area * PER_SQUARE_METRE))
    for place, end in zip((first, last), ends, strict=True):
        if end not in shell:
            coverage.insert(end, edge(shell[place.side], shell[(place.side + 1) % len(shell)]))
    line = fit(coverage, ends, [key], distance=coverage.tolerances.noding_mm)
    pieces = cut(coverage, key, line)
    if len(pieces) != 2:
        raise OperationError(MORE_THAN_TWO_PIECES)
    # The piece has the vertices of its side, and the rest has none of them.
    mine = set(side.chain).difference(ends)
    rest, piece = sorted(pieces, key=lambda one: len(mine.intersection(one[0])))
    return piece, rest


class _Side:
    """The part of a ring between two places, closed by a line between points of these."""

    def __init__(self, ring: Ring, holes: Sequence[Ring], first: Place, last: Place) -> None:
        self.first, self.last = first, last
        # From the end of the first side to the beginning of the last one.
        self.chain = [*_between(ring, (first.side + 1) % len(ring), last.side), ring[last.side]]
        closed = shapely.Polygon([*self.chain, last.middle, first.middle])
        inside = [hole for hole in holes if closed.contains(shapely.Point(hole[0]))]
        self.known = doubled_area(self.chain) - sum(abs(doubled_area(hole)) for hole in inside)

    def best(self, want: int) -> tuple[Point, Point]:
        """The points between which the area is met; of those the ones that were slid least."""
        off = np.maximum(np.abs(self.areas() - want), round(CLOSE_ENOUGH * PER_SQUARE_METRE))
        rows = np.argwhere(off == off.min()).tolist()
        near = [(self.first.points[row], self.last.points[column]) for row, column in rows]
        start, end = min(near, key=lambda ends: (ends[0][0] + ends[1][0], ends))
        return start[1], end[1]

    def areas(self) -> NDArray[np.int64]:
        """Twice the area in mm² for each point of the first place (rows) and of the last one (columns)."""
        origin, end = np.array(self.chain[0]), np.array(self.chain[-1]) - self.chain[0]
        starts, ends = (
            np.array([point for _, point in place.points]) - origin for place in (self.first, self.last)
        )
        closing = end[0] * ends[:, 1] - end[1] * ends[:, 0]
        across = np.outer(starts[:, 1], ends[:, 0]) - np.outer(starts[:, 0], ends[:, 1])
        areas: NDArray[np.int64] = self.known + closing + across
        return areas


def _counter_clockwise(ring: Ring) -> Ring:
    """A copy, which stays as it is when the coverage gets the ends of a cut."""
    return ring[:: 1 if doubled_area(ring) > 0 else -1]


def _between(ring: Sequence[Point], first: int, last: int) -> list[Point]:
    """The vertices from index `first` on, up to but without index `last`, around the ring."""
    return [ring[(first + step) % len(ring)] for step in range((last - first) % len(ring))]


def _length(points: Sequence[Point]) -> float:
    return sum(distance(a, b) for a, b in pairwise(points))


def _distance(point: Point, a: Point, b: Point) -> float:
    return float(shapely.distance(shapely.Point(point), shapely.LineString([a, b])))

"""The millimetre grid on which the register lies: points are whole millimetres, so comparing is exact.

Coordinates come and go as metres, (east, north) in the plane of the legal CRS.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

Point = tuple[int, int]
"""East and north in millimetres."""
Edge = tuple[Point, Point]
"""Two neighbouring vertices of a ring, the smaller first: an edge is the same from both of its sides."""
Ring = list[Point]
"""The vertices of a closed line; the first is not said again at the end."""
Metres = tuple[float, float]

PER_METRE = 1000


def to_grid(position: Sequence[float]) -> Point:
    """The grid point nearest to a position in metres."""
    return round(position[0] * PER_METRE), round(position[1] * PER_METRE)


def to_metres(point: Point) -> Metres:
    """A grid point in metres: the floating-point numbers nearest to its millimetres."""
    return point[0] / PER_METRE, point[1] / PER_METRE


def on_grid(geometry: BaseGeometry) -> BaseGeometry:
    """The geometry with every coordinate rounded to millimetres; heights and measures are laid aside."""
    flat = shapely.force_2d(geometry)
    # Adding zero turns -0.0 into 0.0, which would be written differently.
    rounded = np.rint(shapely.get_coordinates(flat) * PER_METRE) / PER_METRE + 0.0
    placed: BaseGeometry = shapely.set_coordinates(flat, rounded)
    return placed


def edge(a: Point, b: Point) -> Edge:
    """The edge between two points, whatever their order."""
    return (a, b) if a < b else (b, a)


def cross(origin: Point, a: Point, b: Point) -> int:
    """Twice the area of the triangle, positive when origin, a, b turn left (mm²)."""
    return (a[0] - origin[0]) * (b[1] - origin[1]) - (a[1] - origin[1]) * (b[0] - origin[0])


def dot(origin: Point, a: Point, b: Point) -> int:
    """The scalar product of the ways from origin to a and to b (mm²)."""
    return (a[0] - origin[0]) * (b[0] - origin[0]) + (a[1] - origin[1]) * (b[1] - origin[1])


def squared(a: Point, b: Point) -> int:
    """The square of a distance (mm²)."""
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2


def distance(a: Point, b: Point) -> float:
    """A distance in millimetres."""
    return math.sqrt(squared(a, b))


def is_beside(point: Point, a: Point, b: Point, limit: float) -> bool:
    """Whether the point lies beside the inner part of edge a–b, at most `limit` millimetres off.

    Its foot stands strictly between the ends.
    """
    length = squared(a, b)
    return 0 < dot(a, b, point) < length and cross(a, b, point) ** 2 <= limit**2 * length


def offset_squared(point: Point, a: Point, b: Point) -> float:
    """The square of the distance from the line through a and b (mm²)."""
    return cross(a, b, point) ** 2 / squared(a, b)


def foot(point: Point, a: Point, b: Point) -> Point:
    """The grid point nearest to the foot of the perpendicular from `point` to the line through a and b."""
    return along(a, b, dot(a, b, point), squared(a, b))


def along(a: Point, b: Point, share: int, whole: int) -> Point:
    """The grid point nearest to ``a + (b - a) * share / whole``; halves go north and east."""
    return (
        a[0] + _divided((b[0] - a[0]) * share, whole),
        a[1] + _divided((b[1] - a[1]) * share, whole),
    )


def _divided(number: int, by: int) -> int:
    return (2 * number + by) // (2 * by)


def crossing(a: Point, b: Point, c: Point, d: Point) -> Point | None:
    """The grid point nearest to where a–b and c–d cross; None unless each has its ends on both sides of
    the other."""
    left, right = cross(c, d, a), cross(c, d, b)
    if left == 0 or right == 0 or (left > 0) == (right > 0):
        return None
    below, above = cross(a, b, c), cross(a, b, d)
    if below == 0 or above == 0 or (below > 0) == (above > 0):
        return None
    return along(a, b, abs(left), abs(left) + abs(right))


def doubled_area(ring: Sequence[Point]) -> int:
    """Twice the area of a ring in mm², positive when it runs counter-clockwise. Exact."""
    origin = ring[0]
    return sum(cross(origin, a, b) for a, b in pairwise(ring[1:]))


def pairs(ring: Sequence[Point]) -> Iterable[tuple[Point, Point]]:
    """The sides of a ring, each from its first to its second vertex."""
    return zip(ring, [*ring[1:], ring[0]], strict=True)


def without_repeats(points: Iterable[Point]) -> list[Point]:
    """The points of a line with those left out that repeat the one before."""
    kept: list[Point] = []
    for point in points:
        if not kept or kept[-1] != point:
            kept.append(point)
    return kept


def cleaned(points: Sequence[Point]) -> Ring:
    """A ring without repeated vertices and without spikes of no width.

    A spike runs out and back on one line (``a–b–c`` where c lies on the way back to a). What remains
    may have fewer than three vertices; then the ring had no area.
    """
    ring = without_repeats(points)
    if len(ring) > 1 and ring[0] == ring[-1]:
        ring.pop()
    index, steady = 0, 0
    while len(ring) >= 3 and steady < len(ring):
        before, here, after = ring[index - 1], ring[index], ring[(index + 1) % len(ring)]
        if here in (before, after) or (cross(before, here, after) == 0 and dot(here, before, after) > 0):
            ring.pop(index)
            index, steady = (index - 1) % max(len(ring), 1), 0
        else:
            index, steady = (index + 1) % len(ring), steady + 1
    return ring


def canonical(ring: Sequence[Point], *, hole: bool) -> Ring:
    """The ring from its least vertex on, counter-clockwise (a hole clockwise)."""
    points = list(ring)
    if (doubled_area(points) < 0) is not hole:
        points.reverse()
    start = points.index(min(points))
    return points[start:] + points[:start]

"""A four-sided piece of ground and its own coordinates u and v from 0 to 1 (a Coons patch).

Streets drawn straight in (u, v) follow the sides of the ground: parallel to a beach, converging
where avenues converge.

#   3 ──── 2        v = 1: from corner 3 to corner 2
#   │      │
#   0 ──── 1        v = 0: from corner 0 to corner 1
"""

from itertools import combinations

import numpy as np
import numpy.typing as npt
import shapely

from app.demo.sketch import Coordinates

Numbers = npt.NDArray[np.float64]

STEPS = 32
"""Each side is kept as this many pieces of equal length."""

GOOD = 0.8
"""A patch of this quality is taken without a look at others."""

CORNER_TOLERANCE = 12.0
"""Bends that leave a straight line by less than these metres are no corners."""


class Patch:
    """The map from (u, v) to legal coordinates for a ring with four corners.

    `ring` is closed and goes counter-clockwise; `corners` are four of its vertices in order.
    """

    def __init__(self, ring: Coordinates, corners: tuple[int, int, int, int]):
        self.ring = ring
        self.corners = corners
        south, east, north, west = (_even(side) for side in sides(ring, corners))
        self._level = np.stack([south, north[::-1]])
        self._upright = np.stack([west[::-1], east])

    def __call__(self, u: Numbers, v: Numbers) -> Coordinates:
        """The points at these coordinates, in an array with one dimension more."""
        south, north = _at(self._level, u)
        west, east = _at(self._upright, v)
        low, high = self._level[:, 0], self._level[:, -1]
        u, v = u[..., None], v[..., None]
        # Ruled from south to north, plus what the west and east sides leave the straight line by.
        left = west - (1 - v) * low[0] - v * low[1]
        right = east - (1 - v) * high[0] - v * high[1]
        points: Coordinates = (1 - v) * south + v * north + (1 - u) * left + u * right
        return points

    def across(self, u: Numbers, v: Numbers) -> Numbers:
        """Metres per unit of v at these coordinates."""
        return _speed(self(u, v - 0.01), self(u, v + 0.01))

    def along(self, u: Numbers, v: Numbers) -> Numbers:
        """Metres per unit of u at these coordinates."""
        return _speed(self(u - 0.01, v), self(u + 0.01, v))

    def width(self) -> float:
        """The length of the middle line from west to east, in metres."""
        return _length(self(np.linspace(0, 1, 17), np.full(17, 0.5)))

    def height(self) -> float:
        """The length of the middle line from south to north, in metres."""
        return _length(self(np.full(17, 0.5), np.linspace(0, 1, 17)))

    def turned(self) -> "Patch":
        """The same ground with u and v exchanged (and one of them reversed)."""
        first, *others = self.corners
        return Patch(self.ring, (*others, first))  # type: ignore[arg-type]

    def quality(self) -> float:
        """How far it is from folding over: 1 for a rectangle, 0 or less when it folds."""
        u, v = np.meshgrid(np.linspace(0.02, 0.98, 9), np.linspace(0.02, 0.98, 9))
        step = 0.01
        du, dv = self(u + step, v) - self(u - step, v), self(u, v + step) - self(u, v - step)
        cross = du[..., 0] * dv[..., 1] - du[..., 1] * dv[..., 0]
        lengths = np.hypot(du[..., 0], du[..., 1]) * np.hypot(dv[..., 0], dv[..., 1])
        sheared = cross / np.maximum(lengths, 1e-9)
        stretched = cross / cross.mean() if cross.mean() > 0 else cross
        return float(min(sheared.min(), 2 * stretched.min()))


def sides(ring: Coordinates, corners: tuple[int, int, int, int]) -> list[Coordinates]:
    """The four pieces of a closed ring between its corners, each with both its ends."""
    pieces = []
    for first, last in zip(corners, (*corners[1:], corners[0]), strict=True):
        run = ring[first : last + 1] if first < last else np.vstack([ring[first:-1], ring[: last + 1]])
        pieces.append(run)
    return pieces


def fit(ring: Coordinates) -> tuple[Patch, float] | None:
    """The best patch over a closed counter-clockwise ring, with its quality; None without four corners."""
    best: tuple[Patch, float] | None = None
    for corners in _candidates(ring):
        patch = Patch(ring, corners)
        quality = patch.quality()
        if best is None or quality > best[1]:
            best = (patch, quality)
        if quality > GOOD:
            break
    return best


def _candidates(ring: Coordinates, most: int = 6) -> list[tuple[int, int, int, int]]:
    """Choices of four corners, the ones nearest to right angles first."""
    outline = np.asarray(shapely.simplify(shapely.LinearRing(ring), CORNER_TOLERANCE).coords)[:-1]
    if len(outline) < 4:
        outline = _with_middle_of_longest(outline, ring)
    before, after = outline - np.roll(outline, 1, axis=0), np.roll(outline, -1, axis=0) - outline
    turn = np.arctan2(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0], (before * after).sum(axis=1))
    sharpest = np.sort(np.argsort(-turn)[:7])
    choices = list(combinations(sharpest.tolist(), 4))
    choices.sort(key=lambda four: float(((turn[list(four)] - np.pi / 2) ** 2).sum()))
    places = [int(np.abs(ring[:-1] - point).sum(axis=1).argmin()) for point in outline]
    return [(places[a], places[b], places[c], places[d]) for a, b, c, d in choices[:most]]


def _with_middle_of_longest(outline: Coordinates, ring: Coordinates) -> Coordinates:
    """A triangle given a fourth corner on its longest side, at the ring's vertex nearest to the middle."""
    lengths = np.hypot(*(np.roll(outline, -1, axis=0) - outline).T)
    longest = int(lengths.argmax())
    middle = (outline[longest] + outline[(longest + 1) % len(outline)]) / 2
    vertex = ring[np.hypot(*(ring - middle).T).argmin()]
    return np.insert(outline, longest + 1, vertex, axis=0)


def _even(side: Coordinates) -> Coordinates:
    line = shapely.LineString(side)
    points = shapely.line_interpolate_point(line, np.linspace(0, 1, STEPS + 1), normalized=True)
    return shapely.get_coordinates(points)


def _at(pair: Coordinates, t: Numbers) -> Coordinates:
    """The points of two sides at the fractions `t`, which may go a little past their ends."""
    position = t * STEPS
    piece = np.minimum(np.maximum(position.astype(int), 0), STEPS - 1)
    first = pair[:, piece]
    points: Coordinates = first + (position - piece)[..., None] * (pair[:, piece + 1] - first)
    return points


def _length(points: Coordinates) -> float:
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


def _speed(before: Coordinates, after: Coordinates) -> Numbers:
    difference = after - before
    speed: Numbers = np.hypot(difference[..., 0], difference[..., 1]) / 0.02
    return speed

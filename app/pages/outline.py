"""A parcel's outline as a drawing that needs no script: shape, corner numbers and side lengths."""

import math
from dataclasses import dataclass

from app.features.formats import Wording
from app.pages.boundary import Boundary, Corner

WIDTH, HEIGHT = 360, 300
MARGIN = 34
"""Pixels around the shape for the numbers outside it."""

LABELLED_FROM = 36.0
"""Sides drawn shorter than so many pixels carry no length."""
NUMBERED_UP_TO = 40
"""Corners beyond so many are not numbered in the drawing; the table has them all."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A text of the drawing: where it stands, and by how many degrees it is turned."""

    x: float
    y: float
    text: str
    turn: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Outline:
    """A drawing of `WIDTH` × `HEIGHT`, north up: an SVG path, and what is written on it."""

    path: str
    sides: tuple[Mark, ...]
    corners: tuple[Mark, ...]


def outline(boundary: Boundary, wording: Wording) -> Outline:
    """The drawing of a boundary, as large as fits."""
    every = [corner for ring in boundary.rings for corner in ring]
    west, east = min(c.easting for c in every), max(c.easting for c in every)
    south, north = min(c.northing for c in every), max(c.northing for c in every)
    room = (WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN)
    scale = min(room[0] / max(east - west, 1e-6), room[1] / max(north - south, 1e-6))
    left = (WIDTH - (east - west) * scale) / 2
    top = (HEIGHT - (north - south) * scale) / 2

    def place(corner: Corner) -> tuple[float, float]:
        return left + (corner.easting - west) * scale, top + (north - corner.northing) * scale

    path, sides, corners = [], [], []
    for ring in boundary.rings:
        points = [place(corner) for corner in ring]
        path.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z")
        for n, corner in enumerate(ring):
            before, here, after = points[n - 1], points[n], points[(n + 1) % len(points)]
            if math.dist(here, after) >= LABELLED_FROM:
                sides.append(_side(here, after, wording.number(corner.side, 2, fixed=True)))
            if len(every) <= NUMBERED_UP_TO:
                corners.append(_number(before, here, after, corner.number))
    return Outline(path="".join(path), sides=tuple(sides), corners=tuple(corners))


def _side(here: tuple[float, float], after: tuple[float, float], length: str) -> Mark:
    """A length beside the middle of its side, on the outside, never upside down.

    Rings go clockwise on the ground and, since y points down in a drawing, on paper too: the outside is
    to the left of the way.
    """
    dx, dy = after[0] - here[0], after[1] - here[1]
    size = math.hypot(dx, dy)
    x = (here[0] + after[0]) / 2 + dy / size * 10
    y = (here[1] + after[1]) / 2 - dx / size * 10
    turn = math.degrees(math.atan2(dy, dx))
    upright = turn - 180 if turn > 90 else turn + 180 if turn <= -90 else turn
    return Mark(x=round(x, 1), y=round(y, 1), text=length, turn=round(upright, 1))


def _number(
    before: tuple[float, float], here: tuple[float, float], after: tuple[float, float], number: int
) -> Mark:
    """A corner's number, outside of the two sides that meet in it."""
    dx, dy = 0.0, 0.0
    for start, end in ((before, here), (here, after)):
        size = math.dist(start, end) or 1.0
        dx += (end[1] - start[1]) / size
        dy -= (end[0] - start[0]) / size
    size = math.hypot(dx, dy) or 1.0
    return Mark(x=round(here[0] + dx / size * 14, 1), y=round(here[1] + dy / size * 14, 1), text=str(number))

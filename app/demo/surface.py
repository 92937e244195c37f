"""The road surface of one quarter: what lies between its blocks and its outline, in pieces by street."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely

from app.demo.lots import Edges, Lots
from app.demo.patch import sides
from app.demo.sketch import Coordinates
from app.demo.streets import Layout

SOUTH, EAST, NORTH, WEST = range(4)


@dataclass(frozen=True)
class Piece:
    """A piece of road surface. `side` is the side of the quarter for an avenue's half; `level` and
    `column` say which street of the quarter it is otherwise (-1: not that kind of street)."""

    ring: Coordinates
    side: int = -1
    level: int = -1
    column: int = -1


def pieces(layout: Layout, lots: Lots) -> list[Piece]:
    """All pieces of a quarter. Together with its blocks they tile it exactly."""
    rows = [
        [edges for edges, row in zip(lots.edges, layout.row, strict=True) if row == wanted]
        for wanted in range(len(layout.levels) - 1)
    ]
    return [
        *_avenues(layout, lots.points, rows),
        *_along(lots.points, rows),
        *_across(layout, lots.points, rows),
    ]


def _avenues(layout: Layout, points: Coordinates, rows: list[list[Edges]]) -> Iterator[Piece]:
    """The halves of the avenues around the quarter.

    South and north pieces end at the last corners of the rows; west and east pieces have the
    cut-off corners and the mouths of the streets between rows.
    """
    outer = sides(layout.patch.ring, layout.patch.corners)
    south = [node for edges in rows[0] for node in edges.south]
    north = [node for edges in rows[-1] for node in edges.north]
    west = [node for row in rows for node in (row[0].south[0], *row[0].west, row[0].north[0])]
    east = [node for row in rows for node in (row[-1].south[-1], *row[-1].east, row[-1].north[-1])]
    inner = (south[::-1], east[::-1], north, west)
    for side, (outline, nodes) in enumerate(zip(outer, inner, strict=True)):
        yield Piece(np.vstack([outline, points[nodes]]), side=side)


def _along(points: Coordinates, rows: list[list[Edges]]) -> Iterator[Piece]:
    """The streets between rows, from end to end."""
    for level in range(1, len(rows)):
        below = [node for edges in rows[level - 1] for node in edges.north]
        above = [node for edges in rows[level] for node in edges.south]
        yield Piece(points[[*below, *above[::-1]]], level=level)


def _across(layout: Layout, points: Coordinates, rows: list[list[Edges]]) -> Iterator[Piece]:
    """The streets between blocks of a row."""
    crosses = iter(layout.crosses)
    for row in rows:
        for west, east in pairwise(row):
            cross = next(crosses)
            left = [west.south[-1], *west.east, west.north[-1]]
            right = [east.north[0], *east.west[::-1], east.south[0]]
            yield Piece(points[[*left, *right]], column=cross.column, level=cross.row)


def polygons(found: Sequence[Piece]) -> npt.NDArray[np.object_]:
    """The pieces as polygons, in their order."""
    which = np.repeat(np.arange(len(found)), [len(piece.ring) for piece in found])
    rings = shapely.linearrings(np.vstack([piece.ring for piece in found]), indices=which)
    return np.asarray(shapely.polygons(shapely.remove_repeated_points(rings)))

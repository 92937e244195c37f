"""The streets and blocks of one quarter: rows of blocks between streets, drawn in its own coordinates.

#   ┌────────┬──────────────┬──────┐  level 2, the avenue at the north side
#   │ block  │    block     │      │  row 1
#   ├────────┴───────┬──────┴──────┤  level 1, a street of the quarter
#   │     block      │    block    │  row 0
#   └────────────────┴─────────────┘  level 0, the avenue at the south side
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.demo.kinds import Kind
from app.demo.patch import Numbers, Patch
from app.demo.sketch import Coordinates

LEAST_DEPTH = 9.0
"""A row of blocks thinner than these metres is not laid out."""


@dataclass(frozen=True)
class Level:
    """A street along the rows, at height `v`; the outermost ones are halves of avenues."""

    v: float
    width: float


@dataclass(frozen=True)
class Cross:
    """A street across one row, at `u`, from level `row` to the next."""

    u: float
    width: float
    row: int
    column: int


@dataclass(frozen=True)
class Layout:
    """A quarter laid out. `corners` (blocks, 4, 2) are the blocks' corners in (u, v), from the
    south-west counter-clockwise; `row` is each block's row; blocks stand row by row, west to east."""

    patch: Patch
    kind: Kind
    levels: tuple[Level, ...]
    crosses: tuple[Cross, ...]
    row: npt.NDArray[np.int64]
    corners: Coordinates
    halves: tuple[float, float, float, float]
    """Metres of avenue that belong to this quarter on its south, east, north and west side."""


def lay_out(
    patch: Patch,
    kind: Kind,
    halves: tuple[float, float, float, float],
    rng: np.random.Generator,
) -> Layout | None:
    """Lay out streets and blocks; None where there is no room for a block."""
    south, east, north, west = halves
    levels = _levels(patch.height(), south, north, kind, rng)
    if levels is None or patch.width() - east - west < LEAST_DEPTH:
        return None
    rows, corners, crosses = [], [], []
    columns = _columns(patch.width(), west, east, kind, rng)
    for row in range(len(levels) - 1):
        kept = [
            column for column in range(len(columns)) if column in (0, len(columns) - 1) or rng.random() > 0.3
        ]
        ends = [columns[column] for column in kept]
        crosses += [Cross(columns[c].v, columns[c].width, row, c) for c in kept[1:-1]]
        corners.append(_row_corners(patch, levels[row], levels[row + 1], ends))
        rows += [row] * (len(ends) - 1)
    return Layout(patch, kind, levels, tuple(crosses), np.array(rows), np.concatenate(corners), halves)


def _levels(
    height: float, south: float, north: float, kind: Kind, rng: np.random.Generator
) -> tuple[Level, ...] | None:
    room = height - south - north
    if room < LEAST_DEPTH:
        return None
    mean = sum(kind.streets) / len(kind.streets)
    count = max(1, round((room + mean) / (2 * kind.depth + mean)))
    turn = int(rng.integers(len(kind.streets)))
    widths = [kind.streets[(turn + k) % len(kind.streets)] for k in range(count - 1)]
    depths = 2 * kind.depth * rng.normal(1, 0.06, count).clip(0.85, 1.15)
    depths *= (room - sum(widths)) / depths.sum()
    middle = south + np.cumsum(depths[:-1]) + np.cumsum(widths) - np.array(widths) / 2
    inner = [Level(float(m) / height, width) for m, width in zip(middle, widths, strict=True)]
    return (Level(0.0, 2 * south), *inner, Level(1.0, 2 * north))


def _columns(width: float, west: float, east: float, kind: Kind, rng: np.random.Generator) -> list[Level]:
    """The streets across; here `v` stands for u."""
    room = width - west - east
    mean = sum(kind.block) / 2
    count = max(1, round((room + kind.cross) / (mean + kind.cross)))
    lengths = rng.uniform(*kind.block, count)
    lengths *= (room - kind.cross * (count - 1)) / lengths.sum()
    middle = west + np.cumsum(lengths[:-1]) + kind.cross * (np.arange(count - 1) + 0.5)
    inner = [Level(float(m) / width, kind.cross) for m in middle]
    return [Level(0.0, 2 * west), *inner, Level(1.0, 2 * east)]


def _row_corners(patch: Patch, below: Level, above: Level, ends: Sequence[Level]) -> Coordinates:
    """The corners of the blocks between two levels, (blocks, 4, 2)."""
    at = np.array([end.v for end in ends])
    half = np.array([end.width for end in ends]) / 2

    def edge(level: Level, side: int) -> tuple[Numbers, Numbers, Numbers]:
        v = np.full(len(at), level.v)
        v = v + side * level.width / 2 / patch.across(at, v)
        shift = half / patch.along(at, v)
        return at - shift, at + shift, v

    west_low, east_low, v_low = edge(below, +1)
    west_high, east_high, v_high = edge(above, -1)
    corners: Coordinates = np.stack(
        [
            np.column_stack([east_low[:-1], v_low[:-1]]),
            np.column_stack([west_low[1:], v_low[1:]]),
            np.column_stack([west_high[1:], v_high[1:]]),
            np.column_stack([east_high[:-1], v_high[:-1]]),
        ],
        axis=1,
    )
    return corners

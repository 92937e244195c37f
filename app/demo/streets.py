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
    columns = _columns(patch.width(), west, east, kind, rng)
    last = len(columns) - 1
    # Now and then a street across leaves out a row, and two blocks are one.
    rows = [
        [column for column in range(len(columns)) if column in (0, last) or rng.random() > 0.3]
        for _ in levels[1:]
    ]
    crosses = [
        Cross(columns[column].v, columns[column].width, row, column)
        for row, kept in enumerate(rows)
        for column in kept[1:-1]
    ]
    return Layout(
        patch=patch,
        kind=kind,
        levels=levels,
        crosses=tuple(crosses),
        row=np.repeat(np.arange(len(rows)), [len(kept) - 1 for kept in rows]),
        corners=_corners(patch, levels, [[columns[column] for column in kept] for kept in rows]),
        halves=halves,
    )


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


def _corners(patch: Patch, levels: Sequence[Level], rows: Sequence[Sequence[Level]]) -> Coordinates:
    """The corners of all blocks, (blocks, 4, 2), from where each row's streets across are."""
    at = np.array([end.v for row in rows for end in row])
    half = np.array([end.width for row in rows for end in row]) / 2
    number = np.repeat(np.arange(len(rows)), [len(row) for row in rows])

    def edge(level: npt.NDArray[np.int64], side: int) -> tuple[Numbers, Numbers, Numbers]:
        v = np.array([one.v for one in levels])[level]
        width = np.array([one.width for one in levels])[level]
        v = v + side * width / 2 / patch.across(at, v)
        shift = half / patch.along(at, v)
        return at - shift, at + shift, v

    west_low, east_low, v_low = edge(number, +1)
    west_high, east_high, v_high = edge(number + 1, -1)
    first = np.flatnonzero(number[1:] == number[:-1])
    second = first + 1
    corners: Coordinates = np.stack(
        [
            np.column_stack([east_low[first], v_low[first]]),
            np.column_stack([west_low[second], v_low[second]]),
            np.column_stack([west_high[second], v_high[second]]),
            np.column_stack([east_high[first], v_high[first]]),
        ],
        axis=1,
    )
    return corners

"""One quarter settled: its blocks given functions, cut into parcels, its streets named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

from app.demo import lots, patch, streets, surface
from app.demo.avenues import Avenue
from app.demo.kinds import FUNCTIONS, Division, Function, Kind
from app.demo.lots import Front, Lots
from app.demo.names import Names
from app.demo.quarters import Country, Quarter
from app.demo.sketch import Shape
from app.demo.streets import Cross, Layout

LEAST_QUALITY = 0.4
"""Quarters of a shape more awkward than this stay one parcel."""

LEAST_PUBLIC = 1_200.0
"""A block smaller than these square metres is no school, market or office."""


@dataclass(frozen=True)
class Street:
    """A street inside of a quarter. `alley` is the number of an alley that has no name of its own."""

    name: str
    alley: str
    width: float
    line: Shape

    @property
    def full_name(self) -> str:
        return f"Hẻm {self.alley} {self.name}" if self.alley else self.name


@dataclass(frozen=True)
class Settled:
    """A settled quarter. Without `layout` it is one parcel: a hill, or too awkward to lay out.

    `functions` go with the blocks; `block` is each parcel's block, `front` which street it faces.
    `levels` are the streets along the rows (avenues first and last), `crosses` those across.
    """

    quarter: Quarter
    sheet: int
    kind: Kind | None
    sides: tuple[Avenue, Avenue, Avenue, Avenue]
    layout: Layout | None
    lots: Lots | None
    functions: list[Function]
    parcels: npt.NDArray[np.object_]
    block: npt.NDArray[np.int64]
    front: npt.NDArray[np.int64]
    levels: tuple[Street, ...]
    crosses: dict[int, Street]
    pieces: tuple[surface.Piece, ...]

    @cached_property
    def surfaces(self) -> npt.NDArray[np.object_]:
        """The pieces of road surface as polygons."""
        if not self.pieces:
            return np.empty(0, dtype=object)
        return surface.polygons(self.pieces)

    @cached_property
    def blocks(self) -> npt.NDArray[np.object_]:
        """The blocks as polygons, with every vertex of their parcels."""
        if self.lots is None:
            return self.parcels
        return lots.polygons(self.lots.points, [lots.outline(edges) for edges in self.lots.edges])

    def street_of(self, block: int) -> str:
        """The name of a street along a block, rather not of an alley; empty where there is none."""
        if self.layout is None:
            return ""
        row = int(self.layout.row[block])
        return min(self.levels[row : row + 2], key=lambda street: bool(street.alley)).full_name

    def streets(self) -> list[Street]:
        """The streets inside of the quarter."""
        return [*self.levels[1:-1], *self.crosses.values()]


@dataclass(frozen=True)
class Task:
    """A quarter that is to be settled as this kind (none: left as it is), the number of its sheet in
    its commune, and how many parcels it may have at most: blocks beyond them stay whole and unused."""

    quarter: Quarter
    kind: Kind | None
    sheet: int
    limit: int


def settle(country: Country, task: Task, seed: int) -> Settled:
    """Settle a quarter: lay out its streets, give its blocks functions, cut them into parcels."""
    quarter, kind = task.quarter, task.kind
    rng = np.random.default_rng([seed, quarter.index])
    fitted = patch.fit(quarter.ring) if kind and not quarter.geometry.interiors else None
    if kind is None or fitted is None or fitted[1] < LEAST_QUALITY:
        return _single(country, task)
    ground = fitted[0].turned() if rng.random() < 0.5 else fitted[0]
    avenues = _sides(country, ground)
    south, east, north, west = (avenue.width / 2 for avenue in avenues)
    layout = streets.lay_out(ground, kind, (south, east, north, west), rng)
    if layout is None or len(layout.row) > task.limit:
        return _single(country, task)
    functions = _functions(layout, rng)
    made = _cut(layout, functions, [seed, quarter.index, 1], task.limit)
    settled = Settled(
        quarter=quarter,
        sheet=task.sheet,
        kind=kind,
        sides=avenues,
        layout=layout,
        lots=made,
        functions=functions,
        parcels=lots.polygons(made.points, made.rings),
        block=made.block,
        front=made.front,
        levels=_level_streets(layout, avenues, country.names[quarter.town]),
        crosses=_cross_streets(layout, avenues, country.names[quarter.town]),
        pieces=tuple(surface.pieces(layout, made)),
    )
    return settled if _tiles(settled) else _single(country, task)


def _single(country: Country, task: Task) -> Settled:
    """The quarter as one parcel without streets."""
    quarter = task.quarter
    function = FUNCTIONS[quarter.forest or ("CXCC" if quarter.commune.is_urban else "NN")]
    return Settled(
        quarter=quarter,
        sheet=task.sheet,
        kind=None,
        sides=(country.avenues[0],) * 4,
        layout=None,
        lots=None,
        functions=[function],
        parcels=np.array([quarter.geometry], dtype=object),
        block=np.zeros(1, dtype=np.int64),
        front=np.full(1, Front.BOTH),
        levels=(),
        crosses={},
        pieces=(),
    )


def _sides(country: Country, ground: patch.Patch) -> tuple[Avenue, Avenue, Avenue, Avenue]:
    """The avenue along most of each side."""
    found = []
    for side in patch.sides(ground.ring, ground.corners):
        line = shapely.linestrings(side)
        at = shapely.line_interpolate_point(line, [0.1, 0.3, 0.5, 0.7, 0.9], normalized=True)
        numbers = country.avenues_at(shapely.get_coordinates(at))
        found.append(country.avenues[np.bincount(numbers).argmax()])
    return (found[0], found[1], found[2], found[3])


def _functions(layout: Layout, rng: np.random.Generator) -> list[Function]:
    """What each block is for: public uses at most once and on blocks of their size, narrow ones green."""
    kind = layout.kind
    ids, shares = list(kind.functions), np.array(list(kind.functions.values()))
    usual = ids[shares.argmax()]
    corners = layout.patch(layout.corners[..., 0], layout.corners[..., 1])
    lengths = np.hypot(*(np.roll(corners, -1, axis=1) - corners).transpose(2, 0, 1))
    narrow = (lengths[:, [1, 3]].min(axis=1) < 0.9 * kind.depth) | (lengths.min(axis=1) < 6)
    small = np.asarray(shapely.area(shapely.polygons(corners))) < LEAST_PUBLIC
    long = lengths[:, [0, 2]].max(axis=1) > 2.5 * kind.block[0]
    seen: set[str] = set()
    functions = []
    for block, choice in enumerate(rng.choice(len(ids), len(corners), p=shares / shares.sum())):
        id_ = ids[choice]
        public = FUNCTIONS[id_].division is Division.WHOLE
        if public and (small[block] or long[block] or id_ in seen):
            id_ = usual
        seen.add(id_)
        functions.append(FUNCTIONS["CXCC" if narrow[block] else id_])
    return functions


def _cut(layout: Layout, functions: list[Function], seed: list[int], limit: int) -> Lots:
    """The blocks cut; where they make too many parcels, the last ones are left whole, for later."""

    def attempt(limits: Mapping[int, int]) -> Lots:
        rng = np.random.default_rng(seed)
        return lots.cut_lots(layout, functions, rng, limits)

    made = attempt({})
    if len(made.rings) <= limit:
        return made
    counts = np.bincount(made.block, minlength=len(functions))
    before = np.concatenate([[0], np.cumsum(counts)]) + np.arange(len(counts), -1, -1)
    last = int(np.flatnonzero(before <= limit)[-1])
    rest = limit - int(before[last]) + 1
    functions[last + (rest > 1) :] = [FUNCTIONS["CSD"]] * (len(functions) - last - (rest > 1))
    return attempt({last: rest})


def _level_streets(layout: Layout, avenues: Sequence[Avenue], names: Names) -> tuple[Street, ...]:
    """The streets along the rows; narrow ones are alleys off the avenue in the west."""
    u, v = np.meshgrid(np.linspace(0, 1, 17), [level.v for level in layout.levels])
    lines = np.asarray(shapely.linestrings(np.round(layout.patch(u, v), 3)))
    found = []
    for number, (level, line) in enumerate(zip(layout.levels, lines, strict=True)):
        if number in (0, len(layout.levels) - 1):
            avenue = avenues[surface.NORTH if number else surface.SOUTH]
            found.append(Street(avenue.name, "", avenue.width, line))
        elif level.width < 5.5 and layout.kind.id != "fields":
            place = 2 * int(layout.patch.height() * level.v / 10) + 1
            found.append(Street(avenues[surface.WEST].name, str(place), level.width, line))
        else:
            found.append(Street(names.street(), "", level.width, line))
    return tuple(found)


def _cross_streets(layout: Layout, avenues: Sequence[Avenue], names: Names) -> dict[int, Street]:
    """The streets across, by column. One that is interrupted is a line of several parts and an alley
    off the avenue in the south; one that goes all the way has a name of its own."""
    if not layout.crosses:
        return {}
    u = np.array([[cross.u] * 3 for cross in layout.crosses])
    v = np.array([_thirds(layout, cross) for cross in layout.crosses])
    lines = np.asarray(shapely.linestrings(np.round(layout.patch(u, v), 3)))
    column = np.array([cross.column for cross in layout.crosses])
    through = len(layout.levels) - 1
    found = {}
    for number in np.unique(column).tolist():
        mine = np.flatnonzero(column == number)
        line: Shape = shapely.line_merge(shapely.multilinestrings(lines[mine]))
        cross = layout.crosses[int(mine[0])]
        alley = "" if len(mine) == through else str(2 * int(layout.patch.width() * cross.u / 10))
        name = avenues[surface.SOUTH].name if alley else names.street()
        found[number] = Street(name, alley, cross.width, line)
    return found


def _thirds(layout: Layout, cross: Cross) -> list[float]:
    below, above = layout.levels[cross.row].v, layout.levels[cross.row + 1].v
    return [below, (below + above) / 2, above]


def _tiles(settled: Settled) -> bool:
    """Whether parcels and road surface are valid and leave neither gap nor overlap."""
    areas = np.concatenate([settled.parcels, settled.surfaces])
    if not shapely.is_valid(areas).all() or shapely.area(settled.parcels).min() < 4:
        return False
    return abs(float(shapely.area(areas).sum()) - float(settled.quarter.geometry.area)) < 0.5

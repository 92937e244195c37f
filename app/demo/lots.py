"""The parcels of one quarter: its blocks cut into lots.

All is made of one table of nodes, so that neighbours share their vertices to the last bit. In a
block, `s` goes from 0 in the west to 1 in the east and `t` from south to north.

#   N0────N1──────N2────N3        two rows of lots, back to back; the rear boundary runs through the
#   │      │       │     │        corners of both rows, so that every lot has every corner that lies
#   R0──R1─R2──R3──R4────R5       on its boundary
#   │   │      │         │
#   S0──S1─────S2────────S3
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import chain, pairwise

import numpy as np
import numpy.typing as npt
import shapely

from app.demo.kinds import Division, Function, Kind
from app.demo.patch import Numbers
from app.demo.sketch import Coordinates
from app.demo.streets import Layout

Ring = list[int]
"""Numbers of nodes; a ring is closed by going back to its first."""


class Front(IntEnum):
    """Which street a lot faces: the one south of its block, the one north, or both."""

    SOUTH = 0
    NORTH = 1
    BOTH = 2


@dataclass(frozen=True)
class Edges:
    """A block's outline: south and north from west to east, west and east from south to north.

    Where corners are cut off, neighbouring edges end in different nodes.
    """

    south: Ring
    east: Ring
    north: Ring
    west: Ring


@dataclass(frozen=True)
class Cut:
    """One block cut up: its outline and its lots. A lot's `quad` is front left, front right, rear
    right and rear left for somebody who stands in the street."""

    edges: Edges
    rings: list[Ring]
    fronts: list[Front]
    quads: list[tuple[int, int, int, int]]


class Nodes:
    """The nodes of a quarter as they are made."""

    def __init__(self) -> None:
        self._s: list[Numbers] = []
        self._t: list[Numbers] = []
        self._block: list[int] = []
        self._sizes: list[int] = []
        self._count = 0

    def add(self, block: int, s: Numbers, t: Numbers) -> Ring:
        """Add nodes at these places of a block; their numbers."""
        first, self._count = self._count, self._count + len(s)
        self._s.append(s)
        self._t.append(t)
        self._block.append(block)
        self._sizes.append(len(s))
        return list(range(first, self._count))

    def placed(self, layout: Layout) -> Coordinates:
        """All nodes in legal coordinates, in whole millimetres."""
        s, t = np.concatenate(self._s)[:, None], np.concatenate(self._t)[:, None]
        corners = layout.corners[np.repeat(self._block, self._sizes)]
        south = (1 - s) * corners[:, 0] + s * corners[:, 1]
        north = (1 - s) * corners[:, 3] + s * corners[:, 2]
        uv = (1 - t) * south + t * north
        points: Coordinates = np.round(layout.patch(uv[:, 0], uv[:, 1]), 3)
        return points


@dataclass(frozen=True)
class Block:
    """A block that is to be cut: the lengths of its sides, how its quarter is built, the median width
    of its lots (metres), and at most how many it may have (None: any number)."""

    number: int
    south: float
    east: float
    north: float
    west: float
    kind: Kind
    frontage: float
    limit: int | None
    nodes: Nodes
    rng: np.random.Generator

    @property
    def depth(self) -> float:
        return (self.east + self.west) / 2

    def add(self, s: Numbers, t: Numbers) -> Ring:
        """Add nodes at these places of the block; their numbers."""
        return self.nodes.add(self.number, s, t)


@dataclass(frozen=True)
class Lots:
    """The parcels of a quarter, block by block. `quads` (lots, 4) are nodes, see `Cut`."""

    points: Coordinates
    edges: list[Edges]
    rings: list[Ring]
    block: npt.NDArray[np.int64]
    front: npt.NDArray[np.int64]
    quads: npt.NDArray[np.int64]


def cut_lots(
    layout: Layout, functions: Sequence[Function], rng: np.random.Generator, limits: Mapping[int, int]
) -> Lots:
    """Cut each block as its function asks; `limits` are the greatest numbers of lots of some blocks."""
    corners = layout.patch(layout.corners[..., 0], layout.corners[..., 1])
    lengths = np.hypot(*(np.roll(corners, -1, axis=1) - corners).transpose(2, 0, 1)).tolist()
    nodes = Nodes()
    cuts = []
    for number, function in enumerate(functions):
        south, east, north, west = lengths[number]
        limit = limits.get(number)
        frontage = layout.kind.frontage * function.wide
        block = Block(number, south, east, north, west, layout.kind, frontage, limit, nodes, rng)
        cuts.append(_CUTTERS[function.division](block))
    counts = [len(cut.rings) for cut in cuts]
    return Lots(
        points=nodes.placed(layout),
        edges=[cut.edges for cut in cuts],
        rings=list(chain.from_iterable(cut.rings for cut in cuts)),
        block=np.repeat(np.arange(len(cuts)), counts),
        front=np.array(list(chain.from_iterable(cut.fronts for cut in cuts))),
        quads=np.array(list(chain.from_iterable(cut.quads for cut in cuts))),
    )


def polygons(points: Coordinates, rings: Sequence[Ring]) -> npt.NDArray[np.object_]:
    """The polygons with these rings of nodes."""
    which = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    nodes = np.fromiter(chain.from_iterable(rings), dtype=np.int64, count=len(which))
    return np.asarray(shapely.polygons(shapely.linearrings(points[nodes], indices=which)))


_Lot = tuple[Ring, Front, tuple[int, int, int, int]]


def _rows(block: Block) -> Cut:
    """Two rows of lots, back to back."""
    south, north = _frontages(block, block.south), _frontages(block, block.north)
    if block.limit is not None:
        north = _fewer(north, len(south) + len(north) - 2 - block.limit)
        south = _fewer(south, len(south) + len(north) - 2 - block.limit)
    behind_south, behind_north = _sheared(block, south), _sheared(block, north)
    # Where the corners of both rows nearly meet, surveyors set one mark.
    nearest = behind_south[np.abs(behind_north[:, None] - behind_south).argmin(axis=1)]
    meets = np.abs(behind_north - nearest) * block.south < 0.6
    behind_north = np.where(meets, nearest, behind_north)
    rear = np.unique(np.concatenate([behind_south, behind_north]))
    middle = 0.5 + block.rng.uniform(-0.06, 0.06)
    t = (middle + block.rng.normal(0, block.kind.ragged, len(rear)) / block.depth).clip(0.35, 0.65)
    edges = _outline(block, south, north, t[[0, -1]])
    chain_ = [edges.west[1], *block.add(rear[1:-1], t[1:-1]), edges.east[1]]
    lots: list[_Lot] = []
    for front, cuts, behind in ((Front.SOUTH, south, behind_south), (Front.NORTH, north, behind_north)):
        height = (middle + front) / 2
        ends = np.searchsorted(rear, behind).tolist()
        backs = [chain_[first : last + 1] for first, last in pairwise(ends)]
        lots += _row(edges, front, backs, _bends(block, (cuts + behind) / 2, height))
    return _cut(edges, lots)


def _bends(block: Block, middles: Numbers, t: float) -> list[Ring]:
    """For each side boundary a node near its middle, or none: half of them are not quite straight."""
    inner = middles[1:-1] + block.rng.normal(0, 0.1, len(middles) - 2) / block.south
    made = block.add(inner, np.full(len(inner), t))
    bent = block.rng.random(len(inner)) < 0.5
    return [[], *([node] if bend else [] for node, bend in zip(made, bent, strict=True)), []]


def _row(edges: Edges, front: Front, backs: list[Ring], bends: list[Ring]) -> Iterator[_Lot]:
    """The lots between a street and their `backs`, which go from west to east."""
    street, corner = (edges.south, 0) if front is Front.SOUTH else (edges.north, -1)
    last = len(backs) - 1
    for lot, back in enumerate(backs):
        face = street[lot : lot + 2]
        east = [edges.east[corner]] if lot == last else bends[lot + 1]
        west = [edges.west[corner]] if lot == 0 else bends[lot]
        if front is Front.SOUTH:
            ring = [*face, *east, *back[::-1], *west]
            yield cleaned(ring), front, (face[0], face[1], back[-1], back[0])
        else:
            ring = [*back, *east, *face[::-1], *west]
            yield cleaned(ring), front, (face[1], face[0], back[0], back[-1])


def _through(block: Block) -> Cut:
    """Lots that reach from street to street."""
    south = _frontages(block, block.south)
    if block.limit is not None:
        south = _fewer(south, len(south) - 1 - block.limit)
    edges = _outline(block, south, _sheared(block, south), None)
    last = len(south) - 2
    return _cut(edges, [_through_lot(edges, lot, lot == last) for lot in range(last + 1)])


def _through_lot(edges: Edges, lot: int, last: bool) -> _Lot:
    low, high = edges.south[lot : lot + 2], edges.north[lot : lot + 2]
    east, west = edges.east if last else [], edges.west[::-1] if lot == 0 else []
    return cleaned([*low, *east, *high[::-1], *west]), Front.BOTH, (low[0], low[1], high[1], high[0])


def _whole(block: Block) -> Cut:
    """The block as one parcel, with a vertex every forty metres so that it follows bent streets."""
    cuts = np.linspace(0, 1, 2 + int(max(block.south, block.north) // 40))
    edges = _outline(block, cuts, cuts, None)
    quad = (edges.south[0], edges.south[-1], edges.north[-1], edges.north[0])
    return _cut(edges, [(outline(edges), Front.BOTH, quad)])


_CUTTERS: Mapping[Division, Callable[[Block], Cut]] = {
    Division.ROWS: _rows,
    Division.THROUGH: _through,
    Division.WHOLE: _whole,
}


def _cut(edges: Edges, lots: list[_Lot]) -> Cut:
    return Cut(edges, [one[0] for one in lots], [one[1] for one in lots], [one[2] for one in lots])


def _frontages(block: Block, length: float) -> Numbers:
    """Where lots begin and end along a front of this length, from 0 to 1, both included."""
    kind, rng = block.kind, block.rng
    count = max(1, round(length / block.frontage / np.exp(kind.spread**2 / 2)))
    widths = rng.lognormal(0, kind.spread, count)
    ends = np.concatenate([[0.0], np.cumsum(widths) / widths.sum()])
    kept = rng.random(len(ends)) >= kind.joined
    kept[[0, -1]] = True
    return ends[kept]


def _fewer(ends: Numbers, surplus: int) -> Numbers:
    """The same front with so many lots fewer (but at least one), the last ones joined."""
    kept = max(1, len(ends) - 1 - max(0, surplus))
    return np.concatenate([ends[:kept], ends[-1:]])


def _sheared(block: Block, cuts: Numbers) -> Numbers:
    """Where the side boundaries that begin at `cuts` end: nearly opposite."""
    most = np.minimum(np.diff(cuts)[:-1], np.diff(cuts)[1:]) / 3
    moved = cuts.copy()
    moved[1:-1] += np.clip(block.rng.normal(0, 0.35 / block.south, len(cuts) - 2), -most, most)
    return moved


def _outline(block: Block, south: Numbers, north: Numbers, rear: Numbers | None) -> Edges:
    """The nodes of a block's outline; `rear` is where the rear boundary begins and ends, if there is one."""
    sides = (block.east / 5, block.west / 5, block.south / 4, block.north / 4)
    corner = min(block.kind.corner, *sides)
    low = block.add(_shortened(south, corner / block.south), np.zeros(len(south)))
    high = block.add(_shortened(north, corner / block.north), np.ones(len(north)))
    upright = []
    for end, (s, length) in enumerate(((0.0, block.west), (1.0, block.east))):
        middle = [] if rear is None else [rear[end]]
        t = np.array([corner / length, *middle, 1 - corner / length] if corner else middle)
        made = block.add(np.full(len(t), s), t)
        upright.append(made if corner else [low[-end], *made, high[-end]])
    return Edges(south=low, east=upright[1], north=high, west=upright[0])


def _shortened(cuts: Numbers, share: float) -> Numbers:
    """The same places, the outermost moved in by `share`, where the corner is cut off."""
    inner = cuts[1:-1].clip(1.5 * share, 1 - 1.5 * share)
    return np.concatenate([[share], inner, [1 - share]])


def outline(edges: Edges) -> Ring:
    """The ring around a block."""
    return cleaned([*edges.south, *edges.east, *edges.north[::-1], *edges.west[::-1]])


def cleaned(ring: Ring) -> Ring:
    """The ring without nodes that stand twice in a row."""
    return [node for place, node in enumerate(ring) if node != ring[place - 1]]

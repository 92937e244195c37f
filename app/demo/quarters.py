"""Quarters: the pieces that avenues, main roads, borders, hills and coasts cut the province into.

They tile the province exactly: neighbours have the same vertices, in whole millimetres. A commune is
the union of its quarters, and a settled quarter is one sheet of the cadastral map.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree

from app.demo.avenues import BANK, Avenue, Site, main_roads, ring_roads, town_avenues
from app.demo.names import Names
from app.demo.sketch import Coordinates, Shape, Sketch
from app.demo.units import SPECIAL_ZONE, Allotment, Commune, FormerCommune, inner_points, nearest

GRID = 0.001
"""Coordinates are whole millimetres."""

SMALLEST = 25_000.0
"""Faces below these square metres are joined with the neighbour along their longest avenue."""


@dataclass(frozen=True)
class Quarter:
    """One piece of the province. `ring` is closed and counter-clockwise; its holes are in `geometry`.

    `ground` says what it is by nature: ``open`` (it may be built on), ``hill``, ``water`` or ``bank``;
    `forest` is the land-use code of a hill, `old_sheet` the number of the sheet in the commune that was
    there until June 2025.
    """

    index: int
    geometry: Shape
    inner: tuple[float, float]
    commune: Commune
    former: FormerCommune | None
    town: str
    old_sheet: int
    ground: str
    forest: str

    @property
    def ring(self) -> Coordinates:
        return np.asarray(self.geometry.exterior.coords)[:, :2]


@dataclass(frozen=True)
class Country:
    """The whole province, cut up: its quarters, the avenues between them and each town's street names."""

    communes: tuple[Commune, ...]
    former: tuple[FormerCommune, ...]
    quarters: tuple[Quarter, ...]
    avenues: tuple[Avenue, ...]
    names: dict[str, Names]

    def avenues_at(self, points: Coordinates) -> npt.NDArray[np.int64]:
        """The number of the avenue at (or nearest to) each of these points on quarters' outlines."""
        tree, number = self._stretches
        return number[tree.nearest(shapely.points(points))]

    @cached_property
    def _stretches(self) -> tuple[STRtree, npt.NDArray[np.int64]]:
        """The straight pieces of all avenues, and the number of the avenue of each."""
        lines, avenue = shapely.get_parts([one.geometry for one in self.avenues], return_index=True)
        points, line = shapely.get_coordinates(lines, return_index=True)
        together = np.flatnonzero(line[1:] == line[:-1])
        pieces = shapely.linestrings(np.stack([points[together], points[together + 1]], axis=1))
        return STRtree(np.asarray(pieces)), avenue[line[together]]


def cut_up(
    sketch: Sketch,
    communes: tuple[Commune, ...],
    former: tuple[FormerCommune, ...],
    rng: np.random.Generator,
) -> Country:
    """Cut the province into quarters. It takes about two seconds, whatever is built on them later."""
    allotment = Allotment(communes, sketch.land, rng)
    towns, codes = _towns(sketch, allotment)
    dry = shapely.buffer(sketch.dry, -BANK)
    hills = shapely.union_all([hill.geometry for hill in sketch.hills])
    hills = shapely.intersection(hills, shapely.buffer(dry, -10))
    by_code = {commune.code: commune for commune in communes}
    names = {code: Names(code, rng) for code in codes}
    avenues = main_roads(sketch)
    ground = shapely.difference(dry, hills)
    for code, area in zip(codes, towns, strict=True):
        buildable = shapely.intersection(area, ground)
        avenues += town_avenues(Site(by_code[code], area, buildable), sketch.roads, names[code], rng)
    fixed = [shapely.boundary(area) for area in (sketch.land, *towns, dry, hills)]
    faces = _faces(fixed, avenues)
    borders = dict(zip(codes, map(shapely.boundary, towns), strict=True))
    avenues += ring_roads(sketch, borders, dry, names)
    placed = _Placed(faces, sketch, communes, allotment, dict(zip(codes, towns, strict=True)))
    return Country(
        communes=communes,
        former=former,
        quarters=placed.quarters(former, dry, sketch),
        avenues=tuple(avenues),
        names=names,
    )


def _towns(sketch: Sketch, allotment: Allotment) -> tuple[list[Shape], list[str]]:
    """The areas of the street networks, and the code of the first commune of each."""
    parts = shapely.get_parts(sketch.land)
    mainland = parts[shapely.area(parts).argmax()]
    islands = shapely.union_all([part for part in parts if part is not mainland])
    lines = shapely.union_all([*allotment.borders(), shapely.boundary(mainland)], grid_size=GRID)
    cells = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    points = inner_points(cells)
    inside = shapely.contains_xy(mainland, points[:, 0], points[:, 1])
    cells, points = cells[inside], points[inside]
    town = allotment.towns[allotment.at(points)]
    found = np.unique(town)
    areas = [shapely.union_all(cells[town == number]) for number in found]
    codes = [allotment.communes[number].code for number in found]
    return [*areas, islands], [*codes, SPECIAL_ZONE]


def _faces(fixed: Sequence[Shape], avenues: Sequence[Avenue]) -> npt.NDArray[np.object_]:
    """The faces between all these lines, small ones joined with a neighbour where an avenue divides them."""
    lines = [*fixed, *(avenue.geometry for avenue in avenues)]
    edges = shapely.get_parts(shapely.line_merge(shapely.union_all(lines, grid_size=GRID)))
    firm = shapely.union_all([*fixed, *(one.geometry for one in avenues if one.ref)])
    middles = shapely.line_interpolate_point(edges, 0.5, normalized=True)
    shapely.prepare(firm)
    loose = ~shapely.dwithin(firm, middles, 0.01)
    for _ in range(3):
        faces = shapely.get_parts(shapely.polygonize(edges))
        small = np.flatnonzero((shapely.area(faces) < SMALLEST) | (_thickness(faces) < 60))
        dropped = _longest_loose_edges(faces[small], edges, loose)
        if not len(dropped):
            break
        kept = np.setdiff1d(np.arange(len(edges)), dropped)
        edges, loose = edges[kept], loose[kept]
    return shapely.get_parts(shapely.polygonize(edges))


def _thickness(faces: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """Roughly the width of each face in metres."""
    thickness: npt.NDArray[np.float64] = 4 * shapely.area(faces) / shapely.length(faces)
    return thickness


def _longest_loose_edges(
    faces: npt.NDArray[np.object_],
    edges: npt.NDArray[np.object_],
    loose: npt.NDArray[np.bool_],
) -> npt.NDArray[np.int64]:
    """For each face its longest edge that may go."""
    face, edge = STRtree(edges).query(faces, predicate="covers")
    usable = loose[edge]
    face, edge = face[usable], edge[usable]
    order = np.lexsort((-shapely.length(edges[edge]), face))
    first = np.unique(face[order], return_index=True)[1]
    return np.unique(edge[order][first])


class _Placed:
    """The faces with what is known of each."""

    def __init__(
        self,
        faces: npt.NDArray[np.object_],
        sketch: Sketch,
        communes: Sequence[Commune],
        allotment: Allotment,
        towns: Mapping[str, Shape],
    ):
        faces = shapely.orient_polygons(faces)
        points = inner_points(faces)
        inside = shapely.contains_xy(shapely.buffer(sketch.land, 0.01), points[:, 0], points[:, 1])
        faces, points = faces[inside], points[inside]
        order = np.lexsort((points[:, 0], -points[:, 1]))
        self.faces, self.points = faces[order], points[order]
        self.communes = {commune.code: commune for commune in communes}
        town = np.array(list(towns))[nearest(self.points, list(towns.values()))]
        mainland = np.array([one.code for one in allotment.communes])
        by_raster = mainland[allotment.at(self.points)]
        firsts = dict(zip(mainland, mainland[allotment.towns], strict=True))
        # Near a smoothed border the raster may name a commune of the next street network.
        fits = np.array([firsts[code] for code in by_raster]) == town
        self.code, self.town = _mended(by_raster, fits, town, self.points), town

    def quarters(self, former: Sequence[FormerCommune], dry: Shape, sketch: Sketch) -> tuple[Quarter, ...]:
        """The quarters in reading order, north-west first."""
        predecessors = self._former(former)
        ground, forest = self._ground(dry, sketch)
        old = [one.code if one else "" for one in predecessors]
        old_sheets = _counted(np.array(old))
        return tuple(
            Quarter(
                index=index,
                geometry=self.faces[index],
                inner=(float(self.points[index, 0]), float(self.points[index, 1])),
                commune=self.communes[self.code[index]],
                former=predecessors[index],
                town=str(self.town[index]),
                old_sheet=old_sheets[index],
                ground=ground[index],
                forest=forest[index],
            )
            for index in range(len(self.faces))
        )

    def _former(self, former: Sequence[FormerCommune]) -> list[FormerCommune | None]:
        """Each face's unit until 30 June 2025: the nearest of its commune's; every unit gets one."""
        found: list[FormerCommune | None] = [None] * len(self.faces)
        for code, commune in self.communes.items():
            mine = [one for one in former if one.successor == code]
            faces = np.flatnonzero(self.code == code)
            if not mine or not len(faces):
                continue
            places = np.array([commune.box.at(one.across, one.up) for one in mine])
            away = np.hypot(*(self.points[faces][:, None, :] - places).transpose(2, 0, 1))
            choice = away.argmin(axis=1)
            for number in range(len(mine)):
                choice[away[:, number].argmin()] = number
            for face, number in zip(faces, choice, strict=True):
                found[face] = mine[number]
        return found

    def _ground(self, dry: Shape, sketch: Sketch) -> tuple[list[str], list[str]]:
        x, y = self.points[:, 0], self.points[:, 1]
        kind = np.where(shapely.contains_xy(dry, x, y), "open", "bank").astype(object)
        kind[~shapely.contains_xy(sketch.dry, x, y)] = "water"
        forest = np.full(len(x), "", dtype=object)
        for hill in sketch.hills:
            on_it = shapely.contains_xy(hill.geometry, x, y) & (kind == "open")
            kind[on_it], forest[on_it] = "hill", hill["use"]
        return kind.tolist(), forest.tolist()


def _mended(
    codes: npt.NDArray[np.str_],
    fits: npt.NDArray[np.bool_],
    town: npt.NDArray[np.str_],
    points: Coordinates,
) -> npt.NDArray[np.str_]:
    """The codes, those that don't fit replaced by the nearest fitting one of the same town."""
    mended = np.where(fits, codes, town)
    for face in np.flatnonzero(~fits):
        there = np.flatnonzero(fits & (town == town[face]))
        if len(there):
            away = np.hypot(*(points[there] - points[face]).T)
            mended[face] = codes[there[away.argmin()]]
    return mended


def _counted(groups: npt.NDArray[np.str_]) -> list[int]:
    """1, 2, 3 … within each group, in the order given."""
    seen: dict[str, int] = {}
    numbers = []
    for group in groups.tolist():
        seen[group] = seen.get(group, 0) + 1
        numbers.append(seen[group])
    return numbers

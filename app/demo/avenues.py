"""The lines that cut the province into quarters: main roads of the sketch and grids of avenues.

Each town has two families of roughly parallel avenues, turned and bent a little, as towns grow.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import STRtree

from app.demo.names import Names
from app.demo.sketch import Coordinates, Feature, Shape, Sketch
from app.demo.units import Commune

BANK = 25.0
"""Metres of beach or bank between water and the first street."""

SHORTEST = 150.0
"""Pieces of avenue shorter than these metres are left out."""


@dataclass(frozen=True)
class Avenue:
    """A street between quarters. `width` in metres between the parcels on both sides."""

    name: str
    ref: str
    road_class: str
    lanes: int
    width: float
    geometry: Shape


@dataclass(frozen=True)
class Grid:
    """How the avenues of a town lie: degrees from east, and metres between avenues of each family."""

    angle: float | None
    spacing: tuple[float, float]


GRIDS = {
    "26506": Grid(50.0, (400, 480)),
    "26560": Grid(-6.0, (400, 470)),
    "26542": Grid(48.0, (500, 560)),
    "26662": Grid(12.0, (450, 520)),
    "26659": Grid(None, (450, 540)),
    "26704": Grid(None, (520, 600)),
}
"""Grids of towns by their first commune; others follow the nearest main road."""

URBAN, RURAL = Grid(None, (560, 640)), Grid(None, (820, 940))


def main_roads(sketch: Sketch) -> list[Avenue]:
    """The roads of the sketch, cut off at the province's border."""
    return [
        Avenue(
            name=road["name"],
            ref=road["ref"],
            road_class=road["road_class"],
            lanes=road["lanes"],
            width=road["width"],
            geometry=shapely.intersection(road.geometry, sketch.land),
        )
        for road in sketch.roads
    ]


def ring_roads(
    sketch: Sketch, borders: Mapping[str, Shape], dry: Shape, names: Mapping[str, Names]
) -> Iterator[Avenue]:
    """The streets along the edges of towns: their borders, the shore and the foot of hills."""

    def edge(name: str, geometry: Shape, width: float = 14.0) -> Avenue:
        return Avenue(name, "", "urban", 2, width, geometry)

    shore: Shape = shapely.boundary(dry)
    for promenade in sketch.promenades:
        near = shapely.buffer(promenade.geometry, 90)
        yield edge(promenade["name"], shapely.intersection(shore, near), 22.0)
        shore = shapely.difference(shore, near)
    for hill in sketch.hills:
        yield edge(f"Đường quanh {hill['name']}", shapely.boundary(hill.geometry))
    sea = shapely.boundary(sketch.land)
    yield edge("Đường ven biển", shapely.intersection(shore, shapely.buffer(sea, 2 * BANK)), 18.0)
    yield edge("Đường ven sông", shapely.difference(shore, shapely.buffer(sea, 2 * BANK)))
    for town, border in borders.items():
        yield edge(names[town].avenue(), border)


@dataclass(frozen=True)
class Site:
    """Where a town's avenues are laid: over its `area`, where there is `ground` to build on."""

    town: Commune
    area: Shape
    ground: Shape


def town_avenues(
    site: Site, roads: Sequence[Feature], names: Names, rng: np.random.Generator
) -> Iterator[Avenue]:
    """The avenues of a town: two families across one another, every third one a main avenue."""
    town = site.town
    grid = GRIDS.get(town.code, URBAN if town.is_urban else RURAL)
    middle = np.asarray(shapely.centroid(site.area).coords[0])
    angle = np.radians(grid.angle) if grid.angle is not None else _direction(roads, middle)
    for family, spacing in enumerate(grid.spacing):
        lines = _family(site.area, angle + family * np.pi / 2, spacing, rng)
        for rank, line in enumerate(lines):
            pieces = shapely.get_parts(shapely.intersection(line, site.ground))
            kept = [piece for piece in pieces if piece.length > SHORTEST]
            if kept:
                class_, lanes, width = _TIERS[town.is_urban, rank % 3 == 0]
                yield Avenue(names.avenue(), "", class_, lanes, width, shapely.multilinestrings(kept))


_TIERS = {
    (True, True): ("urban_main", 4, 24.0),
    (True, False): ("urban", 2, 18.0),
    (False, True): ("rural", 2, 14.0),
    (False, False): ("rural", 2, 10.0),
}
"""Class, lanes and width of avenues: in a ward or not, main or not."""


def _family(area: Shape, angle: float, spacing: float, rng: np.random.Generator) -> Iterator[Shape]:
    """Lines in the direction `angle` across the area, at irregular distances and gently bent."""
    middle = np.asarray(shapely.centroid(area).coords[0])
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    local = (shapely.get_coordinates(area) - middle) @ turn.T
    (west, south), (east, north) = local.min(axis=0) - 300, local.max(axis=0) + 300
    along = np.arange(west, east + 160, 160.0)
    phase = rng.uniform(0, 2 * np.pi, 2)
    across = south + rng.uniform(0.2, 0.8) * spacing
    while across < north:
        bend = 150 * np.sin(along / 1600 + phase[0]) + 50 * np.sin((along + across) / 800 + phase[1])
        points = np.column_stack([along, across + bend]) @ turn + middle
        yield shapely.linestrings(points)
        across += spacing * rng.choice([0.72, 0.9, 1.0, 1.1, 1.3])


def _direction(roads: Sequence[Feature], point: Coordinates) -> float:
    """The direction of the nearest main road, in radians from east."""
    lines = [road.geometry for road in roads]
    line = lines[STRtree(lines).nearest(shapely.points(point))]
    here = shapely.line_locate_point(line, shapely.points(point))
    places = np.array([max(here - 300, 0), here + 300])
    before, after = shapely.get_coordinates(shapely.line_interpolate_point(line, places))
    return float(np.arctan2(*(after - before)[::-1]))

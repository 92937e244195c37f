"""The cadastre of a settled quarter: parcels, road surface, buildings and boundary marks."""

from collections.abc import Iterator, Sequence
from itertools import accumulate

import numpy as np
import numpy.typing as npt
import shapely

from app.demo.geohash import geohash
from app.demo.kinds import Function
from app.demo.lots import Front
from app.demo.rows import Areas, Rows
from app.demo.settle import Settled, Street
from app.demo.sketch import Coordinates, Projection
from app.demo.surface import NORTH, SOUTH, Piece

BAND = 25.0
"""Parcels are numbered in bands of these metres from north to south, in each from west to east."""

HOUSE_NUMBER_EVERY = 5.0
"""Metres of avenue for each two house numbers."""

POLE_TOLERANCE = 0.5
"""Metres by which a pole of inaccessibility may be beside the best one."""

STATE_LAND = frozenset(("DGD", "DYT", "DVH", "DTT", "TSC", "CAN", "CQP", "DKV", "DGT", "RPH", "RDD"))


def parcels(settled: Settled, to_wgs84: Projection, rng: np.random.Generator) -> Rows:
    """The parcels in the order of their numbers.

    The code is the GeoHash of an inner point: for lots in a row their centroid (a pole of
    inaccessibility of a parallelogram), for others the centre of the largest inscribed circle.
    """
    shapes = settled.parcels
    order, inner = _in_reading_order(settled)
    count = len(shapes)
    quarter = settled.quarter
    functions = [settled.functions[block] for block in settled.block.tolist()]
    uses = _land_uses(functions, quarter.commune.is_urban, rng)
    areas = np.round(shapely.area(shapes), 1)
    differs = rng.random(count) < 0.02
    legal = np.round(np.where(differs, areas * rng.normal(1, 0.02, count), areas), 1)
    status = np.where(rng.random(count) < 0.93, "registered", "surveyed").tolist()
    numbers = [str(number) for number in range(1, count + 1)]
    addresses = _addresses(settled)
    picked = order.tolist()
    old_sheet = str(quarter.old_sheet) if quarter.former else None
    old_numbers = rng.permutation(count) + 1
    year = int(rng.integers(2003, 2022))
    survey = f"Bản đồ địa chính tỷ lệ 1:{500 if quarter.commune.is_urban else 2000}, đo năm {year}"
    columns: dict[str, Sequence[object]] = {
        "commune_code": [quarter.commune.code] * count,
        "sheet": [str(settled.sheet)] * count,
        "number": numbers,
        "land_use": [uses[place] for place in picked],
        "legal_area": legal[order].tolist(),
        "address": [addresses[place] for place in picked],
        "parcel_code": geohash(to_wgs84(inner[order])).tolist(),
        "old_sheet": [old_sheet] * count,
        "old_number": [str(number) for number in old_numbers] if old_sheet else [None] * count,
        "status": ["state" if uses[place] in STATE_LAND else status[place] for place in picked],
        "survey_document": [survey] * count,
    }
    return Rows("parcel", shapes[order], columns)


def _in_reading_order(settled: Settled) -> tuple[npt.NDArray[np.intp], Coordinates]:
    """The order of the parcels' numbers, and an inner point of each parcel."""
    shapes = settled.parcels
    inner = shapely.get_coordinates(shapely.centroid(shapes))
    plain = (settled.front != Front.BOTH) & shapely.contains_xy(shapes, inner[:, 0], inner[:, 1])
    circles = shapely.maximum_inscribed_circle(shapes[~plain], tolerance=POLE_TOLERANCE)
    if len(circles):
        inner[~plain] = shapely.get_coordinates(shapely.get_point(circles, 0))
    return np.lexsort((inner[:, 0], -np.floor(inner[:, 1] / BAND))), inner


def _land_uses(functions: Sequence[Function], urban: bool, rng: np.random.Generator) -> list[str]:
    """A land use for each parcel that agrees with what its block is planned for."""
    draws = rng.random(len(functions)).tolist()
    found: list[str] = []
    for function, draw in zip(functions, draws, strict=True):
        shares = function.urban if urban else function.rural
        if len(shares) == 1:
            found.extend(shares)
            continue
        place = np.searchsorted(list(accumulate(shares.values())), draw * sum(shares.values()))
        found.append(list(shares)[place])
    return found


def _addresses(settled: Settled) -> list[str]:
    """``12 Trần Phú, phường Vũng Tàu``, or the commune alone where there is no street."""
    place = settled.quarter.commune.place
    addresses = [place] * len(settled.parcels)
    if settled.lots is None or settled.layout is None:
        return addresses
    level = settled.layout.row[settled.block] + (settled.front == Front.NORTH)
    facing = settled.lots.points[settled.lots.quads[:, :2]].mean(axis=1)
    for number, street in enumerate(settled.levels):
        for front in (Front.SOUTH, Front.NORTH):
            north = front is Front.NORTH
            mine = np.flatnonzero((level == number) & ((settled.front == Front.NORTH) == north))
            along = shapely.line_locate_point(street.line, shapely.points(facing[mine]))
            start = _first_number(settled, number, facing[mine]) if len(mine) else 0
            for rank, parcel in enumerate(mine[np.argsort(along)].tolist()):
                house = 2 * (start + rank) + (1 if north else 2)
                addresses[parcel] = f"{_house(street, house)}, {place}"
    return addresses


def _first_number(settled: Settled, level: int, facing: Coordinates) -> int:
    """Where house numbers begin: along an avenue they go on from quarter to quarter."""
    if 0 < level < len(settled.levels) - 1:
        return 0
    avenue = settled.sides[NORTH if level else SOUTH]
    along = shapely.line_locate_point(avenue.geometry, shapely.points(facing))
    return int(along.min() / HOUSE_NUMBER_EVERY)


def _house(street: Street, number: int) -> str:
    return f"{street.alley}/{number} {street.name}" if street.alley else f"{number} {street.name}"


def road_surface(settled: Settled) -> Rows | None:
    """The road surface between the parcels, a piece for each street."""
    if not settled.pieces:
        return None
    names = [_surface_name(settled, piece) for piece in settled.pieces]
    shapes = np.asarray(shapely.multipolygons(settled.surfaces[:, None]))
    return Rows("road_surface", shapes, {"name": names, "land_use": ["DGT"] * len(names)})


def _surface_name(settled: Settled, piece: Piece) -> str:
    if piece.side >= 0:
        return settled.sides[piece.side].name
    if piece.column >= 0:
        return settled.crosses[piece.column].full_name
    return settled.levels[piece.level].full_name


def buildings(settled: Settled, rng: np.random.Generator) -> Rows | None:
    """Houses at the front of their lots, larger buildings inside of theirs."""
    made = list(_footprints(settled, rng))
    if not made:
        return None
    shapes = np.concatenate([shape for shape, _, _ in made])
    kinds = [kind for shape, kind, _ in made for _ in range(len(shape))]
    storeys = np.concatenate([floors for _, _, floors in made])
    heights = np.round(storeys * 3.4 + rng.uniform(0.2, 1.5, len(storeys)), 1)
    years = 2024 - np.minimum(rng.exponential(14, len(storeys)), 60).astype(int)
    columns = {
        "kind": kinds,
        "storeys": storeys.tolist(),
        "height": heights.tolist(),
        "year_built": years.tolist(),
    }
    return Rows("building", shapes, columns)


_Footprints = tuple[Areas, str, npt.NDArray[np.int64]]


def _footprints(settled: Settled, rng: np.random.Generator) -> Iterator[_Footprints]:
    if settled.lots is None or settled.kind is None:
        return
    quads = settled.lots.points[settled.lots.quads]
    wanted = np.array([function.building for function in settled.functions])[settled.block]
    lived_in = rng.random(len(wanted)) < settled.kind.built
    rows = np.flatnonzero((settled.front != Front.BOTH) & lived_in & (wanted == "house"))
    low, high = settled.kind.storeys
    if len(rows):
        yield _houses(quads[rows], rng), "house", rng.integers(low, high + 1, len(rows))
    for kind, floors in (("commercial", 12), ("public", 4), ("industrial", 2), ("other", 2)):
        lots = np.flatnonzero(wanted == kind)
        if len(lots):
            shapes = _wings(quads[lots]) if kind == "public" else _halls(quads[lots], rng)
            yield shapes, kind, rng.integers(1, min(floors, high + 6) + 1, len(lots))


def _houses(quads: npt.NDArray[np.float64], rng: np.random.Generator) -> Areas:
    """Houses as wide as their narrow lots, with a yard behind and at times one in front."""
    width = np.hypot(*(quads[:, 1] - quads[:, 0]).T)
    depth = np.hypot(*(quads[:, 3] - quads[:, 0]).T)
    aside = np.where(width < 8, 0.04, rng.uniform(1.0, 3.0, len(width))) / width
    front = np.where(rng.random(len(width)) < 0.5, 0.3, rng.uniform(1.5, 5, len(width))) / depth
    rear = np.minimum(front + rng.uniform(8, 18, len(width)) / depth, 0.92)
    return _boxes(quads, aside, front, rear)


def _halls(quads: npt.NDArray[np.float64], rng: np.random.Generator) -> Areas:
    """One large building inside of each lot."""
    count = len(quads)
    aside = rng.uniform(0.1, 0.22, count)
    front = rng.uniform(0.12, 0.25, count)
    return _boxes(quads, aside, front, rng.uniform(0.65, 0.88, count))


def _wings(quads: npt.NDArray[np.float64]) -> Areas:
    """Two wings with a yard between them, on each lot."""
    ones = np.ones(len(quads))
    front = shapely.get_parts(_boxes(quads, 0.12 * ones, 0.14 * ones, 0.34 * ones))
    rear = shapely.get_parts(_boxes(quads, 0.12 * ones, 0.66 * ones, 0.86 * ones))
    return np.asarray(shapely.multipolygons(np.column_stack([front, rear])))


def _boxes(
    quads: npt.NDArray[np.float64],
    aside: npt.NDArray[np.float64],
    front: npt.NDArray[np.float64],
    rear: npt.NDArray[np.float64],
) -> Areas:
    """Four-cornered footprints at these fractions of width and depth of their lots."""
    left, right = quads[:, 3] - quads[:, 0], quads[:, 2] - quads[:, 1]
    corners = []
    for depth, side in ((front, aside), (front, 1 - aside), (rear, 1 - aside), (rear, aside)):
        west = quads[:, 0] + depth[:, None] * left
        east = quads[:, 1] + depth[:, None] * right
        corners.append(west + side[:, None] * (east - west))
    shapes = np.asarray(shapely.polygons(np.round(np.stack(corners, axis=1), 3)))
    return np.asarray(shapely.multipolygons(shapes[:, None]))


def boundary_marks(settled: Settled, rng: np.random.Generator) -> Rows | None:
    """The corners of a few parcels, as surveyors marked them."""
    if settled.lots is None:
        return None
    chosen = np.flatnonzero(rng.random(len(settled.parcels)) < 0.02)
    nodes = np.unique([node for lot in chosen.tolist() for node in settled.lots.rings[lot]])
    if not len(nodes):
        return None
    count = len(nodes)
    quarter = settled.quarter
    kinds = rng.choice(["concrete", "steel", "painted", "natural"], count, p=[0.3, 0.3, 0.25, 0.15])
    years = rng.integers(2008, 2025, count)
    columns = {
        "number": [f"{quarter.commune.code}-{settled.sheet}-{place}" for place in range(1, count + 1)],
        "kind": kinds.tolist(),
        "grade": rng.choice(["first", "second"], count, p=[0.1, 0.9]).tolist(),
        "surveyed_on": [f"{year}-{1 + place % 12:02d}-15" for place, year in enumerate(years)],
    }
    return Rows("boundary_mark", shapely.points(settled.lots.points[nodes.astype(int)]), columns)

"""What the demo province has by nature and by law: units, water, floods and protected areas."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import numpy as np
import shapely

from app.demo.planning import multi
from app.demo.quarters import Country
from app.demo.rows import Rows, rows_of
from app.demo.sketch import Projection, Shape, Sketch
from app.demo.units import Commune, FormerCommune

REFORM = date(2025, 7, 1)
"""The day on which the communes of today began; the former ones are valid until then (exclusive)."""

BEFORE = date(2003, 1, 1)
"""A day by which all former communes are taken to have existed; their true days differ."""

LEGAL_BASIS = "Nghị quyết 1685/NQ-UBTVQH15"
SYNTHETIC = "Ranh giới minh họa, không phải ranh giới thật"

SEA = (106.3, 8.4, 107.8, 10.75)
"""The box (degrees) whose water is the sea of the demo."""


def province(country: Country) -> Rows | None:
    """The province as the union of its communes, under its code until July 2025."""
    shape = multi([quarter.geometry for quarter in country.quarters])
    values = {
        "code": "77",
        "name": "Bà Rịa – Vũng Tàu",
        "note": f"Nay thuộc Thành phố Hồ Chí Minh (mã 79). {SYNTHETIC}.",
    }
    return rows_of("province", [(shape, values)])


def communes(country: Country) -> Rows | None:
    """The units of today, each the union of its quarters."""
    return rows_of("commune", (_commune(country, commune) for commune in country.communes))


def _commune(country: Country, commune: Commune) -> tuple[Shape, dict[str, object]]:
    mine = [quarter.geometry for quarter in country.quarters if quarter.commune is commune]
    return multi(mine), {
        "code": commune.code,
        "name": commune.name,
        "name_en": commune.name_en,
        "kind": commune.kind,
        "published_area": commune.area,
        "predecessors": _predecessors(country, commune),
        "legal_basis": LEGAL_BASIS,
        "valid_from": REFORM,
    }


def _predecessors(country: Country, commune: Commune) -> str:
    """``Phường 1, Phường 2, Phường Thắng Tam (Thành phố Vũng Tàu)``."""
    mine = [former for former in country.former if former.successor == commune.code]
    if not mine:
        return "Huyện Côn Đảo"
    return f"{', '.join(former.name for former in mine)} ({mine[0].district})"


def former_communes(country: Country) -> Rows | None:
    """The units until 30 June 2025, each the union of its quarters."""
    first = len(country.communes) + 1
    records = (_former(country, former, fid) for fid, former in enumerate(country.former, first))
    return rows_of("commune_history", records)


def _former(country: Country, former: FormerCommune, fid: int) -> tuple[Shape, dict[str, object]]:
    mine = [quarter.geometry for quarter in country.quarters if quarter.former is former]
    return multi(mine), {
        "fid": fid,
        "code": former.code,
        "name": former.name,
        "kind": former.kind,
        "district": former.district,
        "successor_code": former.successor,
        "legal_basis": LEGAL_BASIS,
        "valid_from": BEFORE,
        "valid_to": REFORM,
    }


def water(country: Country, sketch: Sketch, project: Projection) -> Rows | None:
    """Sea, rivers and lakes. The sea has the coast's vertices, the others lie inside of the province."""
    land = shapely.coverage_union_all([quarter.geometry for quarter in country.quarters])
    west, south, east, north = SEA
    corners = np.array([[west, south], [east, south], [east, north], [west, north]])
    sea = shapely.polygons(project(corners))
    sea = shapely.difference(shapely.difference(sea, sketch.neighbour), land)
    parts = [part for part in shapely.get_parts(sea) if part.area > 1e6]
    rivers: dict[str, list[Shape]] = {}
    for river in sketch.rivers:
        rivers.setdefault(river["name"], []).append(shapely.intersection(river.geometry, land))
    named: list[tuple[Shape, str, str]] = [(shapely.multipolygons(parts), "Biển Đông", "sea")]
    for name, shapes in rivers.items():
        named.append((_areas(shapely.union_all(shapes, grid_size=0.001)), name, "river"))
    named += [
        (_areas(shapely.set_precision(lake.geometry, 0.001)), lake["name"], "lake") for lake in sketch.lakes
    ]
    apart = zip(_apart([shape for shape, _, _ in named]), named, strict=True)
    return rows_of("water_body", ((shape, {"name": name, "kind": kind}) for shape, (_, name, kind) in apart))


def _apart(shapes: list[Shape]) -> list[Shape]:
    """Areas without what the later ones have of them, and with the corners of those on their borders: a
    lake that a river flows through is cut out of the river, and where they meet they fit."""
    later: Shape = shapely.MultiPolygon()
    kept: list[Shape] = []
    for shape in reversed(shapes):
        own = _areas(shapely.difference(shape, later, grid_size=0.001)) if kept else shape
        kept.append(_areas(shapely.set_precision(shapely.snap(own, later, 0.002), 0.001)) if kept else shape)
        later = shapely.union(later, kept[-1], grid_size=0.001)
    return kept[::-1]


class _Flood(NamedTuple):
    period: str
    reach: float
    """Metres from rivers and lakes on level ground; a quarter of it from the coast."""
    depth: float


FLOODS = (_Flood("10", 200, 0.4), _Flood("20", 400, 0.8), _Flood("100", 800, 1.5))


def floods(country: Country, sketch: Sketch) -> Rows | None:
    """Low ground along water, one area for each commune and return period, nested."""
    return rows_of("flood_area", _floods(country, sketch))


def _floods(country: Country, sketch: Sketch) -> Iterator[tuple[Shape, dict[str, object]]]:
    water = shapely.union_all([feature.geometry for feature in (*sketch.rivers, *sketch.lakes)])
    coast = shapely.simplify(shapely.boundary(sketch.land), 30)
    high = shapely.buffer(shapely.union_all([hill.geometry for hill in sketch.hills]), 60)
    low_ground = shapely.difference(sketch.dry, high)
    areas = []
    for flood in FLOODS:
        near = [_spilled(water, flood.reach), shapely.buffer(coast, flood.reach / 4, quad_segs=2)]
        areas.append((flood, shapely.intersection(shapely.union_all(near), low_ground)))
    for commune in country.communes:
        mine = [quarter.geometry for quarter in country.quarters if quarter.commune is commune]
        outline = shapely.coverage_union_all(mine)
        for flood, area in areas:
            inside = _areas(shapely.intersection(area, outline, grid_size=0.01))
            if inside.area > 10_000:
                study = f"Bản đồ ngập minh họa 2025, {commune.name}"
                yield inside, {"return_period": flood.period, "depth": flood.depth, "study": study}


def _spilled(water: Shape, reach: float) -> Shape:
    """The ground that water reaches: here far, there hardly, by a slow wave over the province. What
    it reaches with a smaller `reach` lies inside."""
    banks = shapely.segmentize(shapely.boundary(water), 200)
    x, y = shapely.get_coordinates(banks).T
    share = 0.55 + 0.25 * np.sin(x / 900) * np.sin(y / 700) + 0.2 * np.sin((x - y) / 2100)
    pools = shapely.buffer(shapely.points(x, y), reach * share, quad_segs=4)
    return shapely.union_all([shapely.buffer(water, reach / 8, quad_segs=2), *np.asarray(pools)])


class _Protected(NamedTuple):
    name: str
    category: str
    number: str | None
    decided: date | None
    hills: tuple[str, ...] = ()
    lakes: tuple[str, ...] = ()
    rivers: tuple[str, ...] = ()
    around: float = 0


PROTECTED = (
    _Protected("Khu bảo tồn thiên nhiên Bình Châu – Phước Bửu", "nature_reserve", "MH-71/QĐ",
               date(1993, 5, 1), hills=("Rừng Bình Châu – Phước Bửu", "Núi Hồ Linh"), around=150),
    _Protected("Vườn quốc gia Côn Đảo", "national_park", "MH-135/TTg", date(1993, 3, 31),
               hills=("Rừng Côn Đảo Bắc", "Rừng Côn Đảo Nam"), around=200),
    _Protected("Rừng ngập mặn Long Sơn", "mangrove", None, None,
               rivers=("Sông Rạng", "Sông Chà Và"), around=350),
    _Protected("Vùng bảo hộ vệ sinh hồ Đá Đen", "water_protection", "MH-22/QĐ-UBND", date(2015, 6, 1),
               lakes=("Hồ Đá Đen",), around=500),
    _Protected("Vùng bảo hộ vệ sinh hồ Sông Ray", "water_protection", "MH-23/QĐ-UBND",
               date(2015, 6, 1), lakes=("Hồ Sông Ray",), around=500),
    _Protected("Danh thắng Núi Lớn – Núi Nhỏ", "heritage", "MH-09/QĐ-BVHTT", date(1993, 8, 7),
               hills=("Núi Lớn", "Núi Nhỏ")),
    _Protected("Di tích căn cứ Minh Đạm", "heritage", "MH-34/QĐ-BVHTT", date(1993, 1, 18),
               hills=("Núi Minh Đạm",)),
)  # fmt: skip
"""Areas that exist, with made-up borders and decision numbers (MH-: minh họa, an illustration)."""


def protected_areas(sketch: Sketch) -> Rows | None:
    """Protected areas around hills, lakes and rivers of the sketch."""
    return rows_of("protected_area", (_protected(sketch, one) for one in PROTECTED))


def _protected(sketch: Sketch, one: _Protected) -> tuple[Shape, dict[str, object]]:
    parts = [
        feature.geometry
        for features, names in (
            (sketch.hills, one.hills), (sketch.lakes, one.lakes), (sketch.rivers, one.rivers)
        )
        for feature in features
        if feature["name"] in names
    ]  # fmt: skip
    area = shapely.intersection(shapely.buffer(shapely.union_all(parts), one.around), sketch.land)
    return _areas(shapely.set_precision(area, 0.01)), {
        "name": one.name,
        "category": one.category,
        "decision_number": one.number,
        "decision_date": one.decided,
    }


def _areas(shape: Shape) -> Shape:
    """The areas among the parts of a shape, as one."""
    parts = shapely.get_parts(shape)
    return shapely.multipolygons(parts[shapely.get_type_id(parts) == 3])

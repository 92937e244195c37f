"""Which shapes of a file may enter a layer, why the others may not, and where exactly they are wrong.

Shapes arrive as WKB in the file's CRS and leave as Shapely geometries of the layer's type in the legal
CRS. Nothing is repaired: a shape that is wrong is a question to whoever drew it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.errors import GEOSException

from app.transfer.projection import Projection
from layers.layer import Geometry

MAX_VERTICES = 500_000
"""Of one feature. A larger one is refused before it is parsed."""

DECIMALS = 3
"""Coordinates are kept in whole millimetres, as the register keeps them: a corner that neighbours share
stays one corner, whatever noise the way from degrees adds."""
MIN_WIDTH = 0.001
"""Metres. An area that is narrower on the whole has none: points on one line in degrees are on a faint
curve in metres."""

VALIDITY: tuple[tuple[str, str], ...] = (
    ("Ring Self-intersection", "ring_self_intersection"),
    ("Self-intersection", "self_intersection"),
    ("Hole lies outside shell", "hole_outside_shell"),
    ("Holes are nested", "nested_holes"),
    ("Nested shells", "nested_shells"),
    ("Interior is disconnected", "interior_disconnected"),
    ("Duplicate Rings", "duplicate_rings"),
    ("Too few", "ring_too_short"),
    ("Ring is not closed", "ring_not_closed"),
)
"""How GEOS begins to say what is wrong, and our code for it."""

_TYPES: dict[Geometry, tuple[int, int]] = {
    Geometry.POINT: (0, 4),
    Geometry.LINE: (1, 5),
    Geometry.POLYGON: (3, 6),
    Geometry.MULTIPOLYGON: (3, 6),
}
"""Shapely's numbers of the single and the multiple type that fit a layer's."""
_NAMES = ("POINT", "LINESTRING", "LINEARRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON",
          "GEOMETRYCOLLECTION")  # fmt: skip

Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class Problem:
    """Why a row stays out: a code of `sentences.REASONS`, its values, and the place in legal coordinates."""

    code: str
    values: dict[str, object] = field(default_factory=dict)
    place: tuple[float, float] | None = None


class Examined:
    """The shapes of one batch on their way through the checks.

    `shapes` holds one geometry for each row, None for rows with a problem; `problems` the first
    problem of each of these rows.
    """

    def __init__(self, wkb: Sequence[bytes | None], wanted: Geometry, projection: Projection) -> None:
        self.problems: dict[int, Problem] = {}
        self.notes: Counter[str] = Counter()
        self.wanted = wanted
        self.projection = projection
        self.shapes: Shapes = self._parse(wkb)
        for check in (_has_points, _is_finite, _has_type, _is_in_range, _is_here, _has_size):
            check(self)
        self._drop_repeated_points()

    @property
    def rows(self) -> NDArray[np.intp]:
        """The rows that have no problem so far."""
        return np.flatnonzero(self.shapes != None)  # noqa: E711 - element by element

    def reject(self, rows: Iterable[int], code: str, **values: object) -> None:
        """Take rows out for one reason."""
        for row in rows:
            self.refuse(int(row), Problem(code, values))

    def refuse(self, row: int, problem: Problem) -> None:
        """Take one row out."""
        self.problems[row] = problem
        self.shapes[row] = None

    def _parse(self, wkb: Sequence[bytes | None]) -> Shapes:
        given = np.empty(len(wkb), dtype=object)
        given[:] = wkb
        sizes = np.array([len(one) if one else 0 for one in wkb])
        for row in np.flatnonzero(sizes > 16 * MAX_VERTICES):
            given[row] = None
            count = int(sizes[row]) // 16
            self.problems[int(row)] = Problem("too_many_vertices", {"count": count, "limit": MAX_VERTICES})
        with np.errstate(invalid="ignore"):  # what is not a number is told below
            shapes: Shapes = shapely.from_wkb(given, on_invalid="ignore")
        for row in np.flatnonzero(shapes == None):  # noqa: E711 - element by element
            if int(row) not in self.problems:
                self.problems[int(row)] = _unreadable(given[row])
        return shapes

    def _drop_repeated_points(self) -> None:
        rows = self.rows
        before = shapely.get_num_coordinates(self.shapes[rows])
        self.shapes[rows] = shapely.remove_repeated_points(self.shapes[rows])
        self.notes["repeated_points"] += int((shapely.get_num_coordinates(self.shapes[rows]) < before).sum())


def _unreadable(wkb: bytes | None) -> Problem:
    """Why GEOS makes no geometry of these bytes."""
    if not wkb:
        return Problem("geometry_missing")
    try:
        shapely.from_wkb(wkb)
    except GEOSException as error:
        said = str(error)
        if "closed" in said:
            return Problem("ring_not_closed")
        if "number of points" in said:
            return Problem("ring_too_short")
    return Problem("geometry_unreadable")


def _has_points(one: Examined) -> None:
    rows = one.rows
    one.reject(rows[shapely.is_empty(one.shapes[rows])], "geometry_empty")


def _is_finite(one: Examined) -> None:
    """Coordinates are numbers; heights and measures are laid aside."""
    rows = one.rows
    deep = rows[shapely.has_z(one.shapes[rows]) | shapely.has_m(one.shapes[rows])]
    one.notes["z_dropped"] += len(deep)
    one.shapes[deep] = shapely.force_2d(one.shapes[deep])
    coordinates, index = shapely.get_coordinates(one.shapes[rows], return_index=True)
    wrong = np.unique(index[~np.isfinite(coordinates).all(axis=1)])
    one.reject(rows[wrong], "coordinates_not_finite")


def _has_type(one: Examined) -> None:
    """Shapes have the layer's type: one part is taken out of a multiple, or a multiple put around it."""
    single, multiple = _TYPES[one.wanted]
    rows = one.rows
    types = shapely.get_type_id(one.shapes[rows])
    for row, found in zip(rows, types, strict=True):
        if found not in (single, multiple):
            name = _NAMES[found] if 0 <= found < len(_NAMES) else "?"
            one.refuse(int(row), Problem("geometry_type", {"found": name, "wanted": one.wanted.postgis}))
    if one.wanted in (Geometry.POINT, Geometry.POLYGON):
        several = rows[types == multiple]
        parts = shapely.get_num_geometries(one.shapes[several])
        for row, count in zip(several[parts > 1], parts[parts > 1], strict=True):
            one.refuse(int(row), Problem("several_parts", {"parts": int(count)}))
        alone = several[parts == 1]
        one.shapes[alone] = shapely.get_geometry(one.shapes[alone], 0)
    else:
        alone = rows[types == single]
        gather = shapely.multilinestrings if one.wanted is Geometry.LINE else shapely.multipolygons
        one.shapes[alone] = gather(one.shapes[alone], indices=np.arange(len(alone)))


def _is_in_range(one: Examined) -> None:
    """Degrees are degrees; metres are not degrees."""
    if not one.projection.source.is_geographic:
        return
    rows = one.rows
    box = shapely.bounds(one.shapes[rows])
    far = (np.abs(box[:, [0, 2]]) > 180).any(axis=1) | (np.abs(box[:, [1, 3]]) > 90).any(axis=1)
    for row in rows[far]:
        _misplaced(one, int(row), "outside_crs", one.projection.name)


def _is_here(one: Examined) -> None:
    """Shapes lie where the legal CRS is used, and are valid as they were drawn and as they will be kept.

    The way from degrees to whole millimetres moves points by less than anybody sees, and yet that may
    close the sliver by which a boundary crosses itself: a fault would be repaired unseen.
    """
    rows = one.rows
    given = one.shapes[rows]
    legal = one.projection.to_legal(shapely.get_coordinates(given))
    kept = shapely.set_coordinates(given.copy(), np.round(legal, DECIMALS))
    here = one.projection.inside(shapely.bounds(kept))
    for row in rows[~here]:
        _misplaced(one, int(row), "outside_area", one.projection.legal.code)
    drawn, valid = shapely.is_valid(given), shapely.is_valid(kept)
    one.shapes[rows[here & drawn & valid]] = kept[here & drawn & valid]
    for at in np.flatnonzero(here & drawn & ~valid):
        one.refuse(int(rows[at]), _invalid(kept[at], kept[at]))
    for at in np.flatnonzero(here & ~drawn):
        problem = _invalid(given[at], kept[at])
        if problem.place:
            east, north = one.projection.to_legal(np.array([problem.place]))[0].tolist()
            problem = replace(problem, place=(east, north))
        one.refuse(int(rows[at]), problem)


def _misplaced(one: Examined, row: int, otherwise: str, crs: str) -> None:
    """Refuse a shape that lies at the wrong place, with the cause where it can be seen."""
    x, y = (float(number) for number in shapely.get_coordinates(one.shapes[row])[0])
    suspicion = one.projection.suspicion(x, y)
    values: dict[str, object] = {
        "x": f"{x:.10g}",
        "y": f"{y:.10g}",
        "crs": one.projection.name if suspicion else crs,
    }
    one.refuse(row, Problem(suspicion or otherwise, values))


def _has_size(one: Examined) -> None:
    """Areas are areas and lines have a length."""
    rows = one.rows
    length = shapely.length(one.shapes[rows])
    if one.wanted.is_area:
        _reject_at(one, rows[2 * shapely.area(one.shapes[rows]) < MIN_WIDTH * length], "zero_area")
    elif one.wanted is Geometry.LINE:
        _reject_at(one, rows[length == 0], "zero_length")


def _reject_at(one: Examined, rows: NDArray[np.intp], code: str) -> None:
    for row in rows:
        x, y = shapely.get_coordinates(one.shapes[row])[0]
        one.refuse(int(row), Problem(code, place=(float(x), float(y))))


def _invalid(shape: shapely.Geometry, kept: shapely.Geometry) -> Problem:
    """What is wrong with a shape, and where in its own coordinates; `kept` is the shape in metres.

    GEOS says ``Self-intersection[427000.1 1145000.2]``. Of a shape that is all on one line it says the
    same, which is true and helps nobody.
    """
    said = str(shapely.is_valid_reason(shape))
    found = re.fullmatch(r"(.*?)\[(\S+) (\S+)\]", said)
    place = (float(found[2]), float(found[3])) if found else None
    code = next((code for beginning, code in VALIDITY if said.startswith(beginning)), "geometry_invalid")
    hull = shapely.convex_hull(kept)
    if shapely.get_type_id(kept) == _TYPES[Geometry.LINE][1]:
        code = "zero_length"
    elif 2 * hull.area < MIN_WIDTH * hull.length and shapely.get_num_coordinates(shape) > 3:
        code = "zero_area"
    return Problem(code, {"detail": found[1] if found else said}, place)

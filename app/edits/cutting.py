"""Cutting a parcel along a line, exactly: the pieces have the parcel's area and each other's vertices."""

from collections.abc import Collection, Sequence
from itertools import pairwise

import shapely

from app.edits.changes import Key
from app.edits.grid import (
    Edge,
    Point,
    crossing,
    dot,
    edge,
    is_beside,
    squared,
    to_metres,
    without_repeats,
)
from app.edits.outline import Box, Outline, Polygon, canonical_polygon
from app.edits.refusal import OperationError, Reason
from app.edits.topology import Coverage
from layers.layer import N_

LINE_TOO_SHORT = Reason("line_too_short", N_("Đường cần ít nhất hai điểm khác nhau."))
LINE_CROSSES_ITSELF = Reason("line_crosses_itself", N_("Đường tự cắt chính nó. Vẽ lại đường không tự cắt."))
LINE_MISSES = Reason("line_misses", N_("Đường chia không đi qua thửa này."))
LINE_ONLY_TOUCHES = Reason(
    "line_only_touches", N_("Đường chia chỉ chạm ranh thửa, không đi vào trong. Kéo đường qua hẳn thửa.")
)
LINE_ENDS_INSIDE = Reason(
    "line_ends_inside", N_("Đường chia dừng ở trong thửa. Kéo đường đến ranh thửa ở cả hai đầu.")
)
LINE_THROUGH_HOLE = Reason(
    "line_through_hole", N_("Đường chia đi qua phần rỗng trong thửa. Vẽ đường vòng qua phần rỗng ấy.")
)
LINE_DIVIDES_NOTHING = Reason("line_divides_nothing", N_("Đường này chưa chia thửa thành các phần rời nhau."))
TOO_FINE = Reason(
    "too_fine", N_("Ranh ở đây sít nhau dưới một milimét nên không chia chính xác được. Sửa ranh trước.")
)

_ENOUGH = 50
"""Rounds after which rounding has not come to rest. More than two are rare."""


def fit(
    coverage: Coverage,
    line: Sequence[Point],
    keys: Collection[Key],
    *,
    distance: float | None = None,
    with_crossings: bool = True,
) -> list[Point]:
    """The line as it lies among these features: its points snapped, bent through every vertex that it
    passes within `distance` millimetres (the snap distance when not given), and with a vertex wherever
    it crosses an edge, which the edge gets too.

    OperationError when nothing remains of it.
    """
    reach = coverage.tolerances.snap_mm if distance is None else distance
    fitted = without_repeats(line)
    if distance is None:
        fitted = without_repeats(coverage.snap(point, keys) for point in fitted)
    for _ in range(_ENOUGH):
        if len(fitted) < 2:
            raise OperationError(LINE_TOO_SHORT)
        taken = set(fitted)
        bent = [fitted[0]]
        for start, end in pairwise(fitted):
            between = _passed(coverage, (start, end), keys, reach, taken)
            if not between and with_crossings:
                between = _crossed(coverage, (start, end), keys, taken)
            taken.update(between)
            bent += [*between, end]
        if bent == fitted:
            return fitted
        fitted = bent
    raise OperationError(TOO_FINE, as_line(fitted))


def _passed(
    coverage: Coverage, side: Edge, keys: Collection[Key], reach: float, taken: set[Point]
) -> list[Point]:
    """The vertices that a side of the line passes so near that they are meant to lie on it."""
    limit = coverage.tolerances.noding_mm

    def is_meant(point: Point) -> bool:
        if point in taken or not is_beside(point, *side, reach):
            return False
        # What is near an end too is near a vertex that was nearer. On the line it counts all the same.
        away = min(squared(point, end) for end in side)
        return away > reach**2 or (is_beside(point, *side, limit) and away > limit**2)

    near = coverage.vertices_near(Box.around(side, reach), keys)
    return sorted(filter(is_meant, near), key=lambda point: dot(*side, point))


def _crossed(coverage: Coverage, side: Edge, keys: Collection[Key], taken: set[Point]) -> list[Point]:
    """Where a side of the line crosses edges; the edges get the crossings as vertices."""
    found: list[tuple[Point, Edge]] = []
    for other in coverage.edges_near(Box.around(side), keys):
        place = crossing(*side, *other)
        if place is not None:
            found.append((place, other))
    for place, other in found:
        coverage.insert(place, other)
    fresh = {place for place, _ in found} - taken
    return sorted(fresh, key=lambda point: dot(*side, point))


def cut(coverage: Coverage, key: Key, *lines: Sequence[Point]) -> list[Polygon]:
    """The pieces into which fitted lines cut a feature, in the order of their vertices.

    A line may begin and end outside; a closed line may lie inside, and cuts a piece out. The coverage
    is not changed. OperationError with the reason when a line does not divide the feature.
    """
    outline = coverage.outlines[key]
    inside: set[Edge] = set()
    for line in lines:
        if not shapely.LineString(line).is_simple:
            raise OperationError(LINE_CROSSES_ITSELF, as_line(line))
        inside |= _inside(outline, line)
    pieces = faces(outline, inside)
    used = {one for piece in pieces for one in Outline([piece]).edges()}
    if len(pieces) < 2 or not inside <= used:
        raise OperationError(LINE_DIVIDES_NOTHING, as_line(lines[0]))
    return pieces


def faces(outline: Outline, inside: Collection[Edge]) -> list[Polygon]:
    """The pieces of a feature between its boundary and edges inside it, in the order of their vertices."""
    lines = [shapely.LineString(one) for one in sorted(outline.edges().union(inside))]
    whole = outline.on_grid()
    found = shapely.get_parts(shapely.polygonize(lines))
    pieces = [canonical_polygon(one) for one in found if whole.contains(one.representative_point())]
    if sum(_area(piece) for piece in pieces) != sum(outline.doubled_areas()):
        raise OperationError(TOO_FINE, outline.geometry().boundary)
    return sorted(pieces)


def _inside(outline: Outline, line: Sequence[Point]) -> set[Edge]:
    """The sides of the line that run inside the feature."""
    whole, boundary, corners = outline.on_grid(), outline.edges(), outline.vertices()
    filled = shapely.union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(whole)])
    shapely.prepare(whole)
    inside: set[Edge] = set()
    for a, b in pairwise(line):
        middle = shapely.Point((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
        if edge(a, b) in boundary:
            continue
        if whole.contains(middle):
            inside.add(edge(a, b))
        elif filled.contains(middle):
            raise OperationError(LINE_THROUGH_HOLE, as_line([a, b]))
    if line[0] != line[-1]:
        for end in (line[0], line[-1]):
            if end not in corners and whole.contains(shapely.Point(end)):
                raise OperationError(LINE_ENDS_INSIDE, shapely.Point(to_metres(end)))
    if not inside:
        touches = not corners.isdisjoint(line)
        raise OperationError(LINE_ONLY_TOUCHES if touches else LINE_MISSES, as_line(line))
    return inside


def as_line(points: Sequence[Point]) -> shapely.LineString:
    """A line of the grid in metres."""
    return shapely.LineString([to_metres(point) for point in points])


def as_area(polygon: Polygon) -> shapely.Polygon:
    """A polygon of the grid in metres."""
    shell, *holes = ([to_metres(point) for point in ring] for ring in polygon)
    return shapely.Polygon(shell, holes)


def _area(polygon: Polygon) -> int:
    return sum(Outline([polygon]).doubled_areas())

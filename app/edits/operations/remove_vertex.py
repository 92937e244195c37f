"""Take a vertex out of a boundary, on both sides of it."""

import math
from dataclasses import dataclass

import shapely

from app.edits.cutting import as_line
from app.edits.grid import PER_METRE, Edge, Metres, Point, edge, offset_squared, to_metres
from app.edits.operations.move_vertex import WOULD_VANISH, edges_at, refuse_crossings, shared_vertex
from app.edits.operations.operation import Operation, Scene, one_area
from app.edits.parameters import given, point
from app.edits.refusal import OperationError, Reason
from layers.layer import N_

VERTEX_IS_JUNCTION = Reason(
    "vertex_is_junction", N_("Ở đỉnh này có ba ranh trở lên gặp nhau nên không bỏ được.")
)
VERTEX_IS_CORNER = Reason(
    "vertex_is_corner",
    N_("Bỏ đỉnh này thì ranh lệch {offset} m mà phía bên kia không có thửa nào theo. Dùng Sửa ranh."),
)


@dataclass(frozen=True)
class Parameters:
    """`vertex`: a vertex of the selected feature, within the snap distance."""

    vertex: Metres = given(point)


def _edit(scene: Scene, given: Parameters) -> None:
    coverage = scene.coverage
    vertex = shared_vertex(scene, given.vertex)
    old = edges_at(coverage, vertex)
    between = _between(scene, vertex, old)
    for key in coverage.holders(vertex):
        polygons = [
            [[one for one in ring if one != vertex] for ring in polygon]
            for polygon in coverage.outlines[key].polygons
        ]
        if any(len(ring) < 3 for polygon in polygons for ring in polygon):
            raise OperationError(WOULD_VANISH, shapely.Point(to_metres(vertex)))
        coverage.replace(key, polygons)
    coverage.node_edges([between])
    refuse_crossings(coverage, [between], old)


def _between(scene: Scene, vertex: Point, edges: list[Edge]) -> Edge:
    """The edge that takes the place of the two at the vertex. OperationError when there are more than
    two, or when nobody would follow."""
    ends = [one[1] if one[0] == vertex else one[0] for one in edges]
    if len(ends) != 2:
        raise OperationError(VERTEX_IS_JUNCTION, shapely.Point(to_metres(vertex)))
    holders = [one for one in scene.coverage.outlines.values() if one.places(*edges[0])]
    offset = math.sqrt(offset_squared(vertex, *ends))
    if len(holders) < 2 and offset > scene.tolerances.snap_mm:
        place = as_line([ends[0], vertex, ends[1]])
        raise OperationError(VERTEX_IS_CORNER, place, offset=round(offset / PER_METRE, 3))
    return edge(*ends)


OPERATION = Operation(
    id="remove_vertex",
    title=N_("Bỏ đỉnh"),
    shortcut="X",
    parameters=Parameters,
    available=one_area,
    edit=_edit,
    mends=True,
)

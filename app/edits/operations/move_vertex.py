"""Move a vertex; every parcel that has it follows."""

from collections.abc import Iterable
from dataclasses import dataclass

import shapely

from app.edits.cutting import as_line
from app.edits.grid import Edge, Metres, Point, Ring, crossing, doubled_area, edge, to_grid, without_repeats
from app.edits.operations.operation import RESULT_INVALID, Operation, Scene, one_area
from app.edits.outline import Box
from app.edits.parameters import given, point
from app.edits.refusal import OperationError, Reason
from app.edits.topology import Coverage
from layers.layer import N_

NO_VERTEX_HERE = Reason("no_vertex_here", N_("Ở đây thửa đã chọn không có đỉnh."))
NOTHING_MOVES = Reason("nothing_moves", N_("Vị trí mới trùng với vị trí cũ."))
WOULD_CROSS = Reason("would_cross", N_("Làm vậy thì ranh sẽ cắt qua ranh khác ở đây."))
WOULD_VANISH = Reason("would_vanish", N_("Làm vậy thì có thửa chỉ còn dưới ba đỉnh."))


@dataclass(frozen=True)
class Parameters:
    """`vertex`: a vertex of the selected feature, within the snap distance. `to`: its new place, which is
    snapped to other vertices and edges."""

    vertex: Metres = given(point)
    to: Metres = given(point)


def shared_vertex(scene: Scene, position: Metres) -> Point:
    """The vertex of the selection at a position. Afterwards all features that it lies on have it, and
    the edges from it have the vertices that lie on them."""
    coverage = scene.coverage
    found = coverage.nearest_vertex(to_grid(position), scene.tolerances.snap_mm, [scene.only.key])
    if found is None:
        raise OperationError(NO_VERTEX_HERE, shapely.Point(position))
    coverage.insert(found)
    coverage.node_edges(edges_at(coverage, found))
    return found


def edges_at(coverage: Coverage, vertex: Point) -> list[Edge]:
    """The edges that end in a vertex."""
    return [one for one in coverage.edges_near(Box.around([vertex])) if vertex in one]


def refuse_crossings(coverage: Coverage, fresh: Iterable[Edge], before: Iterable[Edge]) -> None:
    """OperationError when a new edge crosses another one that the old edges did not cross."""
    old = list(before)
    for mine, other in coverage.crossings(fresh):
        if not any(crossing(*one, *other) for one in old):
            raise OperationError(WOULD_CROSS, as_line(mine).intersection(as_line(other)))


def _edit(scene: Scene, given: Parameters) -> None:
    coverage = scene.coverage
    vertex = shared_vertex(scene, given.vertex)
    old = edges_at(coverage, vertex)
    to = coverage.snap(to_grid(given.to), without=vertex)
    if to == vertex:
        raise OperationError(NOTHING_MOVES, shapely.Point(given.to))
    for key in coverage.holders(vertex):
        polygons = coverage.outlines[key].polygons
        coverage.replace(key, [[_moved(ring, vertex, to) for ring in one] for one in polygons])
    coverage.insert(to)
    ends = {one[1] if one[0] == vertex else one[0] for one in old} - {to}
    coverage.node_edges(edge(to, end) for end in ends)
    refuse_crossings(coverage, edges_at(coverage, to), old)


def _moved(ring: Ring, vertex: Point, to: Point) -> Ring:
    made = without_repeats(to if one == vertex else one for one in ring)
    if len(made) > 1 and made[0] == made[-1]:
        made.pop()
    if len(made) < 3:
        raise OperationError(WOULD_VANISH, as_line([*ring, ring[0]]))
    if (doubled_area(made) > 0) is not (doubled_area(ring) > 0):
        raise OperationError(RESULT_INVALID, as_line([*made, made[0]]))
    return made


OPERATION = Operation(
    id="move_vertex",
    title=N_("Dời đỉnh"),
    shortcut="V",
    parameters=Parameters,
    available=one_area,
    edit=_edit,
    mends=True,
)

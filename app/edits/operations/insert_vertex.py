"""Put a vertex into a boundary, on both sides of it."""

from dataclasses import dataclass

import shapely

from app.edits.grid import Metres, foot, to_grid
from app.edits.operations.operation import Operation, Scene, one_area
from app.edits.parameters import given, point
from app.edits.refusal import OperationError, Reason
from layers.layer import N_

NOT_ON_BOUNDARY = Reason("not_on_boundary", N_("Điểm này không nằm trên ranh của thửa đã chọn."))
VERTEX_IS_THERE = Reason("vertex_is_there", N_("Ở đây đã có đỉnh."))


@dataclass(frozen=True)
class Parameters:
    """`at`: a position on the boundary, within the snap distance."""

    at: Metres = given(point)


def _edit(scene: Scene, given: Parameters) -> None:
    coverage, keys, snap = scene.coverage, [scene.only.key], scene.tolerances.snap_mm
    at = to_grid(given.at)
    on = coverage.nearest_edge(at, snap, keys)
    if coverage.nearest_vertex(at if on is None else foot(at, *on), snap, keys):
        raise OperationError(VERTEX_IS_THERE, shapely.Point(given.at))
    if on is None:
        raise OperationError(NOT_ON_BOUNDARY, shapely.Point(given.at))
    coverage.insert(foot(at, *on), on)


OPERATION = Operation(
    id="insert_vertex",
    title=N_("Thêm đỉnh vào ranh"),
    shortcut="I",
    parameters=Parameters,
    available=one_area,
    edit=_edit,
)

"""Split a parcel into parts of equal area, by parallel lines or along its front."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.edits.changes import Feature
from app.edits.dividing import cut_off, cut_off_at, is_forward, path
from app.edits.grid import Metres, Point, distance, to_grid
from app.edits.operations.operation import Operation, Scene, inherited, one_parcel
from app.edits.operations.split_by_area import direction
from app.edits.outline import Polygon
from app.edits.parameters import given, number, points, whole
from app.edits.refusal import OperationError, Reason
from layers.layer import N_

ONE_OF_TWO_WAYS = Reason("one_of_two_ways", N_("Chọn chia theo hướng hoặc theo mặt tiền, không chọn cả hai."))
FRONT_NOT_ON_BOUNDARY = Reason("front_not_on_boundary", N_("Hai đầu mặt tiền phải là hai đỉnh của thửa."))
FRONT_TOO_SHORT = Reason("front_too_short", N_("Mặt tiền ngắn quá, không chia được thành ngần ấy phần."))
HAS_HOLE = Reason("has_hole", N_("Thửa có phần rỗng nên không chia theo mặt tiền được. Chia theo hướng."))


@dataclass(frozen=True)
class Parameters:
    """Either `bearing`: the dividing lines are parallel, in degrees clockwise from north, and parts go
    from left to right. Or `front`, two vertices of the parcel: the shorter way between them along the
    boundary is divided into equal lengths, and parts go from the first to the second."""

    parts: int = given(whole(2, 100))
    bearing: float | None = given(number(-360, 360), default=None)
    front: tuple[Metres, ...] | None = given(points, default=None)


def _edit(scene: Scene, given: Parameters) -> None:
    parent, coverage = scene.only, scene.coverage
    coverage.node(parent.key)
    if given.bearing is not None and given.front is None:
        _in_parallel(scene, parent, given.parts, direction(given.bearing))
    elif given.front is not None and given.bearing is None:
        _along_front(scene, parent, given.parts, given.front)
    else:
        raise OperationError(ONE_OF_TWO_WAYS)
    scene.succeed([parent], coverage.outlines[parent.key].polygons, inherited([parent]))


def _in_parallel(scene: Scene, parent: Feature, parts: int, along: Metres) -> None:
    for left in range(parts, 1, -1):
        share = scene.coverage.outlines[parent.key].area() / left
        _part(scene, parent, cut_off(scene.coverage, parent.key, share, along, left=True))


def _along_front(scene: Scene, parent: Feature, parts: int, front: Sequence[Metres]) -> None:
    coverage = scene.coverage
    *marks, _ = _divided_front(scene, parent, parts, front)
    for left, (start, mark) in zip(range(parts, 1, -1), pairwise(marks), strict=True):
        share = coverage.outlines[parent.key].area() / left
        _part(scene, parent, cut_off_at(coverage, parent.key, share, start, mark))


def _part(scene: Scene, parent: Feature, cut: tuple[Polygon, Polygon]) -> None:
    """One part leaves the parcel, which goes on as the rest."""
    piece, rest = cut
    scene.coverage.replace(parent.key, [rest])
    scene.child([parent], piece, inherited([parent]))


def _divided_front(scene: Scene, parent: Feature, parts: int, front: Sequence[Metres]) -> list[Point]:
    """The ends of the front and the points that divide it, all of them vertices afterwards."""
    shell, *holes = scene.coverage.outlines[parent.key].polygons[0]
    snap, keys = scene.tolerances.snap_mm, [parent.key]
    ends = [scene.coverage.nearest_vertex(to_grid(one), snap, keys) for one in front]
    start, end = ends[0], ends[-1]
    if len(ends) != 2 or start is None or end is None or start == end or not {start, end} <= set(shell):
        raise OperationError(FRONT_NOT_ON_BOUNDARY)
    if holes:
        raise OperationError(HAS_HOLE)
    way = path(shell if is_forward(shell, start, end) else shell[::-1], start, end)
    marks = [start, *(scene.coverage.snap(one, [parent.key]) for one in _spaced(way, parts)), end]
    if len(set(marks)) < len(marks):
        raise OperationError(FRONT_TOO_SHORT)
    return marks


def _spaced(way: Sequence[Point], parts: int) -> list[Point]:
    """The points that divide a line into parts of equal length."""
    lengths = [distance(a, b) for a, b in pairwise(way)]
    found, passed, side = [], 0.0, 0
    for number_ in range(1, parts):
        wanted = sum(lengths) * number_ / parts
        while passed + lengths[side] < wanted:
            passed, side = passed + lengths[side], side + 1
        share = (wanted - passed) / lengths[side]
        (east, north), (further_east, further_north) = way[side], way[side + 1]
        found.append(
            (round(east + (further_east - east) * share), round(north + (further_north - north) * share))
        )
    return found


OPERATION = Operation(
    id="split_equal",
    title=N_("Chia thành các phần bằng nhau"),
    shortcut="E",
    parameters=Parameters,
    available=one_parcel,
    edit=_edit,
)

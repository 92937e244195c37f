"""Give a parcel the boundary that was measured; its neighbours follow, or the checks report what is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import shapely

from app.edits.changes import Key
from app.edits.cutting import as_area, faces
from app.edits.drawing import drawn
from app.edits.grid import Edge, Metres
from app.edits.operations.operation import PARCEL, Operation, Scene, one_area
from app.edits.outline import Outline, Polygon
from app.edits.parameters import choice, given, rings
from app.edits.refusal import OperationError, Reason
from app.edits.topology import Coverage
from layers.layer import N_

NEIGHBOUR_CUT_APART = Reason(
    "neighbour_cut_apart", N_("Ranh mới cắt rời hoặc lấy hết thửa bên. Tách hoặc gộp thửa bên trước.")
)


@dataclass(frozen=True)
class Parameters:
    """`rings`: the outer ring and the holes of the whole new boundary. With `neighbours` "follow", the
    neighbours give the land that is gained, and get what is given up where only one of them borders on
    it. With "keep" they stay as they are."""

    rings: tuple[tuple[Metres, ...], ...] = given(rings)
    neighbours: str = given(choice("follow", "keep"), default="follow")


def _edit(scene: Scene, given: Parameters) -> None:
    coverage, key = scene.coverage, scene.only.key
    follow = given.neighbours == "follow" and bool(scene.only.geometry.is_valid)
    if follow:
        coverage.node(key)
    # Among the old boundary too: what was measured to some millimetres is where it was.
    polygon = drawn(coverage, given.rings, list(coverage.outlines), with_crossings=follow)
    if follow:
        for point in (point for ring in polygon for point in ring):
            coverage.insert(point)
        _follow(coverage, key, polygon, [one for one in coverage.outlines if one != key])
    coverage.replace(key, [polygon])
    coverage.node(key)


def _follow(coverage: Coverage, key: Key, polygon: Polygon, others: Sequence[Key]) -> None:
    fresh = Outline([polygon])
    shape = fresh.on_grid()
    shapely.prepare(shape)
    for other in others:
        whole = coverage.outlines[other].on_grid()
        if whole.is_valid and shapely.area(shapely.intersection(shape, whole)) > 0:
            _give(coverage, other, fresh)
    for face in _outside(coverage.outlines[key], fresh):
        _take(coverage, face, others)


def _give(coverage: Coverage, other: Key, fresh: Outline) -> None:
    """Take the land inside the new boundary from a neighbour."""
    rest = _outside(coverage.outlines[other], fresh)
    if not rest or (other.layer == PARCEL and len(rest) > 1):
        raise OperationError(NEIGHBOUR_CUT_APART, coverage.outlines[other].geometry().boundary)
    coverage.replace(other, rest)


def _take(coverage: Coverage, face: Polygon, others: Sequence[Key]) -> None:
    """Give land that is no longer the parcel's to the one neighbour that borders on it. Where there are
    several or none, it stays open, and the checks report a gap."""
    edges = Outline([face]).edges()
    middle = as_area(face).representative_point()
    beside = [one for one in others if not edges.isdisjoint(coverage.outlines[one].edges())]
    if len(beside) != 1 or coverage.outlines[beside[0]].geometry().contains(middle):
        return
    taker = beside[0]
    extra = Key(taker.layer, UUID(int=0))
    coverage.add(extra, [face])
    coverage.replace(taker, coverage.union([taker, extra]))
    coverage.remove(extra)


def _outside(outline: Outline, fresh: Outline) -> list[Polygon]:
    """The faces of a feature outside a new boundary that is noded with it."""
    whole, cut = outline.on_grid(), fresh.on_grid()
    inside: set[Edge] = {
        one for one in fresh.edges() - outline.edges() if whole.contains(shapely.LineString(one).centroid)
    }
    pieces = faces(outline, inside)
    return [one for one in pieces if not cut.contains(Outline([one]).on_grid().representative_point())]


OPERATION = Operation(
    id="correct_boundary",
    title=N_("Sửa ranh"),
    shortcut="R",
    parameters=Parameters,
    available=one_area,
    edit=_edit,
    mends=True,
)

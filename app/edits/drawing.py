"""Rings that somebody drew or typed, as a polygon that lies among its neighbours."""

import re
from collections.abc import Collection, Sequence

import shapely

from app.edits.changes import Key
from app.edits.cutting import as_area, fit
from app.edits.grid import (
    Metres,
    Point,
    Ring,
    canonical,
    cleaned,
    to_grid,
    to_metres,
    without_repeats,
)
from app.edits.outline import Polygon
from app.edits.refusal import OperationError, Reason
from app.edits.topology import Coverage
from layers.layer import N_

NO_AREA = Reason("no_area", N_("Các điểm nằm trên một đường thẳng nên không thành thửa."))
RING_HAS_SPIKE = Reason("ring_has_spike", N_("Ranh chạy ra rồi quay lại trên cùng một đường ở đây."))
RING_CROSSES_ITSELF = Reason("ring_crosses_itself", N_("Ranh tự cắt chính nó ở đây."))
HOLE_WRONG = Reason("hole_wrong", N_("Phần rỗng phải nằm hẳn trong thửa và không chạm nhau theo đoạn."))


def drawn(
    coverage: Coverage, rings: Sequence[Sequence[Metres]], keys: Collection[Key], *, with_crossings: bool
) -> Polygon:
    """The polygon of these rings, given in metres, the outer one first.

    Its vertices are snapped to the features named by `keys`, and it gets theirs that lie on it; with
    crossings, both also get a vertex where they cross. OperationError with the place when the rings
    make no polygon: nothing is repaired.
    """
    given = [_checked([to_grid(one) for one in ring]) for ring in rings]
    _refuse_invalid(given)
    fitted = [_fitted(coverage, ring, keys, with_crossings=with_crossings) for ring in given]
    _refuse_invalid(fitted)
    shell, *holes = fitted
    return [canonical(shell, hole=False), *sorted(canonical(hole, hole=True) for hole in holes)]


def _checked(points: Sequence[Point]) -> Ring:
    """A ring without repeated vertices."""
    ring = without_repeats(points)
    if ring[0] == ring[-1]:
        ring.pop()
    kept = cleaned(ring)
    if len(kept) < 3:
        raise OperationError(NO_AREA, shapely.MultiPoint([to_metres(point) for point in points]))
    if len(kept) < len(ring):
        lost = [to_metres(point) for point in ring if point not in kept]
        raise OperationError(RING_HAS_SPIKE, shapely.MultiPoint(lost))
    return ring


def _fitted(coverage: Coverage, ring: Ring, keys: Collection[Key], *, with_crossings: bool) -> Ring:
    line = fit(coverage, [*ring, ring[0]], keys, with_crossings=with_crossings)
    # Snapping may have moved vertices together.
    fitted = cleaned(line)
    if len(fitted) < 3:
        raise OperationError(NO_AREA, shapely.MultiPoint([to_metres(point) for point in line]))
    return fitted


def _refuse_invalid(polygon: Polygon) -> None:
    shape = as_area(polygon)
    if shape.is_valid:
        return
    said = shapely.is_valid_reason(shape)
    found = re.search(r"\[(\S+) (\S+)\]", said)
    place = shapely.Point(float(found[1]), float(found[2])) if found else shape.boundary
    raise OperationError(RING_CROSSES_ITSELF if "elf-intersection" in said else HOLE_WRONG, place)

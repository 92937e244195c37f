"""Merge parcels that share boundaries into one."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import shapely
from shapely.geometry.base import BaseGeometry

from app.edits.changes import Feature
from app.edits.operations.operation import Operation, Scene, inherited, several_parcels
from app.edits.parameters import given, words
from app.edits.refusal import OperationError, Reason
from layers.layer import N_

DIFFERENT_VALUES = Reason("different_values", N_("Các thửa khác nhau ở: {fields}. Sửa cho giống rồi gộp."))
ONLY_AT_A_POINT = Reason("only_at_a_point", N_("Các thửa chỉ chạm nhau ở một điểm nên không gộp được."))
NOT_ADJACENT = Reason("not_adjacent", N_("Các thửa không liền nhau nên không gộp được."))
SLIVER_BETWEEN = Reason(
    "sliver_between", N_("Giữa các thửa còn khe hở {width} m. Sửa ranh cho khít rồi gộp.")
)


@dataclass(frozen=True)
class Parameters:
    """`same`: the fields in which the parcels have to agree."""

    same: tuple[str, ...] = given(words, default=("commune_code", "sheet", "land_use"))


def _edit(scene: Scene, given: Parameters) -> None:
    parents, coverage = scene.selection, scene.coverage
    first, *others = (one.attributes for one in parents)
    differ = [name for name in given.same if any(one.get(name) != first.get(name) for one in others)]
    if differ:
        raise OperationError(DIFFERENT_VALUES, fields=", ".join(differ))
    for one in parents:
        coverage.node(one.key)
    pieces = coverage.union([one.key for one in parents])
    if len(pieces) > 1:
        raise _apart(parents, scene.tolerances.snap)
    scene.succeed(parents, pieces, inherited(parents) | _legal_area(parents))


def _legal_area(parents: Sequence[Feature]) -> dict[str, float]:
    """What stands on paper is added up, not measured anew."""
    areas = [area for one in parents if (area := one.attributes.get("legal_area")) is not None]
    return {"legal_area": round(sum(areas), 1)} if len(areas) == len(parents) else {}


def _apart(parents: Sequence[Feature], snap: float) -> OperationError:
    """Why parcels do not become one, with the place."""
    shapes = [one.geometry for one in parents]
    touching = [(a, b) for a, b in combinations(shapes, 2) if a.intersects(b) and not _share_a_line(a, b)]
    if touching:
        return OperationError(ONLY_AT_A_POINT, shapely.union_all([a.intersection(b) for a, b in touching]))
    width = min(a.distance(b) for a, b in combinations(shapes, 2) if not _share_a_line(a, b))
    if width <= snap:
        return OperationError(SLIVER_BETWEEN, shapely.union_all(shapes).boundary, width=round(width, 3))
    return OperationError(NOT_ADJACENT, shapely.union_all(shapes).boundary)


def _share_a_line(a: BaseGeometry, b: BaseGeometry) -> bool:
    return bool(a.intersection(b).length > 0)


OPERATION = Operation(
    id="merge",
    title=N_("Gộp thửa"),
    shortcut="G",
    parameters=Parameters,
    available=several_parcels,
    edit=_edit,
)

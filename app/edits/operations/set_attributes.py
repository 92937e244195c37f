"""Change attributes of features, and the uses of the land."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.edits.attributes import checked
from app.edits.operations.operation import PARCEL, Operation, Scene, some_features
from app.edits.parameters import given, mapping
from app.edits.refusal import OperationError, Reason
from layers.layer import N_

NOT_SET_HERE = Reason("not_set_here", N_("{fields} không sửa ở đây."))
DIFFERENT_LAYERS = Reason("different_layers", N_("Chọn các đối tượng của cùng một lớp."))

ELSEWHERE = ("sheet", "number", "old_sheet", "old_number", "parcel_code")
"""Parcels are numbered by an operation of their own; a parcel's code is given once."""


@dataclass(frozen=True)
class Parameters:
    """`values` by field name; null empties a field."""

    values: Mapping[str, object] = given(mapping)


def _edit(scene: Scene, given: Parameters) -> None:
    layers = {one.layer for one in scene.selection}
    if len(layers) > 1:
        raise OperationError(DIFFERENT_LAYERS)
    refused = [name for name in given.values if name in ELSEWHERE] if PARCEL in layers else []
    if refused:
        raise OperationError(NOT_SET_HERE, fields=", ".join(refused))
    values = checked(layers.pop(), given.values)
    for one in scene.selection:
        scene.attributes[one.key] = {**one.attributes, **values}


OPERATION = Operation(
    id="set_attributes",
    title=N_("Sửa thông tin"),
    shortcut="U",
    parameters=Parameters,
    available=some_features,
    edit=_edit,
    mends=True,
)

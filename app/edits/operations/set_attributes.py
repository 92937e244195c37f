"""Change attributes of features, and the uses of the land."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.edits.attributes import checked, land_uses
from app.edits.operations.operation import PARCEL, SELECT_PARCELS, Operation, Scene, some_features
from app.edits.parameters import given, mapping
from app.edits.refusal import OperationError, Reason
from layers.layer import N_

DIFFERENT_LAYERS = Reason("different_layers", N_("Chọn các đối tượng của cùng một lớp."))

ELSEWHERE = ("sheet", "number", "old_sheet", "old_number", "parcel_code")
"""Parcels are numbered by an operation of their own; a parcel's code is given once."""


@dataclass(frozen=True)
class Parameters:
    """`values` by field name; null empties a field. `land_uses` of parcels, all of them: code, area,
    origin and end of the term; the largest becomes the parcel's `land_use`."""

    values: Mapping[str, object] = field(default_factory=dict, metadata={"reader": mapping})
    land_uses: tuple[Mapping[str, Any], ...] | None = given(land_uses, default=None)


def _edit(scene: Scene, given: Parameters) -> None:
    layers = {one.layer for one in scene.selection}
    if len(layers) > 1:
        raise OperationError(DIFFERENT_LAYERS)
    values = checked(next(iter(layers)), given.values, elsewhere=ELSEWHERE if PARCEL in layers else ())
    if given.land_uses:
        if layers != {PARCEL}:
            raise OperationError(SELECT_PARCELS)
        main = max(given.land_uses, key=lambda use: use["area"])
        values |= {"land_uses": [dict(use) for use in given.land_uses], "land_use": main["code"]}
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

"""Draw a new parcel, or enter the list of its points."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.edits.attributes import checked
from app.edits.drawing import drawn
from app.edits.grid import Metres
from app.edits.operations.operation import PARCEL, Operation, Scene, nothing
from app.edits.parameters import given, mapping, rings
from layers import CATALOG
from layers.layer import N_


@dataclass(frozen=True)
class Parameters:
    """`rings`: the outer ring and the holes. `attributes` of the parcel by field name; its number and
    its code are given at approval, its area is measured unless it is said."""

    rings: tuple[tuple[Metres, ...], ...] = given(rings)
    attributes: Mapping[str, object] = field(default_factory=dict, metadata={"reader": mapping})


def _edit(scene: Scene, given: Parameters) -> None:
    empty = dict.fromkeys(field.name for field in CATALOG[PARCEL].fields)
    attributes = empty | checked(PARCEL, given.attributes, elsewhere=("number", "parcel_code"))
    polygon = drawn(scene.coverage, given.rings, list(scene.coverage.outlines), with_crossings=False)
    scene.coverage.node(scene.create(PARCEL, polygon, attributes))


OPERATION = Operation(
    id="draw",
    title=N_("Vẽ thửa mới"),
    shortcut="N",
    parameters=Parameters,
    available=nothing,
    edit=_edit,
)

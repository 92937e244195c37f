"""Retire a parcel: it ends, and its land becomes part of a road or of water, or of nothing known."""

from dataclasses import dataclass
from uuid import UUID

from app.edits.operations.operation import PARCEL, Operation, Scene, one_parcel
from app.edits.parameters import given, identifier
from app.edits.refusal import OperationError, Reason
from layers.layer import N_

NOT_BESIDE_IT = Reason(
    "not_beside_it", N_("Đất nhận phần này phải là đất giao thông hoặc mặt nước liền ranh.")
)


@dataclass(frozen=True)
class Parameters:
    """`into`: the id of the road surface or water body that takes the land. Without it the land is
    nobody's, which the checks report as a gap."""

    into: UUID | None = given(identifier, default=None)


def _edit(scene: Scene, given: Parameters) -> None:
    parcel, coverage = scene.only.key, scene.coverage
    if given.into:
        coverage.node(parcel)
        taker = next((key for key in coverage.outlines if key.id == given.into), None)
        if taker is None or taker.layer == PARCEL or not coverage.shared_edges(parcel, taker):
            raise OperationError(NOT_BESIDE_IT, scene.only.geometry.boundary)
        coverage.replace(taker, coverage.union([taker, parcel]))
    coverage.remove(parcel)


OPERATION = Operation(
    id="retire",
    title=N_("Kết thúc thửa"),
    shortcut="K",
    parameters=Parameters,
    available=one_parcel,
    edit=_edit,
    mends=True,
)

"""Split a parcel by surveyed points: the new boundary runs from one to the next."""

from dataclasses import dataclass

from app.edits.grid import Metres
from app.edits.operations.operation import Operation, Scene, one_parcel
from app.edits.operations.split_by_line import split
from app.edits.parameters import given, surveyed_points
from layers.layer import N_


@dataclass(frozen=True)
class Parameters:
    """`points` as Vietnamese documents list them: x is north, y is east. Both ends reach the boundary.

    Read from {"x": …, "y": …}, they are kept as (east, north).
    """

    points: tuple[Metres, ...] = given(surveyed_points)


def _edit(scene: Scene, given: Parameters) -> None:
    split(scene, given.points)


OPERATION = Operation(
    id="split_by_points",
    title=N_("Tách theo danh sách điểm"),
    shortcut="P",
    parameters=Parameters,
    available=one_parcel,
    edit=_edit,
)

"""Split off a given area by a line of a given direction."""

import math
from dataclasses import dataclass

from app.edits.dividing import cut_off
from app.edits.grid import Metres
from app.edits.operations.operation import Operation, Scene, inherited, one_parcel
from app.edits.parameters import choice, given, number
from app.edits.refusal import OperationError, Reason
from layers.layer import N_

AREA_TOO_LARGE = Reason(
    "area_too_large", N_("Thửa chỉ có {available} m², không tách được {area} m² mà vẫn còn phần kia.")
)


@dataclass(frozen=True)
class Parameters:
    """`area` in m². `bearing` of the dividing line in degrees clockwise from north; the area is what
    lies on its left or right when one looks along it."""

    area: float = given(number(0.1, 1e9))
    bearing: float = given(number(-360, 360))
    side: str = given(choice("left", "right"))


_QUARTERS: dict[float, Metres] = {0: (0.0, 1.0), 90: (1.0, 0.0), 180: (0.0, -1.0), 270: (-1.0, 0.0)}


def direction(bearing: float) -> Metres:
    """The way (east, north) of length 1 that a bearing in degrees points. Quarter turns are exact."""
    quarter = _QUARTERS.get(bearing % 360)
    return quarter or (math.sin(math.radians(bearing)), math.cos(math.radians(bearing)))


def _edit(scene: Scene, given: Parameters) -> None:
    parent, coverage = scene.only, scene.coverage
    coverage.node(parent.key)
    available = coverage.outlines[parent.key].area()
    if given.area > available - 0.1:
        raise OperationError(AREA_TOO_LARGE, available=round(available, 1), area=given.area)
    pieces = cut_off(coverage, parent.key, given.area, direction(given.bearing), left=given.side == "left")
    scene.succeed([parent], pieces, inherited([parent]))


OPERATION = Operation(
    id="split_by_area",
    title=N_("Tách theo diện tích"),
    shortcut="D",
    parameters=Parameters,
    available=one_parcel,
    edit=_edit,
)

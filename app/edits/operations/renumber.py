"""Give a parcel another sheet and number; the old ones are kept with it."""

from dataclasses import dataclass

from app.edits.operations.operation import Operation, Scene, one_parcel
from app.edits.parameters import given, text
from app.edits.refusal import OperationError, Reason
from layers.layer import N_

SAME_NUMBER = Reason("same_number", N_("Thửa đang mang đúng số tờ và số thửa này."))


@dataclass(frozen=True)
class Parameters:
    """`sheet` and `number` as they will be. Whether they are free is asked when it is approved."""

    sheet: str = given(text)
    number: str = given(text)


def _edit(scene: Scene, given: Parameters) -> None:
    parcel = scene.only
    old = {"old_sheet": parcel.attributes.get("sheet"), "old_number": parcel.attributes.get("number")}
    if tuple(old.values()) == (given.sheet, given.number):
        raise OperationError(SAME_NUMBER)
    scene.attributes[parcel.key] = {
        **parcel.attributes,
        **old,
        "sheet": given.sheet,
        "number": given.number,
    }


OPERATION = Operation(
    id="renumber",
    title=N_("Đổi số tờ, số thửa"),
    shortcut="O",
    parameters=Parameters,
    available=one_parcel,
    edit=_edit,
    mends=True,
)

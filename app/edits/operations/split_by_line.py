"""Split a parcel by a line, straight or bent."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.edits.cutting import cut, fit
from app.edits.grid import Metres, to_grid
from app.edits.operations.operation import Operation, Scene, inherited, one_parcel
from app.edits.parameters import given, points
from layers.layer import N_


@dataclass(frozen=True)
class Parameters:
    """`line` may begin and end outside the parcel. Closed, it may lie inside and cut a parcel out."""

    line: tuple[Metres, ...] = given(points)


def split(scene: Scene, line: Sequence[Metres]) -> None:
    """Divide the selected parcel by a line; the pieces take its place."""
    parent = scene.only
    scene.coverage.node(parent.key)
    fitted = fit(scene.coverage, [to_grid(one) for one in line], [parent.key])
    scene.succeed([parent], cut(scene.coverage, parent.key, fitted), inherited([parent]))


def _edit(scene: Scene, given: Parameters) -> None:
    split(scene, given.line)


OPERATION = Operation(
    id="split_by_line",
    title=N_("Tách theo đường vẽ"),
    shortcut="T",
    parameters=Parameters,
    available=one_parcel,
    edit=_edit,
)

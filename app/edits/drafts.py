"""A draft: the register as it looks with the changes of one changeset, and what can be done to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import shapely
from sqlalchemy.orm import Session

from app.edits import register
from app.edits.changes import Changes, Feature, Key
from app.edits.geometry_rules import check_geometry
from app.edits.issues import Issue
from app.edits.models import Changeset
from app.edits.operations import OPERATIONS
from app.edits.operations.operation import Operation
from app.edits.refusal import OperationError, Reason
from app.edits.register import Box
from app.edits.register_rules import REGISTER_RULES
from app.edits.situation import COVERAGE, edges_of, lines
from layers.layer import N_

OPERATION_BY_ID: Mapping[str, Operation[Any]] = {one.id: one for one in OPERATIONS}
MARGIN = 1.0
"""Metres around changed boundaries in which neighbours are looked for."""
MAX_STEPS = 2_000

UNKNOWN_OPERATION = Reason("unknown_operation", N_("Không có thao tác “{name}”."))
NOT_THERE = Reason("feature_not_there", N_("Thửa đã chọn không còn trong sổ hay trong bản nháp này."))
TOO_LARGE_AREA = Reason("edit_too_wide", N_("Vùng sửa quá rộng. Chia thành nhiều lần sửa nhỏ hơn."))
TOO_MANY_STEPS = Reason("too_many_steps", N_("Bản nháp đã có {limit} bước. Gửi duyệt phần này trước."))


@dataclass(frozen=True)
class Draft:
    """The register with changes on top of it; none of them is in the register."""

    session: Session
    changes: Changes

    @classmethod
    def of(cls, session: Session, changeset: Changeset) -> "Draft":
        """The draft of a changeset with the steps that count."""
        return cls(session, changes_of(changeset))

    def features(self, keys: Sequence[Key]) -> list[Feature]:
        """The features of these keys as the draft has them, in their order. OperationError when one is not
        there."""
        changed = {item.key: item.new for item in self.changes}
        known = register.features(self.session, [key for key in keys if key not in changed])
        found = [changed[key] if key in changed else known.get(key) for key in keys]
        if None in found:
            raise OperationError(NOT_THERE)
        return [one for one in found if one]

    def areas_in(self, boxes: Sequence[Box]) -> list[Feature]:
        """The areas of the coverage that meet one of the boxes, as the draft has them."""
        try:
            standing = register.areas_in(self.session, boxes)
        except register.TooManyAreasError as error:
            raise OperationError(TOO_LARGE_AREA) from error
        changed = {item.key for item in self.changes}
        shapes = [shapely.box(*box) for box in boxes]
        mine = (one for one in self.changes.news if one.layer in COVERAGE)
        return [
            *(one for one in standing if one.key not in changed),
            *(one for one in mine if any(one.geometry.intersects(shape) for shape in shapes)),
        ]

    def done(self, operation: str, selection: Sequence[Key], parameters: object) -> Changes:
        """The changes that an operation makes to the draft. OperationError when it cannot be done."""
        known = OPERATION_BY_ID.get(operation)
        if known is None:
            raise OperationError(UNKNOWN_OPERATION, name=operation[:50])
        chosen = self.features(selection)
        given = known.read(parameters)
        near: list[Feature] = []
        for _ in range(2):
            reach = known.reach(chosen, near, given)
            near = [] if reach.is_empty else self.areas_in([reach.bounds])
            near = [one for one in near if one.key not in set(selection)]
        return known.apply(chosen, near, given, new_id=uuid4)

    def checked(self, on: date) -> list[Issue]:
        """What the rules of geometry and of the register have against the draft on a day."""
        changed = {item.key for item in self.changes}
        near = register.areas_in(self.session, changed_boxes(self.changes))
        found = [*check_geometry(self.changes, [one for one in near if one.key not in changed])]
        for check in REGISTER_RULES:
            found += check(self.session, self.changes, on)
        return found


def changes_of(changeset: Changeset) -> Changes:
    """What approving wrote; before that the changes of the steps that count, as one."""
    if changeset.written is not None:
        return Changes.from_json(changeset.written)
    together = Changes()
    for step in changeset.steps[: changeset.done]:
        together = together.then(Changes.from_json(step["changes"]))
    return together


def changed_boxes(changes: Changes) -> list[Box]:
    """The boxes of the boundaries that become different, one for each feature.

    A long road that got a vertex has the box of two of its edges.
    """
    boxes = []
    for item in changes:
        before, after = (set(edges_of(one.geometry)) if one else set() for one in (item.old, item.new))
        different = before ^ after
        if different:
            west, south, east, north = lines(different).bounds
            boxes.append((west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN))
    return boxes

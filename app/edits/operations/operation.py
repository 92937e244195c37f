"""An operation: features and parameters in, changes out. It knows nothing of database, review or HTTP.

It works on a `Scene`, a private working copy of what is selected and what lies around it.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry

from app.edits.changes import Change, Changes, Descent, Feature, Key
from app.edits.grid import PER_METRE, Point, to_grid
from app.edits.outline import Box, Outline, Polygon
from app.edits.parameters import positions_of, read
from app.edits.refusal import OperationError, Reason
from app.edits.tolerances import TOLERANCES, Tolerances
from app.edits.topology import Coverage
from layers.layer import N_

PARCEL = "parcel"
"""The layer whose features are divided, merged and numbered."""
CLEARED = (
    "number",
    "parcel_code",
    "old_sheet",
    "old_number",
    "survey_document",
    "legal_area",
    "land_uses",
)
"""What a new parcel does not have from the one it came from. Its number is given at approval, its area
is what its boundary gives, and how it is divided among several uses has to be said."""

AREAS = (shapely.Polygon, shapely.MultiPolygon)

P = TypeVar("P")

SELECT_ONE = Reason("select_one", N_("Chọn một thửa."))
SELECT_TWO = Reason("select_two", N_("Chọn đúng hai thửa."))
SELECT_SEVERAL = Reason("select_several", N_("Chọn ít nhất hai thửa."))
SELECT_SOMETHING = Reason("select_something", N_("Chọn ít nhất một đối tượng."))
SELECT_PARCELS = Reason("select_parcels", N_("Việc này chỉ làm với thửa đất."))
SELECT_NOTHING = Reason("select_nothing", N_("Bỏ chọn mọi thửa trước khi vẽ thửa mới."))
SELECTION_INVALID = Reason("selection_invalid", N_("Ranh đang sai nên chưa làm được. Sửa ranh trước."))
RESULT_INVALID = Reason("result_invalid", N_("Làm vậy thì ranh sẽ tự cắt hoặc mất diện tích ở chỗ này."))


@dataclass(frozen=True, kw_only=True)
class Operation(Generic[P]):
    """One way of changing features.

    `available` says why it cannot be done with a selection (None: it can). `edit` does it to a scene.
    `mends`: it can be done to a feature whose boundary is wrong.
    """

    id: str
    title: str
    shortcut: str
    parameters: type[P]
    available: Callable[[Sequence[Feature]], Reason | None]
    edit: "Callable[[Scene, P], None]"
    mends: bool = False

    def read(self, data: object) -> P:
        """Parameters from JSON values; see `app.edits.parameters.read`."""
        return read(self.parameters, data)

    def reach(
        self,
        selection: Sequence[Feature],
        neighbours: Sequence[Feature],
        parameters: P,
        *,
        tolerances: Tolerances = TOLERANCES,
    ) -> shapely.Polygon:
        """The rectangle (metres, legal CRS) all of whose areas have to be given as neighbours.

        Ask with no neighbours first, and once more with those found: an edge that runs from a moved
        vertex to somewhere else takes in more.
        """
        places = [to_grid(one) for one in positions_of(parameters)]
        corners = [*places, *(c for one in selection for c in _corners(one.geometry))]
        if not corners:
            return shapely.Polygon()
        box = Box.around(corners, tolerances.snap_mm)
        ends = [*places, *(p for one in neighbours for p in _radiating(one, box))]
        box = Box.around([*corners, *ends], tolerances.snap_mm)
        west, south, east, north = (side / PER_METRE for side in box)
        return shapely.box(west, south, east, north)

    def apply(
        self,
        selection: Sequence[Feature],
        neighbours: Sequence[Feature],
        parameters: P,
        *,
        new_id: Callable[[], UUID],
        tolerances: Tolerances = TOLERANCES,
    ) -> Changes:
        """The changes that the operation makes: to the selection, to neighbours whose boundaries follow,
        and new features, whose ids come from `new_id` (version 0).

        `neighbours` are the areas around that the coverage is made of, see `reach`. The same input
        gives the same changes. OperationError when it cannot be done.
        """
        reason = self.available(selection)
        if reason:
            raise OperationError(reason)
        wrong = [one for one in selection if not one.geometry.is_valid]
        if wrong and not self.mends:
            raise OperationError(SELECTION_INVALID, wrong[0].geometry.boundary)
        scene = Scene(selection, neighbours, new_id, tolerances)
        self.edit(scene, parameters)
        return scene.changes()


@dataclass
class Scene:
    """The working copy that an operation changes."""

    selection: Sequence[Feature]
    neighbours: Sequence[Feature]
    new_id: Callable[[], UUID]
    tolerances: Tolerances
    coverage: Coverage = field(init=False)
    lineage: list[Descent] = field(default_factory=list)
    attributes: dict[Key, Mapping[str, Any]] = field(default_factory=dict)
    """Of new features, and of others whose attributes change."""

    def __post_init__(self) -> None:
        self.before = {one.key: one for one in (*self.neighbours, *self.selection)}
        areas = [one for one in self.before.values() if isinstance(one.geometry, AREAS)]
        self.coverage = Coverage(areas, self.tolerances)
        self.areas = set(self.coverage.outlines)

    @property
    def only(self) -> Feature:
        """The one feature that is selected."""
        return self.selection[0]

    def create(self, layer: str, polygon: Polygon, attributes: Mapping[str, Any]) -> Key:
        """Bring in a new feature."""
        key = Key(layer, self.new_id())
        self.coverage.add(key, [polygon])
        self.attributes[key] = attributes
        return key

    def child(self, parents: Sequence[Feature], polygon: Polygon, attributes: Mapping[str, Any]) -> None:
        """Bring in a parcel that comes from others."""
        key = self.create(PARCEL, polygon, attributes)
        self.lineage += (Descent(parent.key, key) for parent in parents)

    def succeed(
        self, parents: Sequence[Feature], pieces: Sequence[Polygon], attributes: Mapping[str, Any]
    ) -> None:
        """Retire parcels and bring in those that take their place."""
        for parent in parents:
            self.coverage.remove(parent.key)
        for piece in pieces:
            self.child(parents, piece, attributes)

    def changes(self) -> Changes:
        """What has become different. OperationError when a boundary was right before and is not now."""
        items = []
        for key, old in self.before.items():
            new = self._now(key, old)
            if new is not old and new != old:
                items.append(Change(key.layer, key.id, old, new))
        items += (Change.made(self._made(key)) for key in self.coverage.outlines if key not in self.before)
        return Changes.of(items, self.lineage)

    def _now(self, key: Key, old: Feature) -> Feature | None:
        outline = self.coverage.outlines.get(key)
        if outline is None and key in self.areas:
            return None
        new = dataclasses.replace(old, attributes=self.attributes[key]) if key in self.attributes else old
        if outline is None or not outline.is_touched:
            return new
        if not _is_right(outline.on_grid()) and old.geometry.is_valid:
            raise OperationError(RESULT_INVALID, outline.geometry().boundary)
        geometry = outline.geometry()
        # The same boundary may begin at another vertex.
        is_same = shapely.normalize(geometry) == shapely.normalize(old.geometry)
        return new if is_same else dataclasses.replace(new, geometry=geometry)

    def _made(self, key: Key) -> Feature:
        outline = self.coverage.outlines[key]
        if not _is_right(outline.on_grid()):
            raise OperationError(RESULT_INVALID, outline.geometry().boundary)
        attributes = dict(self.attributes[key])
        if attributes.get("legal_area", 0) is None:
            attributes["legal_area"] = round(outline.area(), 1)
        return Feature(key.layer, key.id, 0, outline.geometry(), attributes)


def inherited(parents: Sequence[Feature]) -> dict[str, Any]:
    """The attributes that parcels hand on: those that all of them agree in."""
    first, *others = (one.attributes for one in parents)
    return {
        name: None if name in CLEARED or any(one.get(name) != value for one in others) else value
        for name, value in first.items()
    }


def one_parcel(features: Sequence[Feature]) -> Reason | None:
    """Available with one parcel."""
    return SELECT_ONE if len(features) != 1 else _all_parcels(features)


def two_parcels(features: Sequence[Feature]) -> Reason | None:
    """Available with two parcels."""
    return SELECT_TWO if len(features) != 2 else _all_parcels(features)


def several_parcels(features: Sequence[Feature]) -> Reason | None:
    """Available with two parcels or more."""
    return SELECT_SEVERAL if len(features) < 2 else _all_parcels(features)


def some_features(features: Sequence[Feature]) -> Reason | None:
    """Available with anything selected."""
    return None if features else SELECT_SOMETHING


def one_area(features: Sequence[Feature]) -> Reason | None:
    """Available with one area of any layer."""
    return None if len(features) == 1 and isinstance(features[0].geometry, AREAS) else SELECT_ONE


def nothing(features: Sequence[Feature]) -> Reason | None:
    """Available with nothing selected."""
    return SELECT_NOTHING if features else None


def _all_parcels(features: Sequence[Feature]) -> Reason | None:
    return None if all(one.layer == PARCEL for one in features) else SELECT_PARCELS


def _is_right(geometry: BaseGeometry) -> bool:
    return bool(geometry.is_valid and geometry.area > 0)


def _corners(geometry: BaseGeometry) -> list[Point]:
    west, south, east, north = geometry.bounds
    return [to_grid((west, south)), to_grid((east, north))]


def _radiating(feature: Feature, box: Box) -> list[Point]:
    """The far ends of the edges that have one end in the box."""
    if not isinstance(feature.geometry, AREAS):
        return []
    table = Outline.of(feature.geometry).table
    first, second = (
        ((end >= box[:2]) & (end <= box[2:])).all(axis=1) for end in (table[:, :2], table[:, 2:])
    )
    ends = table[first != second].tolist()
    return [point for a, b, c, d in ends for point in ((a, b), (c, d))]

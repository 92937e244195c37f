"""Coverages drawn with letters, for tests: every character is a square of land ten metres wide.

```
AAB      A is a parcel of 20 m × 20 m; B and C lie east of it and share its boundary.
AAC
```
Letters and digits are parcels, ``=`` a road surface, ``~`` a water body; a dot is nobody's land. North
is up, and the lower left corner lies at (E, N).
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Any
from uuid import UUID

import numpy as np
import shapely

from app.edits.changes import Changes, Feature, Key
from app.edits.operations.operation import Operation
from tests.shapes import E, N

CELL = 10.0
LAYERS = {"=": "road_surface", "~": "water_body"}
Land = dict[str, Feature]


def land(picture: str, **attributes: Any) -> Land:
    """The features of a picture by letter. Neighbours have the same vertices on their shared boundary."""
    rows = picture.split()
    cells: dict[str, list[shapely.Polygon]] = {}
    for row, letters in enumerate(reversed(rows)):
        for column, letter in enumerate(letters):
            box = shapely.box(column * CELL, row * CELL, (column + 1) * CELL, (row + 1) * CELL)
            cells.setdefault(letter, []).append(box)
    cells.pop(".", None)
    shapes = {letter: shapely.union_all(boxes).simplify(0) for letter, boxes in sorted(cells.items())}
    corners = shapely.MultiPoint([tuple(one) for one in shapely.get_coordinates([*shapes.values()])])
    return {letter: feature(letter, _with(shape, corners), **attributes) for letter, shape in shapes.items()}


def feature(letter: str, shape: shapely.Geometry, **attributes: Any) -> Feature:
    """The feature of a letter; its shape is given east and north of (E, N)."""
    layer = LAYERS.get(letter, "parcel")
    moved = shapely.transform(shape, lambda xy: xy + np.array([E, N]))
    if layer != "parcel":
        several = shapely.multipolygons(shapely.get_parts(moved))
        return Feature(layer, UUID(int=ord(letter)), 1, several, {"name": letter})
    values = {
        "commune_code": "26506", "sheet": "1", "number": letter, "land_use": "ODT",
        "legal_area": round(moved.area, 1), "address": None, "parcel_code": None,
    } | attributes  # fmt: skip
    return Feature(layer, UUID(int=ord(letter)), 1, moved, values)


def _with(shape: shapely.Geometry, points: shapely.MultiPoint) -> shapely.Geometry:
    """The shape with these points as vertices wherever they lie on its boundary."""

    def noded(ring: shapely.LinearRing) -> list[tuple[float, float]]:
        on = {(ring.project(one), (one.x, one.y)) for one in points.geoms if ring.distance(one) == 0}
        return [xy for _, xy in sorted(on)]

    parts = [
        shapely.Polygon(noded(part.exterior), [noded(ring) for ring in part.interiors])
        for part in shapely.get_parts(shape)
    ]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def ids() -> "Iterator[UUID]":
    """New ids, one after the other."""
    return (UUID(int=1000 + number) for number in count())


def apply(operation: Operation[Any], land: Land, selected: str, **parameters: Any) -> Changes:
    """What an operation does to the features of these letters, with parameters as a browser sends them."""
    fresh = ids()
    selection = [land[letter] for letter in selected]
    neighbours = [one for letter, one in land.items() if letter not in selected]
    return operation.apply(selection, neighbours, operation.read(parameters), new_id=lambda: next(fresh))


def after(land: Land, changes: Changes) -> dict[Key, Feature]:
    """The features as they are after the changes."""
    return changes.applied({one.key: one for one in land.values()})


def picture(features: Iterable[Feature], like: str, cell: float = CELL) -> str:
    """The features as a picture of this size, which may have another cell; new ones are 1, 2, 3 … in the
    order of their ids. X is land of two."""
    rows = like.split()
    by_id = sorted(features, key=lambda one: one.id)
    new = {one.id: str(number) for number, one in enumerate((o for o in by_id if o.id.int >= 1000), 1)}

    def letter(column: int, row: int) -> str:
        place = shapely.Point(E + (column + 0.5) * cell, N + (row + 0.5) * cell)
        here = [new.get(one.id) or chr(one.id.int) for one in by_id if one.geometry.contains(place)]
        return "X" if len(here) > 1 else here[0] if here else "."

    high = len(rows)
    return "\n".join(
        "".join(letter(column, high - 1 - row) for column in range(len(letters)))
        for row, letters in enumerate(rows)
    )


def at(*places: Sequence[float]) -> list[list[float]]:
    """Positions given in metres east and north of (E, N)."""
    return [[E + east, N + north] for east, north in places]


def points_of(shape: shapely.Geometry) -> set[tuple[float, float]]:
    """The vertices of a shape, east and north of (E, N), to the millimetre."""
    return {(round(x - E, 3), round(y - N, 3)) for x, y in shapely.get_coordinates(shape).tolist()}

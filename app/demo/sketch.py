"""The sketch that the demo province is drawn from: land, water, hills and main roads, in legal coordinates.

It is our own drawing of the place, with the coast of Natural Earth where that is fine enough
(`data/sketch.geojson` says which is which). It is made for synthetic data and is no survey.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS
from pyproj.enums import TransformDirection
from shapely.geometry import shape

from layers.crs import LegalCRS

Coordinates = npt.NDArray[np.float64]
"""Points as rows of (easting, northing) in metres of the legal CRS."""

Shape = Any
"""A geometry of Shapely in the legal CRS. Its own types can't be used: they tell one geometry from an
array of them by overloads that arrays of unknown kind don't match."""

Projection = Callable[[Coordinates], Coordinates]
"""What brings points from one CRS into another."""

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Feature:
    """One thing of the sketch: what it is, and its geometry in the legal CRS."""

    geometry: Shape
    properties: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.properties[name]


@dataclass(frozen=True)
class Sketch:
    """The sketch by kind. `land` is the whole province; `dry` is what is neither river nor lake."""

    land: Shape
    neighbour: Shape
    rivers: tuple[Feature, ...]
    lakes: tuple[Feature, ...]
    hills: tuple[Feature, ...]
    roads: tuple[Feature, ...]
    promenades: tuple[Feature, ...]
    """Streets along the coast that are known by name; they are drawn where the shore is."""
    centres: tuple[Feature, ...]
    """From where towns, villages, industry and resorts grow, and how strongly."""
    dry: Shape


def read_sketch(crs: LegalCRS) -> Sketch:
    """Read the sketch and bring it, rounded off, into the legal CRS. Rivers become areas."""
    found = list(_features(crs))

    def of(kind: str) -> tuple[Feature, ...]:
        return tuple(feature for feature in found if feature["kind"] == kind)

    land = shapely.union_all([feature.geometry for feature in of("land")])
    rivers = tuple(
        Feature(one.geometry.buffer(one["width"] / 2, quad_segs=3), one.properties) for one in of("river")
    )
    water = shapely.union_all([one.geometry for one in (*rivers, *of("lake"))])
    return Sketch(
        land=land,
        neighbour=shapely.union_all([one.geometry for one in of("neighbour")]),
        rivers=rivers,
        lakes=of("lake"),
        hills=of("hill"),
        roads=of("road"),
        promenades=of("promenade"),
        centres=of("centre"),
        dry=land.difference(water),
    )


def _features(crs: LegalCRS) -> Iterator[Feature]:
    project = from_wgs84(crs)
    collection = json.loads((DATA / "sketch.geojson").read_text(encoding="utf-8"))
    for feature in collection["features"]:
        geometry = shapely.transform(shape(feature["geometry"]), project)
        if feature["properties"]["kind"] not in ("neighbour", "centre"):
            geometry = _rounded_off(geometry)
        yield Feature(geometry, feature["properties"])


def from_wgs84(crs: LegalCRS) -> Projection:
    """What brings an array of longitudes and latitudes (n, 2) into the legal CRS."""
    return _projection(crs, TransformDirection.FORWARD)


def to_wgs84(crs: LegalCRS) -> Projection:
    """What brings an array of legal coordinates (n, 2) to longitudes and latitudes."""
    return _projection(crs, TransformDirection.INVERSE)


def _projection(crs: LegalCRS, direction: TransformDirection) -> Projection:
    transformer = crs.transformer_from(CRS.from_epsg(4326))
    assert transformer is not None, "a legal CRS is projected"

    def project(points: Coordinates) -> Coordinates:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1], direction=direction))

    return project


def _rounded_off(geometry: Shape) -> Shape:
    """A polygon or line with its corners cut twice (Chaikin), as if drawn by a steady hand."""
    if geometry.geom_type == "Polygon":
        ring = np.asarray(geometry.exterior.coords)
        return shapely.Polygon(_chaikin(_chaikin(ring, closed=True), closed=True))
    line = np.asarray(geometry.coords)
    return shapely.LineString(_chaikin(_chaikin(line, closed=False), closed=False))


def _chaikin(points: Coordinates, *, closed: bool) -> Coordinates:
    first, second = points[:-1], points[1:]
    cut = np.stack([0.75 * first + 0.25 * second, 0.25 * first + 0.75 * second], axis=1).reshape(-1, 2)
    return np.vstack([cut, cut[:1]]) if closed else np.vstack([points[:1], cut[1:-1], points[-1:]])

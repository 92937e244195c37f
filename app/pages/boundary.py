"""The boundary of a parcel in the legal CRS: its corners in order, its sides and its area."""

import math
from dataclasses import dataclass
from uuid import UUID

import shapely
from shapely.geometry.polygon import orient
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.layer import Layer


@dataclass(frozen=True, kw_only=True)
class Corner:
    """A corner with its number, its coordinates and the length of the side to the next one, in metres."""

    number: int
    northing: float
    easting: float
    side: float


@dataclass(frozen=True, kw_only=True)
class Boundary:
    """The rings of an area, the outer one first, and its plane area in square metres, the legal one."""

    rings: tuple[tuple[Corner, ...], ...]
    area: float

    @property
    def count(self) -> int:
        """How many corners it has."""
        return sum(len(ring) for ring in self.rings)


def boundary(session: Session, layer: Layer, feature_id: UUID, version: int | None = None) -> Boundary:
    """The boundary of a feature of an area layer in one of its versions (None: as it is now).

    Corners are numbered as on Vietnamese survey records: clockwise from the one farthest to the
    north-west, inner rings after the outer one.
    """
    statement = " UNION ALL ".join(
        f"SELECT ST_AsBinary(geom) FROM {table} WHERE id = :id AND version = COALESCE(:version, version)"
        for table in ([layer.id] if version is None else [layer.id, f"{layer.id}_history"])
    )
    wkb = session.scalar(text(statement), {"id": feature_id, "version": version})
    shape = shapely.from_wkb(bytes(wkb))
    rings: list[tuple[Corner, ...]] = []
    for polygon in getattr(shape, "geoms", [shape]):
        clockwise = orient(polygon, sign=-1.0)
        for ring in (clockwise.exterior, *clockwise.interiors):
            first = sum(len(one) for one in rings) + 1
            rings.append(_corners([(x, y) for x, y, *_ in ring.coords[:-1]], first))
    return Boundary(rings=tuple(rings), area=float(shape.area))


def _corners(points: list[tuple[float, float]], first: int) -> tuple[Corner, ...]:
    start = max(range(len(points)), key=lambda n: points[n][1] - points[n][0], default=0)
    turned = points[start:] + points[:start]
    return tuple(
        Corner(number=first + n, northing=here[1], easting=here[0], side=math.dist(here, there))
        for n, (here, there) in enumerate(zip(turned, turned[1:] + turned[:1], strict=True))
    )

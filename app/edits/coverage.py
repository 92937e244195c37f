"""The coverage as a whole: what of it overlaps, and land inside it that is nobody's."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.edits import register
from app.edits.changes import Feature
from app.edits.situation import THRESHOLDS, sound

UNSURVEYED = 10_000.0
"""m² from which enclosed land that is nobody's has not been surveyed yet, and is no mistake of a survey."""


@dataclass(frozen=True)
class Defect:
    """An overlap of two areas, or a gap that areas enclose; `geometry` lies in the legal CRS."""

    kind: str
    features: tuple[Feature, ...]
    geometry: BaseGeometry

    @property
    def area(self) -> float:
        """In m² of the legal CRS."""
        return float(self.geometry.area)


def communes(session: Session) -> list[str]:
    """The codes of the communes, or of those that parcels name where no boundary is known."""
    known = session.execute(text("SELECT code FROM commune ORDER BY code")).scalars().all()
    named = "SELECT DISTINCT commune_code FROM parcel WHERE commune_code IS NOT NULL ORDER BY 1"
    return list(known or session.execute(text(named)).scalars())


def defects(session: Session, commune: str) -> Iterator[Defect]:
    """The defects of one commune's coverage, overlaps first. It holds the commune's areas in memory."""
    box = _box(session, commune)
    if box is None:
        return
    areas = register.areas_in(session, [box], most=None)
    shapes = np.array([sound(one.geometry) for one in areas], dtype=object)
    yield from _overlaps(areas, shapes)
    whole = shapely.union_all(shapes)
    for part in shapely.get_parts(whole):
        for ring in part.interiors:
            hole = shapely.Polygon(ring)
            if THRESHOLDS.gap < hole.area < UNSURVEYED:
                yield Defect("gap", (), hole)


def _overlaps(areas: list[Feature], shapes: np.ndarray) -> Iterator[Defect]:
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = one < other
    one, other = one[pairs], other[pairs]
    common = shapely.intersection(shapes[one], shapes[other])
    for n in np.flatnonzero(shapely.area(common) > THRESHOLDS.overlap):
        # What rounding to millimetres leaves along a straight border is thinner than any of them.
        if not common[n].buffer(-THRESHOLDS.sliver / 2, join_style="mitre").is_empty:
            yield Defect("overlap", (areas[one[n]], areas[other[n]]), common[n])


def _box(session: Session, commune: str) -> register.Box | None:
    """The box of a commune, or of its parcels where it has no boundary."""
    for source in (
        "SELECT ST_Extent(geom) FROM commune WHERE code = :code",
        "SELECT ST_Extent(geom) FROM parcel WHERE commune_code = :code",
    ):
        extent = session.execute(text(source), {"code": commune}).scalar()
        if extent:
            west, south, east, north = (float(one) for one in extent[4:-1].replace(",", " ").split())
            return west, south, east, north
    return None

"""In which commune something lies, today and before the units were merged."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.features.formats import Wording
from app.features.legal import Box, Point
from layers.layer import N_

FORMERLY = N_("{name} (trước đây: {former})")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A commune of today, and what it was there until the last reform (empty where that is unknown)."""

    code: str
    name: str
    former: str

    def say(self, wording: Wording) -> str:
        """``Phường Vũng Tàu (trước đây: Phường 1, Thành phố Vũng Tàu)``."""
        if not self.former:
            return self.name
        return wording.say(FORMERLY, name=self.name, former=self.former)


_UNITS_AT = text("""
SELECT asked.position, now.code, now.name, now.predecessors, before.name AS former, before.district
FROM unnest(CAST(:lons AS float8[]), CAST(:lats AS float8[])) WITH ORDINALITY AS asked (lon, lat, position)
CROSS JOIN LATERAL (SELECT wgs84_to_legal(ST_SetSRID(ST_MakePoint(lon, lat), 4326)) AS geom) AS here
CROSS JOIN LATERAL (
  SELECT code, name, predecessors FROM commune AS c
  WHERE c.geom && here.geom AND ST_DWithin(c.geom, here.geom, 0) ORDER BY c.fid LIMIT 1) AS now
LEFT JOIN LATERAL (
  SELECT name, district FROM former_commune AS f
  WHERE f.geom && here.geom AND ST_DWithin(f.geom, here.geom, 0)
  ORDER BY f.valid_to DESC, f.fid LIMIT 1) AS before ON true
""")


def communes_at(session: Session, points: Sequence[Point]) -> list[Place | None]:
    """The commune at each point (WGS 84), in the order of the points; None outside all of them.

    `former` is the old unit whose outline holds the point, with its district; where outlines of old
    units are not known, it is the list of those that the commune was made of.
    """
    places: list[Place | None] = [None] * len(points)
    lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
    for row in session.execute(_UNITS_AT, {"lons": lons, "lats": lats}) if points else ():
        former = ", ".join(part for part in (row.former, row.district) if part)
        places[row.position - 1] = Place(
            code=row.code, name=row.name, former=former or row.predecessors or ""
        )
    return places


def extent(session: Session) -> Box | None:
    """Where the communes of the deployment lie (WGS 84); None when none are known."""
    row = session.execute(
        text(
            "SELECT ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b)"
            " FROM (SELECT ST_Extent(legal_to_wgs84(ST_Envelope(geom))) AS b FROM commune) AS q"
        )
    ).one()
    return None if row[0] is None else (row[0], row[1], row[2], row[3])

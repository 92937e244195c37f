"""Shapes and rows that tests are made of, in the legal CRS of the demo (EPSG:5899)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.db import crs_of, tables_of

E, N = 430_000.0, 1_145_000.0
"""A corner in Vũng Tàu, on the line at which PROJ would change its transformation."""


def square(east: float = 0, north: float = 0, width: float = 10, height: float | None = None) -> str:
    """WKT of a rectangle whose south-west corner lies `east` and `north` of (E, N)."""
    x, y, top = E + east, N + north, N + north + (width if height is None else height)
    return f"POLYGON(({x} {y},{x + width} {y},{x + width} {top},{x} {top},{x} {y}))"


def multi(wkt: str) -> str:
    """The same as a multi-geometry."""
    kind, _, rest = wkt.partition("(")
    return f"MULTI{kind}(({rest})"


def line(*points: Sequence[float]) -> str:
    """WKT of a line through points given east and north of (E, N)."""
    return "MULTILINESTRING((" + ",".join(f"{E + e} {N + n}" for e, n in points) + "))"


def point(east: float = 0, north: float = 0) -> str:
    """WKT of a point."""
    return f"POINT({E + east} {N + north})"


def add(session: Session, layer: str, geometry: str, **fields: Any) -> UUID:
    """Insert one feature and return its id."""
    table = tables_of(session)[layer].current
    values = fields | {"geom": f"SRID={crs_of(session).srid};{geometry}"}
    made = session.execute(insert(table).values(values).returning(table.c.id)).scalar_one()
    assert isinstance(made, UUID)
    return made


def add_parcel(session: Session, number: str, geometry: str, **fields: Any) -> UUID:
    """Insert a parcel on sheet 1 of commune 26506."""
    return add(
        session, "parcel", geometry, **{"commune_code": "26506", "sheet": "1", "number": number} | fields
    )

"""Where the data lies: the extent of layers, read from the head of their spatial indexes."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import crs_of
from layers.layer import Layer

Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees (WGS 84)."""


def extent(session: Session, layers: list[Layer]) -> Bounds:
    """The extent of several layers together; the legal CRS's area of use where all are empty.

    The root of an index knows it at once. It may lag behind deletions, so it can be too wide,
    never too narrow.
    """
    boxes = ", ".join(
        f"ST_EstimatedExtent('{layer.id}_tile', 'geom')" for layer in layers if layer.owns_table
    )
    # Web Mercator and WGS 84 share a datum, so nothing of the pinned transformation is decided here.
    row = session.execute(
        text(
            "SELECT ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b) FROM (SELECT ST_Transform("
            f"ST_SetSRID(ST_Extent(box::geometry), 3857), 4326) AS b"
            f" FROM unnest(ARRAY[{boxes}]::box2d[]) box) q"
        )
    ).one()
    if row[0] is not None:
        return (row[0], row[1], row[2], row[3])
    area = crs_of(session).public.area_of_use
    assert area is not None
    return (area.west, area.south, area.east, area.north)

"""Where the data lies: the extent of layers, remembered for a minute because it reads whole tables."""

import time

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.crs import LegalCRS
from layers.layer import Layer

Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees (WGS 84)."""

_REMEMBERED_SECONDS = 60
_known: dict[tuple[str, str], tuple[float, Bounds | None]] = {}


def layer_extent(session: Session, layer: Layer) -> Bounds | None:
    """The extent of a layer's features; None when it has none."""
    key = (str(session.get_bind().engine.url), layer.id)
    found = _known.get(key)
    if found and found[0] > time.monotonic():
        return found[1]
    source = f"{layer.id}_tile" if layer.owns_table else layer.id
    shape = "geom" if layer.owns_table else "legal_to_mercator(geom)"
    row = session.execute(
        text(
            f"SELECT ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b) FROM (SELECT ST_Transform("
            f"ST_SetSRID(ST_Extent({shape})::geometry, 3857), 4326) AS b FROM {source}) q"
            # Web Mercator and WGS 84 share their datum: nothing of VN-2000 is decided here.
        )
    ).one()
    bounds = None if row[0] is None else (row[0], row[1], row[2], row[3])
    _known[key] = (time.monotonic() + _REMEMBERED_SECONDS, bounds)
    return bounds


def extent(session: Session, layers: list[Layer], crs: LegalCRS) -> Bounds:
    """The extent of several layers together; that of the legal CRS where all of them are empty."""
    found = [bounds for layer in layers if (bounds := layer_extent(session, layer))]
    if not found:
        area = crs.public.area_of_use
        assert area is not None
        return (area.west, area.south, area.east, area.north)
    return (
        min(one[0] for one in found),
        min(one[1] for one in found),
        max(one[2] for one in found),
        max(one[3] for one in found),
    )

"""From the degrees in which a question is asked to the legal CRS in which features are kept."""

import math

from layers.crs import LegalCRS

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees (WGS 84)."""
Point = tuple[float, float]
"""Longitude and latitude in degrees (WGS 84)."""

MARGIN = 2.0
"""Degrees around the area of use of the legal CRS in which its projection may be trusted."""

_EQUATOR = 40_075_016.686


def within_reach(crs: LegalCRS, point: Point) -> bool:
    """Whether a point is near enough to the legal CRS that anything could be there."""
    return _clamp(crs, point) == point


def legal_point(crs: LegalCRS, point: Point) -> str:
    """A point in the legal CRS, as EWKT. One that is out of reach is brought to the edge, since far away
    a projection gives no numbers or false ones."""
    return f"SRID={crs.srid};POINT({_position(crs, point)})"


def legal_box(crs: LegalCRS, bbox: Box) -> str | None:
    """A box in the legal CRS, as EWKT: the four-sided area between its corners, of which the part out of
    reach is cut off. None when nothing remains."""
    west, south = _clamp(crs, (bbox[0], bbox[1]))
    east, north = _clamp(crs, (bbox[2], bbox[3]))
    if west >= east or south >= north:
        return None
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return f"SRID={crs.srid};POLYGON(({', '.join(_position(crs, corner) for corner in corners)}))"


def pixel_size(latitude: float, zoom: float) -> float:
    """Metres on the ground of one pixel of a map in Web Mercator with tiles of 512 pixels."""
    return _EQUATOR * math.cos(math.radians(latitude)) / (512 * 2**zoom)


def _position(crs: LegalCRS, point: Point) -> str:
    easting, northing = crs.from_wgs84(*_clamp(crs, point))
    return f"{easting!r} {northing!r}"


def _clamp(crs: LegalCRS, point: Point) -> Point:
    area = crs.public.area_of_use
    assert area is not None
    return (
        min(max(point[0], area.west - MARGIN), area.east + MARGIN),
        min(max(point[1], area.south - MARGIN), area.north + MARGIN),
    )

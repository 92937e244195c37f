"""The legal CRS of a deployment and its one pinned transformation to WGS 84.

PROJ knows two VN-2000 → WGS 84 operations and chooses by place, which tears Vũng Tàu apart by
0.80 m at E = 430,071 m. So every reprojection of the product goes through one operation, given by
the parameters below: in PostGIS through a private row of ``spatial_ref_sys``, in pyproj, GDAL and
the browser through the same definition as a PROJ string. The public rows are left as they are.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer

VN2000_TO_WGS84 = (
    -191.90441429, -39.30318279, -111.45032835, 0.00928836, -0.01975479, 0.00427372, 0.252906278,
)  # fmt: skip
"""Decision 05/2007/QĐ-BTNMT = EPSG:6960, with the rotations in the position-vector convention that
``+towgs84`` means (the decision prints them as EPSG's coordinate frame, with the other signs)."""

VN2000_CODES = (3405, 3406, 5896, 5897, 5898, 5899, *range(9205, 9219))
"""The projected VN-2000 systems in force. 6956–6959 are deprecated (false easting and northing
swapped) and are refused."""
DEPRECATED_CODES = (6956, 6957, 6958, 6959)

PRIVATE_OFFSET = 910_000
"""A private SRID is the public one plus this. PostGIS allows SRIDs up to 998,999 and ships none from here on,
and EPSG's codes end at 32,767."""


@dataclass(frozen=True)
class LegalCRS:
    """A projected CRS with its pinned transformation. Coordinates are (easting, northing) in metres.

    `towgs84` are seven position-vector parameters (m, m, m, ″, ″, ″, ppm).
    """

    epsg: int
    towgs84: tuple[float, ...]

    @property
    def srid(self) -> int:
        """The public SRID, which stored geometries carry."""
        return self.epsg

    @property
    def private_srid(self) -> int:
        """The SRID of the private row that carries the pinned parameters."""
        return self.epsg + PRIVATE_OFFSET

    @property
    def code(self) -> str:
        return f"EPSG:{self.epsg}"

    @cached_property
    def public(self) -> CRS:
        return CRS.from_epsg(self.epsg)

    @property
    def name(self) -> str:
        return self.public.name

    @property
    def meridian(self) -> str:
        """The central meridian as surveyors write it, ``107°45′``; empty where there is none."""
        operation = self.public.coordinate_operation
        for parameter in operation.params if operation else ():
            if parameter.name == "Longitude of natural origin":
                minutes = round(float(parameter.value) * 60)
                return f"{minutes // 60}°{minutes % 60:02d}′"
        return ""

    @cached_property
    def proj4(self) -> str:
        """The pinned definition as a PROJ string, the same for PostGIS, pyproj, GDAL and the browser."""
        return _proj4(self.public, self.towgs84)

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """The area of use in legal coordinates (E min, N min, E max, N max)."""
        area = self.public.area_of_use
        assert area is not None
        return self._from_wgs84.transform_bounds(area.west, area.south, area.east, area.north)

    @cached_property
    def _to_wgs84(self) -> Transformer:
        return Transformer.from_crs(CRS.from_proj4(self.proj4), 4326, always_xy=True)

    @cached_property
    def _from_wgs84(self) -> Transformer:
        return Transformer.from_crs(4326, CRS.from_proj4(self.proj4), always_xy=True)

    def to_wgs84(self, easting: float, northing: float) -> tuple[float, float]:
        """Legal coordinates → (longitude, latitude) in degrees."""
        lon, lat = self._to_wgs84.transform(easting, northing)
        return lon, lat

    def points_to_wgs84(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same for many points at once; both are arrays of shape (n, 2)."""
        return np.column_stack(self._to_wgs84.transform(points[:, 0], points[:, 1]))

    def from_wgs84(self, lon: float, lat: float) -> tuple[float, float]:
        """Longitude and latitude in degrees → (easting, northing) in metres."""
        easting, northing = self._from_wgs84.transform(lon, lat)
        return easting, northing

    def transformer_from(self, source: CRS) -> Transformer | None:
        """What brings coordinates of a file's CRS into the legal CRS; None when they are in it already.

        Heights are left aside. Any system on the VN-2000 datum, numbered or not, gets the pinned
        parameters, whatever parameters the file carries: nothing of the way is left to PROJ's choice
        by place or to a `TOWGS84` that was copied with the wrong signs. ValueError for a code that
        is deprecated.
        """
        flat = _horizontal(source)
        epsg = flat.to_epsg()
        if epsg == self.epsg:
            return None
        if epsg in DEPRECATED_CODES:
            raise ValueError(f"EPSG:{epsg} is deprecated: its false easting and northing are swapped")
        on_vn2000 = flat.datum is not None and flat.datum.name == "Vietnam 2000"
        pinned = CRS.from_proj4(_proj4(flat, VN2000_TO_WGS84)) if on_vn2000 else flat
        return Transformer.from_crs(pinned, CRS.from_proj4(self.proj4), always_xy=True)


def _horizontal(crs: CRS) -> CRS:
    """A CRS without heights and without parameters to another datum."""
    if crs.is_compound:
        return _horizontal(crs.sub_crs_list[0])
    if crs.source_crs is not None and crs.is_bound:
        return _horizontal(crs.source_crs)
    return crs.to_2d()


@lru_cache
def legal_crs(epsg: int, towgs84: Sequence[float] = ()) -> LegalCRS:
    """The legal CRS with this EPSG code.

    Without parameters VN-2000 systems get the official ones, others none (``0,0,0,0,0,0,0``, right
    for JGD2011, NAD83 or ETRS89 to the metre). ValueError for a code that is deprecated, not
    projected or not in metres, and for a wrong number of parameters.
    """
    if epsg in DEPRECATED_CODES:
        raise ValueError(f"EPSG:{epsg} is deprecated: its false easting and northing are swapped")
    crs = CRS.from_epsg(epsg)
    if not crs.is_projected or crs.axis_info[0].unit_name != "metre":
        raise ValueError(f"EPSG:{epsg} is not a projected CRS in metres")
    given = tuple(float(number) for number in towgs84)
    if not given:
        given = VN2000_TO_WGS84 if epsg in VN2000_CODES else (0.0,) * 7
    if len(given) != 7:
        raise ValueError("towgs84 takes seven numbers: three shifts, three rotations, one scale")
    return LegalCRS(epsg, given)


def parse_legal_crs(code: str, towgs84: str) -> LegalCRS:
    """The legal CRS as the settings write it: ``EPSG:5899`` and seven numbers or nothing."""
    numbers = tuple(float(part) for part in towgs84.replace(",", " ").split())
    return legal_crs(int(code.partition(":")[2]), numbers)


def _proj4(crs: CRS, towgs84: Sequence[float]) -> str:
    """The projection of `crs` as a PROJ string, its datum replaced by ellipsoid and parameters."""
    with warnings.catch_warnings():
        # The datum, which a PROJ string cannot say, is replaced by the parameters below.
        warnings.simplefilter("ignore", UserWarning)
        projection = crs.to_dict()
    for key in ("datum", "ellps", "towgs84", "no_defs", "type", "nadgrids"):
        projection.pop(key, None)
    ellipsoid = crs.ellipsoid
    assert ellipsoid is not None
    shape = {"a": ellipsoid.semi_major_metre, "rf": ellipsoid.inverse_flattening}
    words = [f"+{key}={value}" for key, value in (projection | shape).items()]
    shift = ",".join(repr(number) for number in towgs84)
    return " ".join([*words, f"+towgs84={shift}", "+no_defs"])

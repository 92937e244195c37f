"""From the CRS of a file to the legal one, and how to tell that a file says the wrong one."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from app.transfer.sentences import Refusal
from app.transfer.sources import Asked
from layers.crs import LegalCRS

MARGIN = 100_000.0
"""Metres by which data may lie beyond the area of use of the legal CRS, which ends at the coast: Côn Đảo
lies 40 km outside that of EPSG:5899."""
Coordinates = NDArray[np.float64]
"""n × 2: (east, north) in metres or (longitude, latitude) in degrees."""


@dataclass(frozen=True)
class Projection:
    """The way from a file's CRS to the legal CRS.

    `declared` is the CRS that the file itself states, None when it states none that is understood.
    """

    legal: LegalCRS
    source: CRS
    declared: CRS | None
    _transformer: Transformer | None = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_transformer", self.legal.transformer_from(self.source))

    @property
    def name(self) -> str:
        """The source CRS in a few letters, ``EPSG:4326`` where it has a number."""
        return label(self.source)

    def to_legal(self, coordinates: Coordinates) -> Coordinates:
        """Coordinates in the legal CRS; infinite where the transformation is not defined."""
        if self._transformer is None:
            return coordinates
        x, y = self._transformer.transform(coordinates[:, 0], coordinates[:, 1])
        return np.column_stack([x, y])

    def inside(self, bounds: Coordinates) -> NDArray[np.bool_]:
        """Which boxes (n × 4, legal CRS) lie in the area where the legal CRS is used."""
        west, south, east, north = self.legal.bounds
        low = (bounds[:, 0] >= west - MARGIN) & (bounds[:, 1] >= south - MARGIN)
        return low & (bounds[:, 2] <= east + MARGIN) & (bounds[:, 3] <= north + MARGIN)

    def suspicion(self, x: float, y: float) -> str | None:
        """The reason why a point of the file that lies at the wrong place does, if that can be seen.

        One of ``metres_as_degrees``, ``degrees_as_metres``, ``axes_swapped``.
        """
        if self.source.is_geographic and self._is_here(x, y):
            return "metres_as_degrees"
        like_degrees = not self.source.is_geographic and abs(x) <= 180 and abs(y) <= 90
        if like_degrees and self._is_here(*self.legal.from_wgs84(x, y)):
            return "degrees_as_metres"
        there = self.to_legal(np.array([[y, x]]))[0]
        return "axes_swapped" if self._is_here(float(there[0]), float(there[1])) else None

    def _is_here(self, easting: float, northing: float) -> bool:
        return bool(self.inside(np.array([[easting, northing, easting, northing]]))[0])


def label(crs: CRS) -> str:
    """A CRS in a few letters: ``EPSG:4326``, or its name where it has no number."""
    authority = crs.to_authority()
    return ":".join(authority) if authority else str(crs.name)


def projection(name: str, declared: str | None, asked: Asked, legal: LegalCRS) -> Projection:
    """How to bring a file into the legal CRS: as asked, else as the file declares.

    Refusal when it declares nothing, nothing that is understood, or a CRS that is no longer used.
    """
    stated = _crs(declared)
    if asked.crs:
        source = _crs(f"EPSG:{asked.crs}")
        if source is None:
            raise Refusal("crs_unknown", name=name, crs=f"EPSG:{asked.crs}", example=legal.code)
    elif stated is None and declared:
        raise Refusal("crs_unknown", name=name, crs=declared[:80], example=legal.code)
    else:
        source = stated
    # What GeoPackage calls "undefined" arrives as an engineering CRS.
    if source is None or not (source.is_geographic or source.is_projected or source.is_compound):
        raise Refusal("crs_missing", name=name, example=legal.code)
    try:
        return Projection(legal, source, stated)
    except ValueError as error:
        raise Refusal("crs_deprecated", crs=label(source), example=legal.code) from error


def _crs(written: str | None) -> CRS | None:
    """The CRS that a name or a definition means; None when it means none."""
    try:
        return CRS.from_user_input(written) if written else None
    except CRSError:
        return None

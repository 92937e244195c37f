"""The nationwide code of a parcel: the 12-character GeoHash of an inner point in WGS 84 (TT 19/2026)."""

import numpy as np
import numpy.typing as npt

_LETTERS = np.array(list("0123456789bcdefghjkmnpqrstuvwxyz"))
_LENGTH = 12


def geohash(places: npt.NDArray[np.float64]) -> npt.NDArray[np.str_]:
    """The 12-character GeoHash of each place, given as (longitude, latitude) in degrees."""
    longitude, latitude = places.T
    east = ((longitude + 180) / 360 * 2**30).astype(np.uint64)
    north = ((latitude + 90) / 180 * 2**30).astype(np.uint64)
    bits = (_spread(east) << np.uint64(1)) | _spread(north)
    shifts = np.arange(5 * (_LENGTH - 1), -1, -5, dtype=np.uint64)
    letters = _LETTERS[((bits[:, None] >> shifts) & np.uint64(31)).astype(np.intp)]
    return np.ascontiguousarray(letters).view(f"U{_LENGTH}").ravel()


def _spread(number: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The lower 32 bits with a zero before each."""
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        number = (number | (number << np.uint64(shift))) & np.uint64(mask)
    return number

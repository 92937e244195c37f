"""Coordinates as people write them: degrees or the legal CRS, commas or points, X north and Y east.

A number may be read in more than one way (``428.114`` is 428 thousand or 428), and a pair in more
than one order. All readings are tried, and the place decides: what lies in the deployment's data,
then what lies in the area of use of its legal CRS.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

from app.features.legal import Box
from layers.crs import LegalCRS
from layers.layer import N_

NORTH_LABELS = (N_("X (Bắc)"), N_("Y (Bắc)"))
EAST_LABELS = (N_("Y (Đông)"), N_("X (Đông)"))

SWAPPED = N_("Có vẻ X và Y bị đổi chỗ.")
OUTSIDE = N_("Tọa độ này nằm ngoài vùng của bản đồ.")

MARGIN = 0.25
"""Degrees around the data that still count as the deployment's place."""


@dataclass(frozen=True)
class Spot:
    """A place read from text, in degrees (WGS 84) and in metres of the legal CRS.

    `planar`: it was written in the legal CRS. `swapped`: north and east were taken in the other order.
    """

    lon: float
    lat: float
    easting: float
    northing: float
    planar: bool
    swapped: bool = False


@dataclass(frozen=True)
class Written:
    """Two numbers as read from text, north (or latitude) first where `labelled`.

    `exact`: they can be nothing but coordinates, since both carry decimals or are very large.
    """

    north: float
    east: float
    degrees: bool
    labelled: bool
    exact: bool


def x_is_north(crs: LegalCRS) -> bool:
    """Whether X is the northing. Surveyors say so, unless the CRS itself calls its easting X."""
    return all(axis.abbrev != "X" or axis.direction == "north" for axis in crs.public.axis_info)


def axis_labels(crs: LegalCRS) -> tuple[str, str]:
    """What northing and easting are called, as message ids: ``X (Bắc)`` and ``Y (Đông)``."""
    one = 0 if x_is_north(crs) else 1
    return NORTH_LABELS[one], EAST_LABELS[one]


def locate(text: str, crs: LegalCRS, find_extent: Callable[[], Box | None]) -> tuple[list[Spot], str | None]:
    """The places that a text of coordinates can mean, the likeliest first, and a message id or None.

    `find_extent` says where the deployment's data lies; it is asked only about coordinates. Empty and
    None when the text is no coordinates; `OUTSIDE` when it is some, but of nowhere here; `SWAPPED` when
    only the other order of X and Y lies here: then both readings are given.
    """
    readings = list(read(text, crs))
    extent = find_extent() if readings else None
    spots = [spot for one in readings for spot in _spots(one, crs)]
    best = min(spots, key=lambda spot: (_strangeness(spot, crs, extent), spot.swapped), default=None)
    if best is None or _strangeness(best, crs, extent) == _ELSEWHERE:
        sure = any(one.labelled or one.degrees or one.exact for one in readings)
        return [], OUTSIDE if sure else None
    if not best.swapped:
        return [best], None
    typed = Spot(*crs.to_wgs84(best.northing, best.easting), best.northing, best.easting, planar=True)
    return [best, typed], SWAPPED


def read(text: str, crs: LegalCRS) -> Iterator[Written]:
    """Every way to read a text as a pair of coordinates."""
    plain = _plain(text)
    yield from _sexagesimal(plain)
    yield from _labelled(plain, x_north=x_is_north(crs))
    if re.fullmatch(r"[-\d.,; ]+", plain):
        for first, second in _pairs(plain):
            for one, other in product(_values(first), _values(second)):
                broken = not one.is_integer() and not other.is_integer()
                exact = broken or min(abs(one), abs(other)) >= _LARGE
                yield Written(one, other, degrees=False, labelled=False, exact=exact)


_ELSEWHERE = 2
_LARGE = 10_000
_LETTERS = {"N": (1, "north"), "B": (1, "north"), "S": (-1, "north")}
_LETTERS |= {"E": (1, "east"), "Đ": (1, "east"), "W": (-1, "east"), "T": (-1, "east")}
_ANGLE = re.compile(
    r"([NSEWBĐT])?\s*(-?\d{1,3}(?:[.,]\d+)?)\s*°"
    r"\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*')?\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*\")?\s*([NSEWBĐT])?"
)
_LABELLED = re.compile(r"\b([XYNEBĐ])\b\s*(?:\((?:BẮC|ĐÔNG)\))?\s*[=:]?\s*(-?\d[\d., ]*)")


def _plain(text: str) -> str:
    """The text in capitals, with one kind of each sign."""
    same = str.maketrans({"′": "'", "’": "'", "‘": "'", "″": '"', "”": '"', "“": '"', "−": "-", "º": "°"})
    plain = unicodedata.normalize("NFC", text).replace("''", '"').translate(same).upper()
    return re.sub(r"\s+", " ", plain).strip()


def _sexagesimal(plain: str) -> Iterator[Written]:
    """Two angles with degree signs; a letter tells which is which, else latitude stands first."""
    found = [match for match in _ANGLE.finditer(plain) if match[0]]
    if len(found) != 2 or _ANGLE.sub("", plain).strip(" ,;"):
        return
    letters = [match[1] or match[5] or "" for match in found]
    values = [_degrees(match) for match in found]
    if not any(letters):
        yield Written(values[0], values[1], degrees=True, labelled=False, exact=True)
        return
    # Beside Vietnamese letters N is Nam, the south.
    vietnamese = any(letter in "BĐT" for letter in letters if letter)
    known = _LETTERS | ({"N": (-1, "north")} if vietnamese else {})
    said = {
        known[letter][1]: known[letter][0] * value
        for letter, value in zip(letters, values, strict=True)
        if letter
    }
    if len(said) == 2:
        yield Written(said["north"], said["east"], degrees=True, labelled=True, exact=True)


def _degrees(match: re.Match[str]) -> float:
    whole, minutes, seconds = (float((match[n] or "0").replace(",", ".")) for n in (2, 3, 4))
    size = abs(whole) + minutes / 60 + seconds / 3600
    return -size if whole < 0 else size


def _labelled(plain: str, *, x_north: bool) -> Iterator[Written]:
    """``X=… Y=…``, ``N … E …``, ``B … Đ …`` in any order."""
    found = _LABELLED.findall(plain)
    if len(found) != 2 or _LABELLED.sub("", plain).strip(" ,;"):
        return
    north = {"N", "B", "X" if x_north else "Y"}
    sides = {("north" if label in north else "east"): number for label, number in found}
    if len(sides) == 2:
        for one, other in product(_values(sides["north"]), _values(sides["east"])):
            yield Written(one, other, degrees=False, labelled=True, exact=True)


def _pairs(plain: str) -> Iterator[tuple[str, str]]:
    """The ways to part a text into two numbers."""
    for parts in (plain.split(";"), re.split(r",?\s+", plain), plain.split(",")):
        if len(parts) == 2:
            yield parts[0], parts[1]
    if (commas := plain.replace(" ", "").split(",")) and len(commas) == 4:
        yield f"{commas[0]},{commas[1]}", f"{commas[2]},{commas[3]}"


def _values(part: str) -> list[float]:
    """The numbers that a text can be: ``428.114`` is 428114 and 428.114."""
    number = part.replace(" ", "").strip(",;.")
    values = []
    for thousands, point in ((".", ","), (",", ".")):
        if re.fullmatch(rf"-?\d{{1,3}}(?:\{thousands}\d{{3}})+(?:\{point}\d+)?", number):
            values.append(float(number.replace(thousands, "").replace(point, ".")))
    if re.fullmatch(r"-?\d+(?:[.,]\d+)?", number):
        values.append(float(number.replace(",", ".")))
    return values


def _spots(one: Written, crs: LegalCRS) -> Iterator[Spot]:
    """The places that two numbers can mean, in the order in which they are believed.

    Without labels a latitude stands before a longitude, and X before Y.
    """
    orders = [(one.north, one.east)] if one.labelled else [(one.north, one.east), (one.east, one.north)]
    for lat, lon in orders:
        if (one.degrees or one.exact) and abs(lat) <= 90 and abs(lon) <= 180:
            yield Spot(lon, lat, *crs.from_wgs84(lon, lat), planar=False)
    if not one.degrees:
        typed = (one.north, one.east)
        if not one.labelled and not x_is_north(crs):
            typed = (one.east, one.north)
        for swapped, (north, east) in enumerate([typed, typed[::-1]]):
            lon, lat = crs.to_wgs84(east, north)
            yield Spot(lon, lat, east, north, planar=True, swapped=bool(swapped))


def _strangeness(spot: Spot, crs: LegalCRS, extent: Box | None) -> int:
    """0 in the deployment's place, 1 in the area of use of its CRS, 2 elsewhere."""
    if extent and _inside(
        (spot.lon, spot.lat),
        (extent[0] - MARGIN, extent[1] - MARGIN, extent[2] + MARGIN, extent[3] + MARGIN),
    ):
        return 0
    # In metres: far from its meridian a projection gives degrees that mean nothing.
    return 1 if _inside((spot.easting, spot.northing), crs.bounds) else _ELSEWHERE


def _inside(point: tuple[float, float], box: Box) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]

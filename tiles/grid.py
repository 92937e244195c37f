"""The Web Mercator tile grid (WebMercatorQuad): which tiles there are and where they lie."""

import math
import re
from dataclasses import dataclass

MAX_ZOOM = 22
EXTENT = 4096
"""Units along a tile's edge."""
BUFFER = 64
"""Units beyond the edge that a tile repeats, so that outlines and labels meet at the seam."""
HALF_WORLD = 20_037_508.342789244
"""Half the width of the Web Mercator square, in its metres."""


@dataclass(frozen=True)
class TileAddress:
    """One tile: zoom, column from the west and row from the north."""

    z: int
    x: int
    y: int

    @property
    def size(self) -> float:
        """Length of the edge in Web Mercator metres."""
        return math.ldexp(2 * HALF_WORLD, -self.z)

    def bounds(self, buffer: int = 0) -> tuple[float, float, float, float]:
        """West, south, east, north in Web Mercator metres, widened by `buffer` tile units."""
        margin = self.size * buffer / EXTENT
        west = -HALF_WORLD + self.x * self.size
        north = HALF_WORLD - self.y * self.size
        return west - margin, north - self.size - margin, west + self.size + margin, north + margin


def parse_tile(z: str, x: str, y: str) -> TileAddress | None:
    """The tile that three texts name; None when there is no such tile in the grid."""
    if not all(re.fullmatch(r"0|[1-9][0-9]{0,9}", part) for part in (z, x, y)):
        return None
    tile = TileAddress(int(z), int(x), int(y))
    if tile.z > MAX_ZOOM or tile.x >= 2**tile.z or tile.y >= 2**tile.z:
        return None
    return tile

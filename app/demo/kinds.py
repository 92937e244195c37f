"""What quarters and blocks may be: the sizes of their lots, what they are planned for and used as."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Division(StrEnum):
    """How a block is cut into parcels."""

    ROWS = "rows"
    """Two rows of lots, back to back, each facing its street."""
    THROUGH = "through"
    """Lots that reach from street to street."""
    WHOLE = "whole"
    """The block is one parcel."""


@dataclass(frozen=True, kw_only=True)
class Function:
    """What a block is planned for and what its parcels are used as.

    `code` is one of `zoning_function`; several functions may share it.

    `urban` and `rural` are codes of `land_use` with their shares, in wards and in communes.
    `coverage` is the greatest building coverage in percent, `storeys` the range of permitted
    storeys, `setback` in metres.
    """

    id: str
    code: str
    division: Division
    urban: Mapping[str, float]
    rural: Mapping[str, float]
    coverage: float = 0
    storeys: tuple[int, int] = (0, 0)
    setback: float = 0
    wide: float = 1
    """How many times wider its lots are than the quarter's usual ones."""
    building: str = ""
    """What stands on it (a code of `building_kind`), if anything."""


def _one(code: str, division: Division, use: str, **rest: object) -> Function:
    id_ = str(rest.pop("id", code))
    return Function(id=id_, code=code, division=division, urban={use: 1}, rural={use: 1}, **rest)  # type: ignore[arg-type]


_W, _T = Division.WHOLE, Division.THROUGH
FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        one.id: one
        for one in (
            Function(
                id="NO", code="NO", division=Division.ROWS, urban={"ODT": 1}, rural={"ONT": 1},
                coverage=80, storeys=(2, 7), setback=0, building="house",
            ),
            Function(
                id="HH", code="HH", division=Division.ROWS, urban={"ODT": 0.6, "TMD": 0.4},
                rural={"ONT": 0.6, "TMD": 0.4},
                coverage=70, storeys=(3, 15), setback=3, building="commercial", wide=1.4,
            ),
            Function(
                id="LX", code="LX", division=Division.ROWS, urban={"ODT": 0.6, "CLN": 0.4},
                rural={"ONT": 0.6, "CLN": 0.4},
                coverage=60, storeys=(1, 4), setback=2, building="house",
            ),
            Function(
                id="DV", code="DV", division=_T, urban={"TMD": 1}, rural={"TMD": 1},
                coverage=60, storeys=(2, 20), setback=6, building="commercial", wide=4,
            ),
            _one("DV", _W, "DCH", id="market", coverage=60, storeys=(1, 3), setback=6, building="commercial"),
            _one("DL", _T, "TMD", coverage=30, storeys=(1, 9), setback=10, building="commercial"),
            _one("TH", _W, "DGD", coverage=40, storeys=(1, 4), setback=6, building="public"),
            _one("THPT", _W, "DGD", coverage=40, storeys=(1, 4), setback=6, building="public"),
            _one("YT", _W, "DYT", coverage=40, storeys=(1, 7), setback=6, building="public"),
            _one("VH", _W, "DVH", coverage=40, storeys=(1, 4), setback=6, building="public"),
            _one("TDTT", _W, "DTT", coverage=25, storeys=(1, 2), setback=6, building="public"),
            _one("CQ", _W, "TSC", coverage=40, storeys=(1, 7), setback=6, building="public"),
            _one("AN", _W, "CAN", coverage=40, storeys=(1, 5), setback=6, building="public"),
            _one("QP", _W, "CQP", coverage=30, storeys=(1, 5), setback=10, building=""),
            Function(
                id="DTTG", code="DTTG", division=_W, urban={"TON": 0.6, "TIN": 0.25, "DDD": 0.15},
                rural={"TON": 0.6, "TIN": 0.4},
                coverage=40, storeys=(1, 3), setback=6, building="public",
            ),
            _one("CXCC", _W, "DKV", coverage=5, storeys=(1, 1), setback=6),
            _one("CXCD", _W, "DKV"),
            _one("BDX", _W, "DGT", coverage=5, storeys=(1, 1)),
            _one("HTK", _W, "DNL", coverage=40, storeys=(1, 2), setback=6, building="other"),
            _one("NTR", _W, "NTD", coverage=5, storeys=(1, 1)),
            _one("SX", _T, "SKK", coverage=60, storeys=(1, 4), setback=10, building="industrial"),
            Function(
                id="NN", code="NN", division=_T, urban={"CLN": 0.5, "HNK": 0.5},
                rural={"LUC": 0.35, "HNK": 0.25, "CLN": 0.4},
            ),
            _one("TS", _T, "NTS"),
            _one("CSD", _W, "BCS"),
            _one("GT", _W, "DGT"),
            _one("CXHC", _W, "DKV"),
            _one("HO", _W, "MNC"),
            _one("RPH", _W, "RPH"),
            _one("RDD", _W, "RDD"),
            _one("RSX", _W, "RSX"),
        )
    }
)  # fmt: skip
"""The functions that the demo uses. Which land use goes with which function is our reading of the lists."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How a quarter is laid out. Metres throughout.

    `frontage` is the median, `spread` the standard deviation of its logarithm; `depth` is that of
    one row of lots; `streets` the widths of the streets between rows, in turn; `cross` that of the
    streets across; `block` the range of block lengths. `functions` are the shares of the blocks.
    """

    id: str
    frontage: float
    depth: float
    streets: tuple[float, ...]
    cross: float
    block: tuple[float, float]
    functions: Mapping[str, float]
    spread: float = 0.25
    joined: float = 0.05
    """Share of lots joined with their neighbour."""
    corner: float = 2.5
    """Metres cut off from block corners where streets meet."""
    ragged: float = 0.15
    """Standard deviation of a rear boundary from its straight line."""
    built: float = 0.85
    """Share of residential lots with a building."""
    storeys: tuple[int, int] = (1, 4)
    equipped: tuple[str, ...] = field(default=("water_main", "drain", "sewer", "power", "telecom"))


_PUBLIC = {"TH": 0.022, "CXCC": 0.03, "CQ": 0.012, "DTTG": 0.014, "YT": 0.008, "VH": 0.007,
           "TDTT": 0.006, "THPT": 0.005, "AN": 0.005, "BDX": 0.005, "HTK": 0.004, "QP": 0.003}  # fmt: skip

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        one.id: one
        for one in (
            Kind(
                id="core", frontage=4.8, depth=19, streets=(8, 4, 4), cross=8, block=(60, 130),
                functions={"HH": 0.09, "DV": 0.024, "market": 0.006, "NO": 0.77, **_PUBLIC}, storeys=(2, 6),
            ),
            Kind(
                id="town", frontage=6.5, depth=24, streets=(9, 5), cross=8, block=(80, 160),
                functions={"HH": 0.05, "DV": 0.022, "market": 0.008, "NO": 0.80, **_PUBLIC}, storeys=(1, 4),
            ),
            Kind(
                id="garden", frontage=10, depth=30, streets=(10, 6), cross=9, block=(90, 180),
                functions={"DV": 0.02, "market": 0.006, "NO": 0.86, **_PUBLIC}, spread=0.3, storeys=(1, 3),
            ),
            Kind(
                id="village", frontage=17, depth=42, streets=(6,), cross=6, block=(120, 260),
                functions={"LX": 0.86, "NN": 0.04, "NTR": 0.01, "CSD": 0.02, "market": 0.01, **_PUBLIC},
                spread=0.4, ragged=1.2, built=0.75, storeys=(1, 2),
                equipped=("water_main", "power", "telecom"),
            ),
            Kind(
                id="fields", frontage=28, depth=40, streets=(4,), cross=4, block=(200, 400),
                functions={"NN": 0.84, "TS": 0.08, "LX": 0.05, "CSD": 0.02, "NTR": 0.01}, spread=0.45,
                ragged=2.0, corner=0, joined=0.1, equipped=("power",),
            ),
            Kind(
                id="industry", frontage=90, depth=75, streets=(20, 15), cross=18, block=(250, 420),
                functions={"SX": 0.86, "CXCD": 0.06, "HTK": 0.04, "BDX": 0.04}, spread=0.35,
                corner=8, joined=0.0,
            ),
            Kind(
                id="resort", frontage=80, depth=70, streets=(14,), cross=12, block=(180, 360),
                functions={"DL": 0.88, "CXCC": 0.08, "BDX": 0.04}, spread=0.35, corner=5, joined=0.0,
            ),
        )
    }
)  # fmt: skip
"""The kinds of quarters, the densest first. Their sizes are calibrated so that the whole has the
figures of a real city's cadastre: median 162 m², 95th percentile 1,050 m², median seven vertices."""

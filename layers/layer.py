"""The words in which a layer is declared: Layer, Field, Series and constraints.

A declaration is a frozen value that checks itself when it is made, so a wrong one stops the
program at start-up with a sentence. Nothing here touches a database or a request.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from layers.codes import CODE_LISTS, CodeList

if TYPE_CHECKING:
    from layers.style import Symbolizer


def N_(message: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Mark a message for translation without translating it; it is shown in the reader's language."""
    return message


class Kind(StrEnum):
    """What a field holds, and so its column type, its form control and its filter operators."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    CODE = "code"


class Geometry(StrEnum):
    """The one geometry type of a layer. Lines are multi, since roads and pipes come in pieces."""

    POINT = "point"
    LINE = "line"
    POLYGON = "polygon"
    MULTIPOLYGON = "multipolygon"

    @property
    def postgis(self) -> str:
        """The PostGIS type modifier."""
        return {"line": "MULTILINESTRING"}.get(self.value, self.value.upper())

    @property
    def is_area(self) -> bool:
        return self in (Geometry.POLYGON, Geometry.MULTIPOLYGON)


class Group(StrEnum):
    """Where a feature stands in the list of everything at a point, in this order."""

    LAND = "land"
    PLANNING = "planning"
    WARNING = "warning"
    WORKS = "works"


THEMES: dict[str, str] = {
    "administrative": N_("Hành chính"),
    "land": N_("Đất đai"),
    "planning": N_("Quy hoạch"),
    "infrastructure": N_("Hạ tầng kỹ thuật và xã hội"),
    "environment": N_("Môi trường"),
    "traffic": N_("Giao thông"),
}

_NAME = re.compile(r"[a-z][a-z0-9_]*")
RESERVED = frozenset(
    ["id", "fid", "version", "valid_from", "valid_to", "recorded_from", "recorded_to", "geom"]
)
"""The columns that every layer has; see `layers.tables`."""


@dataclass(frozen=True, kw_only=True)
class Unique:
    """No two current features have the same values in these fields (features with an empty one aside)."""

    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NoOverlap:
    """No two current features share more than `tolerance` square metres (legal CRS)."""

    tolerance: float


@dataclass(frozen=True, kw_only=True)
class ValidGeometry:
    """The database refuses a geometry that is invalid or empty. For layers with legal force."""


@dataclass(frozen=True, kw_only=True)
class Indexed:
    """Current and former features are looked up by these fields together; the layer grows by an index."""

    fields: tuple[str, ...]


Constraint = Unique | NoOverlap | ValidGeometry | Indexed


@dataclass(frozen=True, kw_only=True)
class Field:
    """One attribute of a layer.

    `tile`: it is written into tiles. `search`: it is found by the search box. `view`: the
    permission without which it is not shown (none: everybody). `minimum`/`maximum` become a check
    of the table.
    """

    name: str
    kind: Kind
    label: str
    required: bool = False
    tile: bool = False
    search: bool = False
    codes: str | None = None
    unit: str | None = None
    view: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    decimals: int | None = None
    help: str | None = None

    def __post_init__(self) -> None:
        _check(bool(_NAME.fullmatch(self.name)), f"field {self.name!r}: lower_case names only")
        _check(self.name not in RESERVED, f"field {self.name!r} is a column that every layer has")
        _check(
            (self.kind is Kind.CODE) == (self.codes is not None),
            f"field {self.name!r}: a code needs a code list, and only a code has one",
        )
        _check(
            self.codes is None or self.codes in CODE_LISTS,
            f"field {self.name!r}: there is no code list {self.codes!r}",
        )
        _check(
            not self.search or self.kind in (Kind.TEXT, Kind.INTEGER),
            f"field {self.name!r}: only text and whole numbers are searched",
        )

    @property
    def code_list(self) -> CodeList | None:
        """The code list of a coded field."""
        return CODE_LISTS[self.codes] if self.codes else None


@dataclass(frozen=True, kw_only=True)
class Series:
    """A quantity that a station of a layer measures over time."""

    id: str
    label: str
    unit: str
    kinds: tuple[str, ...] = ()
    """The values of the layer's `kind` field that measure it; empty means every feature."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer: everything that the product knows of it.

    From this follow its table, history and indexes (`layers.tables`), tiles (`tiles`), TileJSON,
    style and legend, API, page, search entries, import mapping and tests.

    `owns_table` is false for a layer over a table or view that exists already: it has the columns
    of `layers.tables.COLUMNS`, and no migration is made for it.
    `view` and `edit` name permissions; `view=None` means that everybody sees it.
    """

    id: str
    title: str
    theme: str
    geometry: Geometry
    fields: tuple[Field, ...]
    style: "tuple[Symbolizer, ...]"
    minzoom: int
    attribution: str
    name: str
    """How one feature is called, with fields in braces: ``Thửa {number}, tờ {sheet}``."""
    description: str = ""
    group: Group = Group.WORKS
    maxzoom: int = 22
    view: str | None = None
    edit: str = "layers:edit"
    constraints: tuple[Constraint, ...] = ()
    in_extract: bool = False
    series: tuple[Series, ...] = ()
    summary: tuple[str, ...] = ()
    """The fields that stand in one line below a feature's name."""
    owns_table: bool = True

    def __post_init__(self) -> None:
        def check(condition: bool, problem: str) -> None:
            _check(condition, f"layer {self.id!r}: {problem}")

        check(bool(_NAME.fullmatch(self.id)), "lower_case ids only")
        check(self.theme in THEMES, f"there is no theme {self.theme!r}")
        check(0 <= self.minzoom <= self.maxzoom <= 24, "zooms go from 0 to 24, the lower one first")
        check(bool(self.attribution), "say where the data comes from (attribution)")
        check(bool(self.style), "a layer needs a style")
        names = [field.name for field in self.fields]
        check(len(names) == len(set(names)), "two fields have one name")
        used = {
            *re.findall(r"{(\w+)}", self.name),
            *self.summary,
            *(name for one in self.style for name in one.fields_used),
            *(n for c in self.constraints if isinstance(c, Unique) for n in c.fields),
        }
        check(used <= {*names, "id", "fid"}, f"no such field: {sorted(used - {*names})}")
        hidden = {name for one in self.style for name in one.fields_used if not self.field(name).tile}
        check(not hidden, f"the style uses fields that are not in tiles: {sorted(hidden)}")

    def field(self, name: str) -> Field:
        """The field of this name; KeyError when there is none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(f"{self.id} has no field {name!r}")

    @property
    def is_legal(self) -> bool:
        """Whether it is part of the register, so that nothing wrong may be stored or repaired unseen."""
        return any(isinstance(c, ValidGeometry) for c in self.constraints)


def _check(condition: bool, problem: str) -> None:
    if not condition:
        raise ValueError(problem)

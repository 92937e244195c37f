"""How small a parcel may become by a split: the province's table, with the days on which it is in force.

The one table that is known, Decision 44/2023/QĐ-UBND of Bà Rịa – Vũng Tàu, was replaced on 16 September
2024 by Decision 24/2024, whose numbers nobody here has seen. So for a split of today there is no row,
and the check says that it is not verified. Whoever has the numbers adds rows to `split_minimum.csv`.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from layers.codes import CODE_LISTS

GROUPS = {
    "residential": frozenset({"OTC", "OCT", "ONT", "ODT"}),
    "commercial": frozenset({"TMD", "SKC"}),
}
"""Land-use codes by group of the table; agricultural is the group NNP of the code list."""

URBAN_KINDS = frozenset({"ward", "town", "special_zone"})
AREA_KINDS = ("urban", "rural", "all")


@dataclass(frozen=True, kw_only=True)
class Minimum:
    """One row: m² and metres, None where it asks for nothing. `commune_code` None: wherever else."""

    land_group: str
    area_kind: str
    min_area: float
    min_frontage: float | None
    min_depth: float | None
    legal_ref: str
    valid_from: date | None
    valid_to: date | None
    commune_code: str | None

    def __post_init__(self) -> None:
        if self.land_group not in (*GROUPS, "agricultural") or self.area_kind not in AREA_KINDS:
            raise ValueError(f"split_minimum.csv: {self.land_group} in {self.area_kind} areas is not known")
        if not self.legal_ref:
            raise ValueError("split_minimum.csv: a row needs its legal reference")

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on this day (the last day is exclusive)."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day < self.valid_to
        )


@cache
def minima() -> tuple[Minimum, ...]:
    """All rows, also those that are no longer in force."""
    with Path(__file__).with_name("split_minimum.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_minimum(row) for row in csv.DictReader(file))


def land_group(code: str | None) -> str | None:
    """The group of a land-use code, None for codes for which the table has no group."""
    for name, codes in GROUPS.items():
        if code in codes:
            return name
    known = CODE_LISTS["land_use"].by_code.get(code or "")
    return "agricultural" if known and known.group == "NNP" else None


def minimum_for(
    group: str, area_kind: str, commune: str | None, on: date, rows: Iterable[Minimum] | None = None
) -> Minimum | None:
    """The row in force, one of the commune itself before one for all; None when there is none."""
    found = [
        one
        for one in (minima() if rows is None else rows)
        if one.land_group == group
        and one.area_kind in (area_kind, "all")
        and one.commune_code in (commune, None)
        and one.holds_on(on)
    ]
    return min(found, key=lambda one: one.commune_code is None, default=None)


def _minimum(row: dict[str, str]) -> Minimum:
    return Minimum(
        land_group=row["land_group"],
        area_kind=row["area_kind"],
        min_area=float(row["min_area"]),
        min_frontage=float(row["min_frontage"]) if row["min_frontage"] else None,
        min_depth=float(row["min_depth"]) if row["min_depth"] else None,
        legal_ref=row["legal_ref"],
        valid_from=date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        commune_code=row["commune_code"] or None,
    )

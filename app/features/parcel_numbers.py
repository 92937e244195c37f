"""Parcels by the numbers on paper: commune, sheet and number, with communes of today and of before.

A commune's code is no key for ever: 26506 was Phường 1 and is Phường Vũng Tàu since 1 July 2025, and
a parcel carries the code of the day on which it was registered. So a name or a code leads to all the
codes that a parcel there may carry.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import crs_of
from app.features.legal import Point, legal_point
from app.features.query import PARCEL, Found, columns, found
from app.features.search_terms import ParcelNumber, bare_name, expand, kind_pattern
from layers import CATALOG
from tiles.scope import Scope

AT_MOST = 5_000
"""Parcels of one number that are put in order; a bare number such as 1 stands on every sheet."""


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A commune that a search means. `codes` are those that parcels there may carry, its own first."""

    name: str
    codes: tuple[str, ...]


_UNITS = text(r"""
WITH unit AS (
  SELECT name, code, NULL AS successor_code, fold(name) AS folded FROM commune
  UNION ALL
  SELECT name, code, successor_code, fold(name) FROM former_commune
), judged AS (
  SELECT *, CASE
      WHEN folded = :full THEN 0
      WHEN regexp_replace(folded, :kinds, '') = :bare THEN 1
      WHEN starts_with(:full || ' ', folded || ' ') THEN 2
      WHEN starts_with(:bare || ' ', regexp_replace(folded, :kinds, '') || ' ') THEN 3
      WHEN position(:bare IN folded) > 0 AND length(:bare) > 2 THEN 4
      WHEN word_similarity(:bare, regexp_replace(folded, :kinds, '')) >= 0.5 THEN 5
    END AS strangeness
  FROM unit
)
SELECT name, code, successor_code,
  ARRAY(SELECT f.code FROM former_commune AS f WHERE f.successor_code = judged.code ORDER BY 1) AS before
FROM judged WHERE strangeness = (SELECT min(strangeness) FROM judged) ORDER BY name, code LIMIT 20
""")


def units_named(session: Session, folded: str) -> list[Unit]:
    """The communes, of today or of before, that a folded text names; the nearest spelling counts.

    What follows a comma (``phường 1, thành phố Vũng Tàu``) is not needed to know a commune.
    """
    full = expand(folded.split(",", maxsplit=1)[0].strip())
    bare = bare_name(full) or full
    rows = session.execute(_UNITS, {"full": full, "bare": bare, "kinds": kind_pattern()})
    units = []
    for row in rows:
        # A unit of before leads to its successor, one of today to those it was made of.
        others = [row.successor_code] if row.successor_code else row.before
        units.append(Unit(name=row.name, codes=tuple(dict.fromkeys([row.code, *others]))))
    return units


def parcels_numbered(
    session: Session,
    scope: Scope,
    wanted: ParcelNumber,
    *,
    codes: Sequence[str] | None = None,
    near: Point | None = None,
    limit: int = 20,
) -> tuple[list[Found], int]:
    """The current parcels with a number, perhaps on a sheet and under one of some commune codes.

    Nearest to `near` first, at most `limit`, and how many there are (5,000 at most).
    """
    layer = CATALOG[PARCEL]
    if not scope.sees(layer):
        return [], 0
    conditions = ["number = ANY(:numbers)"]
    if wanted.sheet is not None:
        conditions.append("sheet = ANY(:sheets)")
    if codes is not None:
        conditions.append("commune_code = ANY(:codes)")
    rows = session.execute(
        text(
            f"SELECT {columns(PARCEL, scope)}, coalesce(geom <-> CAST(:here AS geometry), 0) AS distance,"
            f" count(*) OVER () AS total"
            f" FROM (SELECT * FROM parcel WHERE {' AND '.join(conditions)} LIMIT {AT_MOST}) AS held"
            f" ORDER BY distance, commune_code, sheet, number, fid LIMIT :limit"
        ),
        {
            "numbers": _spellings(wanted.number),
            "sheets": _spellings(wanted.sheet or ""),
            "codes": list(codes or ()),
            "here": legal_point(crs_of(session), near) if near else None,
            "limit": limit,
        },
    ).all()
    return [found(row) for row in rows], rows[0].total if rows else 0


def resolve(session: Session, scope: Scope, commune: str, sheet: str, number: str) -> list[Found]:
    """The parcels that a commune code, sheet and number can mean; several where a code was used again.

    Parcels under the code itself win; else those under the codes that came of it or went into it.
    """
    wanted = ParcelNumber(number=number, sheet=sheet, place="")
    under_it, _ = parcels_numbered(session, scope, wanted, codes=[commune])
    if under_it:
        return under_it
    rows = session.execute(
        text("SELECT code, successor_code FROM former_commune WHERE :code IN (code, successor_code)"),
        {"code": commune},
    )
    codes = {code for row in rows for code in row if code} - {commune}
    return parcels_numbered(session, scope, wanted, codes=sorted(codes))[0] if codes else []


def _spellings(number: str) -> list[str]:
    """A number as registers may have written it: with or without leading zeros, letters of either case."""
    forms = (number, number.upper(), number.lstrip("0") or "0")
    return list(dict.fromkeys(forms))

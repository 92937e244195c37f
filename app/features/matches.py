"""Which features have a text in one of their searched fields, near ones first.

Each field is asked through its own index of trigrams, all of them in one round trip. What a field
gives is bounded, so that a word that stands in every address costs no more than a name.
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from sqlalchemy import text
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import TextClause

from app.db import crs_of
from app.features.legal import Point, legal_point
from app.features.query import Found, features_by_id
from app.features.search_terms import Terms, kind_pattern
from layers import CATALOG
from layers.layer import Field, Geometry, Kind, Layer
from tiles.scope import Scope

AT_MOST = 500
"""Features of one field that are put in order; a count stops here too."""

ADDRESS = "address"
"""The name of the fields that hold addresses, in whatever layer."""

SIMILAR = 0.5
"""From how great a share of common trigrams two spellings count as one name."""


_SETTINGS = text(
    "SELECT set_config('enable_seqscan', :seqscan, true),"
    " set_config('pg_trgm.word_similarity_threshold', :share, true)"
)
"""Until the end of the transaction. To the planner folding is cheap, and it would fold whole tables
instead of asking their indexes."""


class Way(Enum):
    """Where and how to look. Addresses are looked for apart: there are as many of them as parcels."""

    NAMES = "names, codes and numbers that contain the text"
    ADDRESSES = "addresses that contain the text"
    ALIKE = "names that are only spelled alike"


@dataclass(frozen=True, kw_only=True)
class Match:
    """A feature whose field has the text. `rank` is 0 for the same name, 1 for the same name with
    another word for its kind, 2 for a beginning, 3 for any place, 4 and more for similar spellings.
    `total` is how many features the field gave."""

    feature: Found
    field: Field
    rank: float
    total: int


def matches(
    session: Session, scope: Scope, terms: Terms, *, near: Point | None, limit: int, way: Way = Way.NAMES
) -> list[Match]:
    """The best matches, at most `limit` for each searched field: by rank, then from `near`."""
    values = {
        "full": list(terms.full),
        "bare": terms.bare or terms.full[0],
        "starts": [f"{_escaped(form)}%" for form in (*terms.full, terms.bare) if form],
        "patterns": [f"{'%' if _has_trigram(form) else ''}{_escaped(form)}%" for form in terms.shortest],
        "numbers": [int(form) for form in terms.full if form.isascii() and form.isdigit() and len(form) < 10],
        "kinds": kind_pattern(),
        "here": legal_point(crs_of(session), near) if near else None,
        "limit": limit,
    }
    session.execute(_SETTINGS, {"seqscan": "off", "share": str(SIMILAR)})
    rows = session.execute(_statement(scope, way), values).all()
    session.execute(_SETTINGS, {"seqscan": "on", "share": str(SIMILAR)})
    known = features_by_id(session, scope, {(row.layer, row.id) for row in rows})
    return [
        Match(
            feature=known[row.layer, row.id],
            field=CATALOG[row.layer].field(row.field),
            rank=row.rank,
            total=row.total,
        )
        for row in rows
    ]


@lru_cache(maxsize=16)
def _statement(scope: Scope, way: Way) -> TextClause:
    """The one statement for every searched field that the scope sees.

    Names come from declarations and never from the request, so the text is built from them; as an
    expression of SQLAlchemy it would be built anew for each search, in 60 ms instead of none.
    """
    parts = [
        _ranked(layer, field, way)
        for layer in scope.layers(CATALOG.values())
        for field in scope.fields(layer)
        if field.search
        and (field.name == ADDRESS) == (way is Way.ADDRESSES)
        and not (way is Way.ALIKE and field.kind is Kind.INTEGER)
    ]
    return text(f"{' UNION ALL '.join(parts)} ORDER BY rank, distance, layer, id")


def _ranked(layer: Layer, field: Field, way: Way) -> str:
    """The best of one field. Of a line that comes in pieces the nearest stands for all."""
    folded = f"fold({field.name})"
    if field.kind is Kind.INTEGER:
        folded, condition, rank = f"{field.name}::text", f"{field.name} = ANY(CAST(:numbers AS int[]))", "0"
    elif way is Way.ALIKE:
        condition, rank = f"{folded} %> :bare", "5 - word_similarity(:bare, folded)"
    else:
        condition = f"{folded} LIKE ANY(:patterns)"
        rank = (
            "CASE WHEN folded = ANY(:full) THEN 0"
            " WHEN regexp_replace(folded, :kinds, '') = :bare THEN 1"
            " WHEN folded LIKE ANY(:starts) THEN 2 ELSE 3 END"
        )
    away = "coalesce(geom <-> CAST(:here AS geometry), 0)"
    once = "DISTINCT ON (folded)" if layer.geometry is Geometry.LINE else ""
    order = "ORDER BY folded, distance" if once else ""
    held = f"SELECT id, geom, {folded} AS folded FROM {layer.id} WHERE {condition} LIMIT {AT_MOST}"
    ranked = f"SELECT {once} id, ({rank})::float8 AS rank, {away} AS distance FROM ({held}) AS held {order}"
    return (
        f"(SELECT '{layer.id}' AS layer, '{field.name}' AS field, id, rank, distance,"
        f" count(*) OVER () AS total"
        f" FROM ({ranked}) AS ranked ORDER BY rank, distance, id LIMIT :limit)"
    )


def _has_trigram(form: str) -> bool:
    """Whether an index of trigrams can find a form anywhere; without three letters in a row it only
    knows beginnings."""
    return any(len(word) >= 3 for word in re.findall(r"\w+", form))


def _escaped(form: str) -> str:
    """Text that stands for itself in LIKE."""
    return form.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

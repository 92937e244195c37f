"""Which features have a text in one of their searched fields, near ones first.

Each field is asked for on its own through its index of trigrams, and all of them in one round trip.
What a field gives is bounded, so that a word that stands in every address costs no more than a name.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, case, func, literal, or_, select, text, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.db import crs_of, tables_of
from app.features.legal import Here, Point, distance_to, legal_point
from app.features.query import Found, columns, found
from app.features.search_terms import Terms, kind_pattern
from layers import CATALOG
from layers.layer import Field, Geometry, Kind, Layer
from tiles.scope import Scope

AT_MOST = 500
"""Features of one field that are put in order; a count stops here too."""

SIMILAR = 0.5
"""From how great a share of common trigrams two spellings count as one name."""


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
    session: Session, scope: Scope, terms: Terms, *, near: Point | None, limit: int, similar: bool = False
) -> list[Match]:
    """At most `limit` features for each searched field, the best first: by rank, then from `near`.

    With `similar` names that are only spelled alike are found, else those that contain the text.
    """
    searched = [
        (layer, field)
        for layer in scope.layers(CATALOG.values())
        for field in scope.fields(layer)
        if field.search
    ]
    if similar:
        session.execute(
            text("SELECT set_config('pg_trgm.word_similarity_threshold', :share, true)"),
            {"share": str(SIMILAR)},
        )
    here = legal_point(crs_of(session), near) if near else None
    chosen = _similar if similar else _containing
    parts = [
        _ranked(layer, field, some, scope, here=here, limit=limit)
        for layer, field in searched
        if (some := chosen(tables_of(session)[layer.id].current, field, terms)) is not None
    ]
    rows = session.execute(union_all(*parts)).all() if parts else []
    made = [
        Match(
            feature=found(row),
            field=CATALOG[row.layer].field(row.field),
            rank=row.rank,
            total=row.total,
        )
        for row in rows
    ]
    return sorted(made, key=lambda one: (one.rank, one.feature.distance or 0, one.feature.fid))


def _containing(table: Table, field: Field, terms: Terms) -> Select[Any] | None:
    """The features, with their ranks, whose field contains one of the forms of the text."""
    if field.kind is Kind.INTEGER:
        numbers = [int(form) for form in terms.full if form.isdigit() and len(form) < 10]
        same = table.c[field.name].in_(numbers)
        return _some(table, same, literal(0.0)) if numbers else None
    folded = func.fold(table.c[field.name])
    forms = dict.fromkeys((*terms.full, terms.bare))
    # Without three letters a trigram index only knows beginnings.
    has = [_like(folded, form, anywhere=len(form) >= 3) for form in forms if form]
    starts = [_like(folded, form, anywhere=False) for form in forms if form]
    rank = case(
        (folded.in_(terms.full), 0.0),
        (func.regexp_replace(folded, kind_pattern(), "") == (terms.bare or terms.full[0]), 1.0),
        (or_(*starts), 2.0),
        else_=3.0,
    )
    return _some(table, or_(*has), rank)


def _similar(table: Table, field: Field, terms: Terms) -> Select[Any] | None:
    """The features, with their ranks, in whose field words stand that are spelled alike."""
    if field.kind is Kind.INTEGER:
        return None
    folded = func.fold(table.c[field.name])
    wanted = terms.bare or terms.full[0]
    alike = folded.op("%>", is_comparison=True)(wanted)
    return _some(table, alike, 5.0 - func.word_similarity(wanted, folded))


def _some(table: Table, condition: ColumnElement[bool], rank: ColumnElement[Any]) -> Select[Any]:
    return select(table, rank.label("rank")).where(condition).limit(AT_MOST)


def _like(folded: ColumnElement[Any], form: str, *, anywhere: bool) -> ColumnElement[bool]:
    if anywhere:
        return folded.contains(form, autoescape=True)
    return folded.startswith(form, autoescape=True)


def _ranked(
    layer: Layer,
    field: Field,
    matching: Select[Any],
    scope: Scope,
    *,
    here: Here | None,
    limit: int,
) -> Select[Any]:
    """The best of one field with what a `Match` needs. Of a line in pieces, the nearest stands for all."""
    some = matching.cte()
    away = distance_to(some, here)
    best = select(some, away.label("distance"))
    if layer.geometry is Geometry.LINE:
        name = func.fold(some.c[field.name])
        best = best.ext(distinct_on(name)).order_by(name, some.c.rank, away)
    chosen = best.cte()
    return (
        select(
            *columns(layer, chosen, scope),
            chosen.c.distance,
            literal(field.name).label("field"),
            chosen.c.rank,
            select(func.count()).select_from(chosen).scalar_subquery().label("total"),
        )
        .order_by(chosen.c.rank, chosen.c.distance, chosen.c.fid)
        .limit(limit)
    )

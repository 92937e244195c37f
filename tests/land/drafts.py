"""Drafts of changes to parcels that stand in the register, as the editor makes them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.db import tables_of
from app.edits.changes import Change, Changes, Descent, Feature
from tests.shapes import add


def parcel(session: Session, id_: UUID) -> Feature:
    """A parcel as the register has it."""
    table = tables_of(session)["parcel"].current
    row = session.execute(select(table).where(table.c.id == id_)).one()._mapping
    names = ("commune_code", "sheet", "number", "land_use", "legal_area", "address")
    return Feature("parcel", id_, row["version"], to_shape(row["geom"]), {name: row[name] for name in names})


def child(number: str, geometry: str, **attributes: Any) -> Feature:
    """A new parcel of sheet 1."""
    values = {"commune_code": "26506", "sheet": "1", "number": number} | attributes
    return Feature("parcel", uuid4(), 0, shapely.from_wkt(geometry), values)


def turned(parents: Sequence[Feature], children: Sequence[Feature]) -> Changes:
    """Parents that become children, each of all of them."""
    lineage = [Descent(old.key, new.key) for old in parents for new in children]
    items = [*map(Change.retired, parents), *map(Change.made, children)]
    return Changes.of(items, lineage)


def altered(old: Feature, geometry: str | None = None, **attributes: Any) -> Changes:
    """One parcel that gets other attributes or another shape."""
    shape = shapely.from_wkt(geometry) if geometry else old.geometry
    new = Feature("parcel", old.id, old.version, shape, {**old.attributes, **attributes})
    return Changes.of([Change.altered(old, new)])


def write(session: Session, changes: Changes) -> None:
    """Bring changes into the table of parcels, as an approval does."""
    table = tables_of(session)["parcel"].current
    for one in changes.retired:
        session.execute(delete(table).where(table.c.id == one.id))
    for one in changes.made:
        known = {name: value for name, value in one.attributes.items() if name in table.c}
        add(session, "parcel", one.geometry.wkt, id=one.id, **known)

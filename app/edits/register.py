"""The register: reading the features that stand in it, and writing what was approved.

Every date is a Vietnamese calendar date; a state is valid from its first day, inclusive, to the first
day of the next, exclusive. What is not valid on any day was superseded on the day it began.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.db import crs_of
from app.edits.changes import Changes, Feature, Key
from app.edits.models import LineageEvent, LineageMember
from app.edits.situation import COVERAGE
from layers import CATALOG
from layers.layer import Geometry

MAX_AREAS = 20_000
"""Areas that are read at once at most; a boundary near so many was drawn over half a city."""

Box = tuple[float, float, float, float]
"""West, south, east, north in metres of the legal CRS."""


class TooManyAreasError(Exception):
    """More areas lie in the boxes than are read at once."""


@dataclass(frozen=True)
class State:
    """A feature as it was for some time: valid in the world and recorded in the register."""

    feature: Feature
    valid_from: date
    valid_to: date | None
    recorded_from: datetime
    recorded_to: datetime | None


# Reading


def features(session: Session, keys: Iterable[Key]) -> dict[Key, Feature]:
    """The features of these keys that stand in the register now."""
    found: dict[Key, Feature] = {}
    for layer, ids in _by_layer(keys).items():
        statement = f"SELECT {_columns(layer)} FROM {layer} WHERE id = ANY(CAST(:ids AS uuid[]))"
        for row in session.execute(text(statement), {"ids": [str(one) for one in ids]}):
            one = _feature(layer, row)
            found[one.key] = one
    return found


def areas_in(
    session: Session, boxes: Sequence[Box], *, on: date | None = None, most: int | None = MAX_AREAS
) -> list[Feature]:
    """The areas of the coverage that meet one of these boxes, as they were on a day (None: as they are
    now, which is another question when something was approved for tomorrow). TooManyAreasError when
    there are more than `most` (None: whatever there are)."""
    if not boxes:
        return []
    srid = crs_of(session).srid
    near = " OR ".join(
        f"geom && ST_MakeEnvelope(:w{n}, :s{n}, :e{n}, :n{n}, {srid})" for n in range(len(boxes))
    )
    values: dict[str, Any] = {
        f"{side}{n}": box[at] for n, box in enumerate(boxes) for at, side in enumerate("wsen")
    }
    found: list[Feature] = []
    for layer in COVERAGE:
        statement = f"SELECT {_columns(layer)} FROM {layer} WHERE ({near})"
        if on is not None:
            then = "valid_from <= :on AND (valid_to IS NULL OR :on < valid_to)"
            former = f"SELECT {_columns(layer)} FROM {layer}_history WHERE ({near}) AND {then}"
            statement = f"{statement} AND {then} UNION ALL {former}"
        if most is not None:
            statement = f"{statement} LIMIT {most + 1}"
        rows = session.execute(text(statement), {**values, "on": on} if on else values)
        found += (_feature(layer, row) for row in rows)
        if most is not None and len(found) > most:
            raise TooManyAreasError
    return found


def locked_versions(session: Session, keys: Iterable[Key]) -> dict[Key, int]:
    """The versions of the features that stand in the register, their rows locked until the transaction
    ends. Rows are locked in one order everywhere, so that two who lock the same never wait in a ring."""
    found: dict[Key, int] = {}
    for layer, ids in sorted(_by_layer(keys).items()):
        statement = (
            f"SELECT id, version FROM {layer} WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR UPDATE"
        )
        rows = session.execute(text(statement), {"ids": [str(one) for one in ids]})
        found |= {Key(layer, row.id): row.version for row in rows}
    return found


def states(session: Session, key: Key) -> list[State]:
    """Everything that is known of a feature, the newest state first; empty when there never was one."""
    columns = f"{_columns(key.layer)}, valid_from, valid_to, recorded_from, recorded_to"
    now, before = (
        f"SELECT {columns} FROM {table} WHERE id = :id" for table in (key.layer, f"{key.layer}_history")
    )
    statement = f"{now} UNION ALL {before} ORDER BY version DESC"
    rows = session.execute(text(statement), {"id": key.id})
    return [
        State(_feature(key.layer, row), row.valid_from, row.valid_to, row.recorded_from, row.recorded_to)
        for row in rows
    ]


def as_of(session: Session, key: Key, on: date, recorded: datetime | None = None) -> State | None:
    """The state in which a feature was on a day, as far as the register knew at an instant (None: now)."""
    for state in states(session, key):
        if was_valid(state, on, recorded):
            return state
    return None


def was_valid(state: State, on: date, recorded: datetime | None = None) -> bool:
    """Whether a state was the one of that day, as far as was known at an instant (None: now)."""
    if recorded is not None and state.recorded_from > recorded:
        return False
    # What was closed later was not yet known to end.
    closed_later = recorded is not None and state.recorded_to is not None and state.recorded_to > recorded
    ends = None if closed_later else state.valid_to
    return state.valid_from <= on and (ends is None or on < ends)


@dataclass(frozen=True)
class Descent:
    """An event of a feature's lineage: what it was, when, and who took part."""

    kind: str
    on: date
    changeset: UUID
    parents: tuple[Key, ...]
    children: tuple[Key, ...]


def lineage(session: Session, key: Key) -> tuple[list[Descent], list[Descent]]:
    """The events from which a feature came and those in which it ended; each list has one at most."""
    return _events(session, key, "child"), _events(session, key, "parent")


def _events(session: Session, key: Key, part: str) -> list[Descent]:
    rows = session.execute(
        text("""
SELECT e.id, e.kind, e.valid_on, e.changeset_id, m.part, m.layer, m.feature_id
FROM lineage_member mine
JOIN lineage_event e ON e.id = mine.event_id JOIN lineage_member m ON m.event_id = e.id
WHERE mine.layer = :layer AND mine.feature_id = :id AND mine.part = :part ORDER BY m.layer, m.feature_id"""),
        {"layer": key.layer, "id": key.id, "part": part},
    ).all()
    events: dict[int, list[Row[Any]]] = {}
    for row in rows:
        events.setdefault(row.id, []).append(row)
    return [
        Descent(
            some[0].kind,
            some[0].valid_on,
            some[0].changeset_id,
            *(tuple(Key(r.layer, r.feature_id) for r in some if r.part == p) for p in ("parent", "child")),
        )
        for some in events.values()
    ]


# Writing


def write(session: Session, changeset: UUID, changes: Changes, on: date) -> None:
    """Write approved changes that are valid from a day: features, lineage and the outbox of tiles.

    The caller has locked what is changed and compared its versions. What ends leaves its numbers
    before they are given again, so the order is: retire, alter, make.
    """
    session.execute(text("SELECT set_config('diaba.valid_on', :on, true)"), {"on": on.isoformat()})
    _note_boxes(session, changes)
    for one in changes.retired:
        session.execute(text(f"DELETE FROM {one.layer} WHERE id = :id"), {"id": one.id})
    for item in changes:
        if item.old and item.new:
            _update(session, item.old, item.new, on)
    for one in changes.made:
        _insert(session, one, on)
    for event in changes.events():
        made = LineageEvent(changeset_id=changeset, kind=event.kind, on=on)
        session.add(made)
        session.flush()
        members = (("parent", event.parents), ("child", event.children))
        session.add_all(
            LineageMember(event_id=made.id, part=part, layer=key.layer, feature_id=key.id)
            for part, keys in members
            for key in keys
        )
    session.flush()


def _update(session: Session, old: Feature, new: Feature, on: date) -> None:
    values = _values(session, new)
    if new.geometry == old.geometry:
        # The register may hold more digits than a millimetre; what nobody touched keeps them.
        del values["geom"]
    sets = ", ".join(f"{name} = {_written(name)}" for name in values)
    statement = f"UPDATE {new.layer} SET {sets}, valid_from = GREATEST(valid_from, :on) WHERE id = :id"
    session.execute(text(statement), {**values, "on": on, "id": new.id})


def _insert(session: Session, feature: Feature, on: date) -> None:
    values = {**_values(session, feature), "id": feature.id, "valid_from": on}
    names, marks = ", ".join(values), ", ".join(_written(name) for name in values)
    session.execute(text(f"INSERT INTO {feature.layer} ({names}) VALUES ({marks})"), values)


def _values(session: Session, feature: Feature) -> dict[str, Any]:
    fields = {field.name: feature.attributes.get(field.name) for field in CATALOG[feature.layer].fields}
    geometry = feature.geometry
    if CATALOG[feature.layer].geometry is Geometry.MULTIPOLYGON and isinstance(geometry, shapely.Polygon):
        geometry = shapely.MultiPolygon([geometry])
    return {**fields, "geom": _ewkb(session, geometry)}


def _ewkb(session: Session, geometry: BaseGeometry) -> str:
    placed = shapely.set_srid(geometry, crs_of(session).srid)
    return str(shapely.to_wkb(placed, hex=True, include_srid=True))


def _written(name: str) -> str:
    return "ST_GeomFromEWKB(decode(:geom, 'hex'))" if name == "geom" else f":{name}"


def _note_boxes(session: Session, changes: Changes) -> None:
    """Put one row for each changed feature into the outbox. NULL goes through all of these functions;
    the margin of a centimetre makes an area of the box of a point."""
    old, new = (
        f"ST_Envelope(ST_Expand(legal_to_mercator(ST_GeomFromEWKB(decode(:{side}, 'hex'))), 0.01))"
        for side in ("old", "new")
    )
    statement = text(f"INSERT INTO tile_outbox (layer, old_box, new_box) VALUES (:layer, {old}, {new})")
    for item in changes:
        sides = {
            side: one and _ewkb(session, one.geometry) for side, one in (("old", item.old), ("new", item.new))
        }
        session.execute(statement, {"layer": item.layer, **sides})


@lru_cache
def _columns(layer: str) -> str:
    names = ", ".join(field.name for field in CATALOG[layer].fields)
    return f"id, version, {names}, ST_AsBinary(geom) AS shape"


def _feature(layer: str, row: Row[Any]) -> Feature:
    attributes = {field.name: _plain(getattr(row, field.name)) for field in CATALOG[layer].fields}
    return Feature(layer, row.id, row.version, shapely.from_wkb(bytes(row.shape)), attributes)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _by_layer(keys: Iterable[Key]) -> Mapping[str, list[UUID]]:
    grouped: dict[str, list[UUID]] = {}
    for key in keys:
        grouped.setdefault(key.layer, []).append(key.id)
    return grouped

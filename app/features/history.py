"""Features as they were: the state of a day, and the days on which another one began.

Days are calendar dates in Viet Nam; a state is valid from its first day, inclusive, to the first day
of the next one, exclusive.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.features.query import Found, columns, found
from layers.layer import N_, Layer
from tiles.scope import Scope

UNKNOWN = N_("Không có đối tượng này trong số liệu hiện nay. Nó có thể đã kết thúc.")
NOT_VALID = N_("Đối tượng này không có hiệu lực vào ngày {day}.")


@dataclass(frozen=True)
class Period:
    """The days on which one state of a feature was valid; `until` is None while it goes on."""

    version: int
    since: date
    until: date | None


@dataclass(frozen=True)
class State:
    """A feature in one state. `ended`: it is no longer there, and this is how it was last."""

    found: Found
    period: Period
    ended: bool


def state(session: Session, scope: Scope, layer: Layer, feature_id: UUID, on: date | None = None) -> State:
    """A feature as it was on a day (None: as it is, or as it was last when it has ended).

    `NotFound` for an id that never was, and for a day on which the feature was not valid.
    """
    where = "valid_from <= :on AND (valid_to IS NULL OR :on < valid_to)" if on else "true"
    shape = "ST_AsGeoJSON(legal_to_wgs84(geom), 8)::jsonb AS geometry"
    then = " UNION ALL ".join(
        f"SELECT {columns(layer.id, scope)}, {shape}, valid_from, valid_to, {current} AS current "
        f"FROM {table} WHERE id = :id AND {where}"
        for table, current in ((layer.id, "true"), (f"{layer.id}_history", "false"))
    )
    values = {"id": feature_id} | ({"on": on} if on else {})
    row = session.execute(text(f"{then} ORDER BY version DESC LIMIT 1"), values).first()
    if row is None:
        if on and periods(session, layer, feature_id):
            raise NotFound("not_valid_then", NOT_VALID, day=f"{on:%d/%m/%Y}")
        raise NotFound("unknown_feature", UNKNOWN)
    period = Period(row.version, row.valid_from, row.valid_to)
    return State(found(row), period, ended=on is None and not row.current)


def periods(session: Session, layer: Layer, feature_id: UUID) -> list[Period]:
    """The states that a feature was in for a day at least, the newest first."""
    both = " UNION ALL ".join(
        f"SELECT version, valid_from, valid_to FROM {table} WHERE id = :id"
        for table in (layer.id, f"{layer.id}_history")
    )
    lasted = f"SELECT * FROM ({both}) AS known WHERE valid_to IS NULL OR valid_to > valid_from"
    rows = session.execute(text(f"{lasted} ORDER BY version DESC"), {"id": feature_id})
    return [Period(row.version, row.valid_from, row.valid_to) for row in rows]

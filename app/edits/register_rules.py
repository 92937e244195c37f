"""The rules of the register, which ask the database: numbers, communes, areas, access."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import crs_of
from app.edits.changes import Changes, Feature
from app.edits.issues import Issue, Severity
from app.edits.operations.operation import PARCEL
from app.edits.situation import sound
from layers.layer import N_

Check = Callable[[Session, Changes, date], Iterable[Issue]]
"""A rule: what stands against changes that shall be valid from a day."""

AREA_SHARE = 0.01
"""How far the area on paper and that of the boundary may part before somebody has to say why (1 %, as
FAO's SOLA has it for a parcel). The national tolerance depends on the survey's scale."""
AREA_ROUNDING = 0.1
"""m² to which areas are given."""
OUTSIDE = 0.01
"""m² of a parcel that may lie outside its commune, from rounding."""
ACCESS_WIDTH = 1.0
"""Metres that a parcel has to share with a road or a way to be reached from there."""


def _number_is_free(session: Session, changes: Changes, on: date) -> Iterator[Issue]:  # noqa: ARG001
    """Sheet and number are given once in a commune."""
    ending = {one.id for one in changes.retired}
    taken: dict[tuple[str, ...], Feature] = {}
    for one in _parcels(changes.news):
        key = tuple(str(one.attributes.get(name)) for name in ("commune_code", "sheet", "number"))
        if one.attributes.get("number") is None:
            continue
        others = session.execute(
            text(
                "SELECT id FROM parcel WHERE commune_code = :commune AND sheet = :sheet AND number = :number"
            ),
            dict(zip(("commune", "sheet", "number"), key, strict=True)),
        ).scalars()
        if key in taken or any(other != one.id and other not in ending for other in others):
            message = N_("Tờ {sheet} đã có thửa số {number}.")
            values = {"sheet": key[1], "number": key[2]}
            yield Issue(Severity.BLOCK, "number_taken", one.key, one.geometry, message, values)
        taken[key] = one


def _within_commune(session: Session, changes: Changes, on: date) -> Iterator[Issue]:  # noqa: ARG001
    """A parcel lies in its commune, unless it did not before either."""
    before = {one.id: one for one in _parcels(changes.olds)}
    for one in _parcels(changes.news):
        outside = _outside(session, one)
        if outside is None:
            message = N_(
                "Chưa có ranh của đơn vị hành chính {code}, nên chưa kiểm được thửa có nằm trong đó."
            )
            values = {"code": str(one.attributes.get("commune_code") or "–")}
            yield Issue(Severity.REVIEW, "commune_unknown", one.key, None, message, values)
        elif outside.area > OUTSIDE and not _was_outside(session, one, changes, before):
            message = N_("{area} m² của thửa nằm ngoài phường, xã của nó.")
            yield Issue(
                Severity.BLOCK, "outside_commune", one.key, outside, message, {"area": round(outside.area, 2)}
            )


def _outside(session: Session, parcel: Feature) -> BaseGeometry | None:
    """The part of a parcel outside its commune, None when the commune has no boundary."""
    shape = session.execute(
        text(
            "SELECT ST_AsBinary(ST_Difference(ST_SetSRID(ST_GeomFromWKB(:shape), :srid), geom)) "
            "FROM commune WHERE code = :code"
        ),
        {
            "shape": shapely.to_wkb(sound(parcel.geometry)),
            "srid": crs_of(session).srid,
            "code": parcel.attributes.get("commune_code"),
        },
    ).scalar()
    return None if shape is None else _geometry(shape)


def _geometry(wkb: bytes | memoryview) -> BaseGeometry:
    made: BaseGeometry = shapely.from_wkb(bytes(wkb))
    return made


def _was_outside(session: Session, one: Feature, changes: Changes, before: dict[UUID, Feature]) -> bool:
    """Whether what this parcel was made from lay outside already, at least as far."""
    parents = [parent.id for parent, child in changes.lineage if child == one.key] or [one.id]
    was = [_outside(session, before[parent]) for parent in parents if parent in before]
    now = _outside(session, one)
    known = shapely.union_all([shape for shape in was if shape is not None])
    return now is not None and now.difference(known.buffer(0.001)).area <= OUTSIDE


def _area_agrees(_session: Session, changes: Changes, on: date) -> Iterator[Issue]:  # noqa: ARG001
    """The area on paper is that of the boundary, within the tolerance; otherwise somebody says why."""
    for one in _parcels(changes.news):
        paper = one.attributes.get("legal_area")
        if paper is None:
            continue
        drawn = round(one.geometry.area, 1)
        if abs(drawn - paper) > max(AREA_ROUNDING, AREA_SHARE * paper) + 1e-9:
            message = N_("Diện tích trên giấy {paper} m², theo ranh {drawn} m². Ghi lý do nếu giữ cả hai.")
            values = {"paper": paper, "drawn": drawn}
            yield Issue(Severity.REVIEW, "area_differs", one.key, one.geometry, message, values)


def _land_use_known(_session: Session, changes: Changes, on: date) -> Iterator[Issue]:  # noqa: ARG001
    """A new parcel says what it is used for, in which commune and on which sheet it lies."""
    for one in _parcels(changes.made):
        missing = [name for name in ("commune_code", "sheet", "land_use") if not one.attributes.get(name)]
        if missing:
            message = N_("Thửa mới chưa đủ thông tin: phường xã, số tờ hoặc loại đất.")
            severity = Severity.REVIEW if missing == ["land_use"] else Severity.BLOCK
            yield Issue(severity, "incomplete", one.key, one.geometry, message)


def _has_access(session: Session, changes: Changes, on: date) -> Iterator[Issue]:  # noqa: ARG001
    """Each part of a division is reached from a public road (Land Law 31/2024, Article 220)."""
    for event in changes.events():
        if event.kind not in ("split", "readjustment"):
            continue
        for one in changes.made:
            if one.key in event.children and not _meets_road(session, one):
                message = N_("Thửa mới không giáp đường. Cần có lối đi nối ra đường công cộng.")
                yield Issue(Severity.REVIEW, "no_access", one.key, one.geometry, message)


def _meets_road(session: Session, parcel: Feature) -> bool:
    shared = session.execute(
        text(
            "SELECT COALESCE(max(ST_Length(ST_Intersection(ST_Boundary(shape), ST_Buffer(geom, 0.02)))), 0) "
            "FROM road_surface, (SELECT ST_SetSRID(ST_GeomFromWKB(:shape), :srid) AS shape) AS mine "
            "WHERE geom && shape"
        ),
        {"shape": shapely.to_wkb(parcel.geometry), "srid": crs_of(session).srid},
    ).scalar_one()
    return float(shared) >= ACCESS_WIDTH


REGISTER_RULES: tuple[Check, ...] = (
    _number_is_free,
    _within_commune,
    _area_agrees,
    _land_use_known,
    _has_access,
)


def _parcels(features: Iterable[Feature]) -> list[Feature]:
    return [one for one in features if one.layer == PARCEL]

"""What the law of land asks of a change of parcels: rules as values, checked against the register of rights.

Each rule has a severity, days on which it is in force and a legal reference, and returns issues.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import shapely
from geoalchemy2.shape import from_shape, to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import crs_of, tables_of
from app.edits.changes import Change, Changes, Feature
from app.edits.issues import Issue, Severity
from app.edits.situation import THRESHOLDS
from app.land.minima import URBAN_KINDS, Minimum, land_group, minimum_for
from app.land.models import BlockKind
from app.land.register import Held, held_by, wrong_sums
from app.land.succession import PARCEL, events_of, legal_area, obstacles, said_uses
from layers.layer import N_

Check = Callable[[Session, Changes, date], Iterable[Issue]]
LAND_LAW = "Luật Đất đai 31/2024/QH15"
USE_TOLERANCE = Decimal("0.1")
"""m² by which land uses may miss the legal area."""
ROAD_REACH = 0.1
"""Metres within which a boundary lies at a road."""
MATTERS_TO_CREDITORS = ("land_use", "land_uses", "legal_area")


@dataclass(frozen=True, kw_only=True)
class LandRule:
    """One rule: its id in issues, what it asks (a message id), how heavy its issues are at most, where
    the law says so, and from (inclusive) and to (exclusive) when."""

    id: str
    title: str
    severity: Severity
    legal_reference: str
    check: Check
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on this day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day < self.valid_to
        )


def check_land(session: Session, changes: Changes, on: date) -> tuple[Issue, ...]:
    """The issues of all rules in force on the day `on`, the heaviest first, each with its place."""
    found = [issue for rule in LAND_RULES if rule.holds_on(on) for issue in rule.check(session, changes, on)]
    places = {one.key: one.geometry for one in (*changes.olds, *changes.news)}
    order = list(Severity)
    placed = (
        replace(one, geometry=places.get(one.feature)) if one.feature and one.geometry is None else one
        for one in found
    )
    return tuple(sorted(placed, key=lambda issue: order.index(issue.severity)))


def _shares(session: Session, changes: Changes, on: date) -> Iterator[Issue]:
    """The shares of every parcel that is changed or taken from sum to exactly 1."""
    features = {one.id: one for one in _touched(changes)}
    for id_, held in held_by(session, features, as_of=on).items():
        feature = features[id_]
        if not held.rights:
            message = N_("Thửa {parcel} chưa ghi ai có quyền.")
            yield Issue(Severity.NOTE, "shares", feature.key, None, message, _named(feature))
        for total in wrong_sums(held):
            message = N_("Phần quyền của thửa {parcel} cộng lại là {total}, phải đúng bằng 1.")
            values = {**_named(feature), "total": str(total)}
            yield Issue(Severity.BLOCK, "shares", feature.key, None, message, values)


def _undisputed(session: Session, changes: Changes, on: date) -> Iterator[Issue]:
    for feature, held in _held(session, _touched(changes), on):
        if held.disputes:
            message = N_("Thửa {parcel} đang có tranh chấp.")
            yield Issue(Severity.BLOCK, "dispute", feature.key, None, message, _named(feature))


_STOPS = {
    BlockKind.BLOCK: N_("Thửa {parcel} đang bị ngăn chặn từ ngày {since}."),
    BlockKind.ATTACHMENT: N_("Thửa {parcel} đang bị kê biên từ ngày {since}."),
    BlockKind.INJUNCTION: N_("Thửa {parcel} đang bị áp dụng biện pháp khẩn cấp tạm thời từ ngày {since}."),
}


def _unblocked(session: Session, changes: Changes, on: date) -> Iterator[Issue]:
    for feature, held in _held(session, _touched(changes), on):
        for one in held.blocks:
            values = {**_named(feature), "since": one.valid_from.isoformat()}
            yield Issue(Severity.BLOCK, "blocked", feature.key, None, _STOPS[BlockKind(one.kind)], values)


def _consent(session: Session, changes: Changes, on: date) -> Iterator[Issue]:
    """The creditor agrees when the parcel ends, its boundary moves, or its uses or area change."""
    items = [item for item in changes if item.old and item.layer == PARCEL and _matters_to_creditors(item)]
    for feature, held in _held(session, [item.old for item in items if item.old], on):
        if any(one.consent_source_id is None for one in held.mortgages):
            message = N_("Thửa {parcel} đang thế chấp và chưa có văn bản đồng ý của bên nhận thế chấp.")
            yield Issue(Severity.BLOCK, "mortgage", feature.key, None, message, _named(feature))


def _use_areas(session: Session, changes: Changes, on: date) -> Iterator[Issue]:
    """The areas of all land uses together are the legal area, as the draft or else the register has them.

    New parcels of which nothing is said have the uses of their parents (see `app.land.succession`).
    """
    news = [one for one in _parcels(changes.news) if one in changes.made or _is_touched(changes, one)]
    made = {one.id for one in changes.made}
    recorded = held_by(session, (one.id for one in news if one.id not in made), as_of=on)
    for feature in news:
        areas = [use.area for use in said_uses(feature)]
        if not areas and feature.id in recorded:
            areas = [use.area for use in recorded[feature.id].uses]
        off = sum(areas, Decimal()) - legal_area(feature)
        if areas and abs(off) > USE_TOLERANCE:
            message = N_("Tổng diện tích các loại đất của thửa {parcel} lệch {off} m² so với diện tích thửa.")
            values = {**_named(feature), "off": float(round(off, 2))}
            yield Issue(Severity.BLOCK, "use_areas", feature.key, None, message, values)


def _heirs(session: Session, changes: Changes, on: date) -> Iterator[Issue]:
    return obstacles(session, changes, on)


NO_RULE = N_("Diện tích tối thiểu khi tách thửa chưa xác minh: chưa có quy định đang hiệu lực.")


def _split_minimum(session: Session, changes: Changes, on: date) -> Iterator[Issue]:
    """Children of a split are large enough. Without a rule in force somebody has to look."""
    by_id = {one.id: one for one in _parcels(changes.made)}
    for parents, children in events_of(changes):
        features = [by_id[child] for child in children]
        if len(parents) > 1 or len(children) < 2:
            continue
        ruled = [(one, _minimum(session, one, on)) for one in features]
        if any(minimum is None for _, minimum in ruled):
            yield Issue(Severity.REVIEW, "split_minimum", features[0].key, None, NO_RULE)
        for feature, minimum in ruled:
            if minimum:
                yield from _too_small(session, feature, minimum)


def _minimum(session: Session, feature: Feature, on: date) -> Minimum | None:
    uses = said_uses(feature)
    main = max(uses, key=lambda use: use.area).code if uses else feature.attributes.get("land_use")
    group = land_group(main)
    commune = feature.attributes.get("commune_code")
    if group is None:
        return None
    table = tables_of(session)["commune"].current
    kind = session.scalar(select(table.c.kind).where(table.c.code == commune).limit(1))
    if kind is None:
        return None
    return minimum_for(group, "urban" if kind in URBAN_KINDS else "rural", commune, on)


def _too_small(session: Session, feature: Feature, minimum: Minimum) -> Iterator[Issue]:
    def issue(message: str, is_: float, least: float | None) -> Issue:
        values = {**_named(feature), "is": round(is_, 1), "least": least, "reference": minimum.legal_ref}
        return Issue(Severity.BLOCK, "split_minimum", feature.key, None, message, values)

    area = float(legal_area(feature))
    if area < minimum.min_area:
        yield issue(
            N_("Thửa mới {parcel} rộng {is} m², ít hơn {least} m² ({reference})."), area, minimum.min_area
        )
    if minimum.min_frontage is None and minimum.min_depth is None:
        return
    frontage, depth = _frontage(feature.geometry, _roads_near(session, feature.geometry))
    if frontage and minimum.min_frontage and frontage < minimum.min_frontage - 0.005:
        message = N_("Thửa mới {parcel} có mặt tiền {is} m, ít hơn {least} m ({reference}).")
        yield issue(message, frontage, minimum.min_frontage)
    if frontage and minimum.min_depth and depth < minimum.min_depth - 0.005:
        message = N_("Thửa mới {parcel} sâu {is} m, ít hơn {least} m ({reference}).")
        yield issue(message, depth, minimum.min_depth)


def _roads_near(session: Session, geometry: BaseGeometry) -> BaseGeometry:
    table = tables_of(session)["road_surface"].current
    here = from_shape(geometry, srid=crs_of(session).srid)
    found = session.scalars(select(table.c.geom).where(func.ST_DWithin(table.c.geom, here, ROAD_REACH)))
    return shapely.union_all([to_shape(one) for one in found])


def _frontage(geometry: BaseGeometry, roads: BaseGeometry) -> tuple[float, float]:
    """The length of the boundary at roads, and how far the parcel reaches back from the longest side of
    it. 0 and 0 for a parcel that lies at no road: whether it has access is another rule's question."""
    along = geometry.boundary.intersection(roads.buffer(ROAD_REACH)) if not roads.is_empty else roads
    sides = [
        (a, b)
        for part in shapely.get_parts(along)
        if part.geom_type == "LineString"
        for a, b in zip(part.coords, part.coords[1:], strict=False)
        if math.dist(a, b) > ROAD_REACH * 2
    ]
    if not sides:
        return 0.0, 0.0
    (ax, ay), (bx, by) = (one[:2] for one in max(sides, key=lambda side: math.dist(*side)))
    length = math.dist((ax, ay), (bx, by))
    reach = [
        ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / length
        for x, y in shapely.get_coordinates(geometry).tolist()
    ]
    return sum(math.dist(a, b) for a, b in sides), max(reach) - min(reach)


LAND_RULES: tuple[LandRule, ...] = (
    LandRule(
        id="shares",
        title=N_("Phần quyền của mỗi thửa cộng lại đúng bằng 1"),
        severity=Severity.BLOCK,
        legal_reference=LAND_LAW,
        check=_shares,
    ),
    LandRule(
        id="dispute",
        title=N_("Thửa không có tranh chấp"),
        severity=Severity.BLOCK,
        legal_reference=f"{LAND_LAW}, Điều 220",
        check=_undisputed,
    ),
    LandRule(
        id="blocked",
        title=N_("Thửa không bị ngăn chặn, kê biên"),
        severity=Severity.BLOCK,
        legal_reference=f"{LAND_LAW}, Điều 220",
        check=_unblocked,
    ),
    LandRule(
        id="mortgage",
        title=N_("Bên nhận thế chấp đồng ý"),
        severity=Severity.BLOCK,
        legal_reference="Bộ luật Dân sự 91/2015/QH13",
        check=_consent,
    ),
    LandRule(
        id="use_areas",
        title=N_("Diện tích các loại đất cộng lại bằng diện tích thửa"),
        severity=Severity.BLOCK,
        legal_reference=LAND_LAW,
        check=_use_areas,
    ),
    LandRule(
        id="heirs",
        title=N_("Các thửa gộp cùng người có quyền, cùng loại đất"),
        severity=Severity.BLOCK,
        legal_reference=f"{LAND_LAW}, Điều 220",
        check=_heirs,
    ),
    LandRule(
        id="split_minimum",
        title=N_("Thửa mới không nhỏ hơn mức tối thiểu khi tách thửa"),
        severity=Severity.BLOCK,
        legal_reference=f"{LAND_LAW}, Điều 220",
        check=_split_minimum,
    ),
)


def _touched(changes: Changes) -> list[Feature]:
    """Parcels of today with which something happens, as they are. One that only gets a vertex on its
    boundary because a neighbour was divided is not among them."""
    return [
        item.old
        for item in changes
        if item.old and item.layer == PARCEL and (_moves(item) or _differs(item, None))
    ]


def _is_touched(changes: Changes, feature: Feature) -> bool:
    return any(one.key == feature.key for one in _touched(changes))


def _matters_to_creditors(item: Change) -> bool:
    return _moves(item) or _differs(item, MATTERS_TO_CREDITORS)


def _moves(item: Change) -> bool:
    """Whether a parcel ends or its boundary moves by more than rounding does."""
    if item.old is None or item.new is None:
        return True
    before, after = item.old.geometry.boundary, item.new.geometry.boundary
    narrow = THRESHOLDS.sliver
    strays = (one.difference(other.buffer(narrow)) for one, other in ((before, after), (after, before)))
    return any(not one.is_empty for one in strays)


def _differs(item: Change, names: Sequence[str] | None) -> bool:
    if item.old is None or item.new is None:
        return True
    old, new = item.old.attributes, item.new.attributes
    return any(
        old.get(name) != new.get(name) for name in (old.keys() | new.keys() if names is None else names)
    )


def _held(session: Session, features: Sequence[Feature], on: date) -> Iterator[tuple[Feature, Held]]:
    found: dict[UUID, Held] = held_by(session, (one.id for one in features), as_of=on)
    return ((one, found[one.id]) for one in features)


def _parcels(features: Iterable[Feature]) -> list[Feature]:
    return [one for one in features if one.layer == PARCEL]


def _named(feature: Feature) -> dict[str, object]:
    sheet, number = feature.attributes.get("sheet"), feature.attributes.get("number")
    return {"parcel": f"{sheet}/{number}" if number else ""}

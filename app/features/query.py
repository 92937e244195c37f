"""Reading features: one by its id, those at a point, those in a box.

Every statement of this module names the fields of the reader's scope and no others, so whatever is
built from a `Found` cannot show what the reader may not see.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    Select,
    Text,
    case,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from app.db import crs_of, tables_of
from app.errors import NotFound
from app.features.legal import Box, Point, distance_to, legal_box, legal_point, pixel_size, within_reach
from layers import CATALOG
from layers.layer import N_, Geometry, Group, Layer
from tiles.scope import Scope

PARCEL = "parcel"
"""The layer that stands first everywhere: most people come with a question about one parcel."""

MAX_HITS = 50
"""Features in the answer to "what is here?"."""
MAX_LISTED = 200
"""Features in one list."""
COUNT_UP_TO = 1_000
"""Beyond so many features in a box their number is not counted."""

_MAX_FID = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class Found:
    """A feature as it was read, with the fields that the reader may see and no others.

    `values` are as JSON has them: codes as codes, dates as ISO text. `bbox` and `point` (a point on
    the feature) are WGS 84, None for an empty geometry; `geometry` is GeoJSON in WGS 84, present
    where it was asked for; `distance` is in metres of the legal CRS from the point of the question.
    """

    layer: Layer
    id: UUID
    fid: int
    version: int
    values: Mapping[str, Any]
    bbox: Box | None
    point: Point | None
    geometry: Mapping[str, Any] | None = None
    distance: float | None = None


def layer_for(scope: Scope, layer_id: str) -> Layer:
    """The layer of this id. `NotFound` when there is none, or none for this reader: both look alike."""
    layer = CATALOG.get(layer_id)
    if layer is None or not scope.sees(layer):
        raise NotFound("unknown_layer", N_("Không có lớp bản đồ “{name}”."), name=layer_id[:60])
    return layer


def feature(session: Session, scope: Scope, layer: Layer, key: str) -> Found:
    """One current feature with its geometry, by its permanent id or the integer id of tiles.

    `NotFound` when there is none.
    """
    table = tables_of(session)[layer.id].current
    shape = func.ST_AsGeoJSON(func.legal_to_wgs84(table.c.geom), 8).cast(JSONB)
    statement = select(*columns(layer, table, scope), shape.label("geometry"))
    row = None
    try:
        row = session.execute(statement.where(table.c.id == UUID(key))).first()
    except ValueError:
        if key.isascii() and key.isdigit() and int(key) <= _MAX_FID:
            row = session.execute(statement.where(table.c.fid == int(key))).first()
    if row is None:
        raise NotFound(
            "unknown_feature", N_("Không có đối tượng này trong số liệu hiện nay. Nó có thể đã kết thúc.")
        )
    return found(row)


def at_point(
    session: Session, scope: Scope, layers: Iterable[Layer], *, point: Point, zoom: float, tolerance: float
) -> list[Found]:
    """The features of `layers` at a point of the map, at most 50: parcels first, then by group.

    `zoom` is the viewer's (tiles of 512 pixels), `tolerance` in pixels of it. Lines and points count
    when they are within the tolerance, areas when they contain the point. An area too small to be
    hit, such as a sliver, counts like a point where no other of its layer contains the point.
    """
    crs = crs_of(session)
    if not within_reach(crs, point):
        return []
    reach = tolerance * pixel_size(point[1], zoom)
    here = legal_point(crs, point)
    shown = [layer for layer in layers if scope.sees(layer) and layer.minzoom <= zoom]
    hits = [found(row) for row in _rows(session, [_near(session, scope, one, here, reach) for one in shown])]
    nearest: dict[str, float] = {}
    for hit in hits:
        nearest[hit.layer.id] = min(hit.distance or 0, nearest.get(hit.layer.id, math.inf))
    hits = [hit for hit in hits if not hit.layer.geometry.is_area or hit.distance == nearest[hit.layer.id]]
    return sorted(hits, key=_rank)[:MAX_HITS]


def in_box(
    session: Session,
    scope: Scope,
    layers: Iterable[Layer],
    *,
    bbox: Box,
    near: Point | None = None,
    limit: int = MAX_HITS,
) -> tuple[list[Found], int | None]:
    """The features of `layers` that reach into a box, nearest to `near` (or its middle) first.

    Returns at most `limit` of them (200 at most) and how many there are, None beyond 1,000.
    """
    limit = min(limit, MAX_LISTED)
    crs = crs_of(session)
    view = legal_box(crs, bbox)
    if view is None:
        return [], 0
    here = legal_point(crs, near or ((bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2))
    lists, counts = [], []
    for layer in layers:
        if not scope.sees(layer):
            continue
        table = tables_of(session)[layer.id].current
        # The index is asked with the box around the view; the exact test costs little after that.
        inside = table.c.geom.op("&&")(view) & func.ST_DWithin(table.c.geom, view, 0)
        away = distance_to(table, here)
        one = select(*columns(layer, table, scope), away.label("distance")).where(inside)
        lists.append(one.order_by(away).limit(limit))
        counts.append(select(literal(1)).where(inside).select_from(table).limit(COUNT_UP_TO + 1))
    listed = [found(row) for row in _rows(session, lists)]
    listed.sort(key=lambda one: (one.distance or 0, one.layer.id, one.fid))
    total = _count(session, counts)
    return listed[:limit], total if total <= COUNT_UP_TO else None


def columns(layer: Layer, table: FromClause, scope: Scope) -> list[ColumnElement[Any]]:
    """What a `Found` is made of, the same for every layer, so that layers can be read in one union.

    The box is that of the envelope in the legal CRS, which costs the same for every geometry.
    """
    pairs = [part for field in scope.fields(layer) for part in (literal(field.name), table.c[field.name])]
    middle = table.c.geom if layer.geometry is Geometry.POINT else func.ST_PointOnSurface(table.c.geom)
    return [
        literal(layer.id).label("layer"),
        table.c.id,
        table.c.fid,
        table.c.version,
        func.jsonb_build_object(*pairs, type_=JSONB).label("attributes"),
        func.Box2D(func.legal_to_wgs84(func.ST_Envelope(table.c.geom))).cast(Text).label("bbox"),
        func.ST_AsText(func.legal_to_wgs84(middle), 9).label("point"),
    ]


def found(row: Any) -> Found:
    """A row with the columns of `columns`, and perhaps a geometry and a distance."""
    bbox = _numbers(row.bbox)
    point = _numbers(row.point)
    return Found(
        layer=CATALOG[row.layer],
        id=row.id,
        fid=row.fid,
        version=row.version,
        values=row.attributes,
        bbox=(bbox[0], bbox[1], bbox[2], bbox[3]) if len(bbox) == 4 else None,
        point=(point[0], point[1]) if len(point) == 2 else None,
        geometry=getattr(row, "geometry", None),
        distance=getattr(row, "distance", None),
    )


def _near(
    session: Session, scope: Scope, layer: Layer, here: ColumnElement[Any], reach: float
) -> Select[Any]:
    """What of one layer is within `reach` metres of a point, nearest first."""
    table = tables_of(session)[layer.id].current
    close: Any = reach
    if layer.geometry.is_area:
        close = case((func.ST_Area(table.c.geom) < reach**2, reach), else_=0)
    away = distance_to(table, here)
    return (
        select(*columns(layer, table, scope), away.label("distance"))
        .where(table.c.geom.op("&&")(func.ST_Expand(here, reach)))
        .where(func.ST_DWithin(table.c.geom, here, close))
        .order_by(away)
        .limit(MAX_HITS)
    )


def _rank(hit: Found) -> tuple[bool, int, int, float, int]:
    groups, catalog = list(Group), list(CATALOG)
    return (
        hit.layer.id != PARCEL,
        groups.index(hit.layer.group),
        catalog.index(hit.layer.id),
        hit.distance or 0,
        hit.fid,
    )


def _rows(session: Session, parts: Sequence[Select[Any]]) -> Sequence[Row[Any]]:
    """The rows of several queries of one shape, in one round trip."""
    if not parts:
        return []
    return session.execute(union_all(*parts) if len(parts) > 1 else parts[0]).all()


def _count(session: Session, parts: Sequence[Select[Any]]) -> int:
    """How many rows several bounded queries have together."""
    if not parts:
        return 0
    counted = select(func.count()).select_from(union_all(*parts).subquery())
    return int(session.scalar(counted) or 0)


def _numbers(text: str | None) -> list[float]:
    """The numbers of ``BOX(1 2,3 4)`` or ``POINT(1 2)``; none of an empty geometry."""
    return [float(number) for number in re.findall(r"-?[\d.]+(?:e[-+]?\d+)?", text or "")]

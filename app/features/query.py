"""Reading features: one by its id, those at a point, those in a box.

Statements are text made of declarations, with every value of the request as a parameter; built anew
for each request as expressions they would cost more than the database. `columns` names the fields of
the reader's scope and no others, so what is made of a `Found` cannot show what the reader may not see.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import crs_of
from app.errors import NotFound
from app.features.legal import Box, Point, legal_box, legal_point, pixel_size, within_reach
from layers import CATALOG
from layers.layer import N_, Geometry, Group, Layer
from tiles.scope import Scope

PARCEL = "parcel"
"""The layer that stands first everywhere: most people come with a question about one parcel."""

MAX_HITS = 50
"""Features in the answer to "what is here?"."""
MAX_LISTED = 200
"""Features in one list."""
SPARE = 50
"""How many more are read than listed, since some may lie beside the view."""
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
    column, value = "id", key
    try:
        value = str(UUID(key))
    except ValueError:
        column = "fid"
    row = None
    if column == "id" or (key.isascii() and key.isdigit() and int(key) <= _MAX_FID):
        shape = "ST_AsGeoJSON(legal_to_wgs84(geom), 8)::jsonb AS geometry"
        statement = f"SELECT {columns(layer.id, scope)}, {shape} FROM {layer.id} WHERE {column} = :value"
        row = session.execute(text(statement), {"value": value}).first()
    if row is None:
        raise NotFound(
            "unknown_feature", N_("Không có đối tượng này trong số liệu hiện nay. Nó có thể đã kết thúc.")
        )
    return found(row)


def features(session: Session, scope: Scope, layer: Layer, condition: str, **values: object) -> list[Found]:
    """The current features of a layer that meet a condition (SQL without any text of a request)."""
    statement = f"SELECT {columns(layer.id, scope)} FROM {layer.id} WHERE {condition}"
    return [found(row) for row in session.execute(text(statement), values)]


def features_by_id(
    session: Session, scope: Scope, wanted: Iterable[tuple[str, UUID]]
) -> Mapping[tuple[str, UUID], Found]:
    """The current features with these layers and ids."""
    by_layer: dict[str, list[UUID]] = {}
    for layer_id, one in wanted:
        by_layer.setdefault(layer_id, []).append(one)
    return {
        (layer_id, one.id): one
        for layer_id, ids in by_layer.items()
        for one in features(session, scope, CATALOG[layer_id], "id = ANY(CAST(:ids AS uuid[]))", ids=ids)
    }


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
    shown = [layer for layer in layers if scope.sees(layer) and layer.minzoom <= zoom]
    reach = tolerance * pixel_size(point[1], zoom)
    values = {"here": legal_point(crs, point), "reach": reach, "limit": MAX_HITS}
    hits = [found(row) for row in _union(session, [_near(layer, scope) for layer in shown], values)]
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
    crs = crs_of(session)
    view = legal_box(crs, bbox)
    if view is None:
        return [], 0
    seen = [layer for layer in layers if scope.sees(layer)]
    here = legal_point(crs, near or ((bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2))
    limit = min(limit, MAX_LISTED)
    values = {"view": view, "here": here, "limit": limit, "more": limit + SPARE, "most": COUNT_UP_TO + 1}
    rows = _union(session, [_within(layer) for layer in seen], values)
    nearest = sorted(rows, key=lambda row: (row.distance, row.layer, row.fid))[:limit]
    known = features_by_id(session, scope, {(row.layer, row.id) for row in nearest})
    listed = [replace(known[row.layer, row.id], distance=row.distance) for row in nearest]
    counts = _union(session, [_counted(layer) for layer in seen], values)
    total = sum(row.inside for row in counts)
    all_met = all(row.met <= COUNT_UP_TO for row in counts)
    return listed, total if all_met and total <= COUNT_UP_TO else None


@lru_cache(maxsize=256)
def columns(layer_id: str, scope: Scope) -> str:
    """What a `Found` is made of as the columns of a SELECT, the same for every layer, so that layers can
    be read in one union.

    The box is that of the envelope in the legal CRS, which costs the same for every geometry.
    """
    layer = CATALOG[layer_id]
    pairs = ", ".join(f"'{field.name}', \"{field.name}\"" for field in scope.fields(layer))
    middle = "geom" if layer.geometry is Geometry.POINT else "ST_PointOnSurface(geom)"
    return (
        f"'{layer.id}' AS layer, id, fid, version, jsonb_build_object({pairs}) AS attributes,"
        f" Box2D(legal_to_wgs84(ST_Envelope(geom)))::text AS bbox,"
        f" ST_AsText(legal_to_wgs84({middle}), 9) AS point"
    )


def found(row: Any) -> Found:
    """A row with the columns of `columns`, and perhaps a geometry and a distance."""
    bbox = _numbers(row.bbox)
    point = _numbers(row.point)
    return Found(
        layer=CATALOG[row.layer],
        id=row.id if isinstance(row.id, UUID) else UUID(row.id),
        fid=row.fid,
        version=row.version,
        values=row.attributes,
        bbox=(bbox[0], bbox[1], bbox[2], bbox[3]) if len(bbox) == 4 else None,
        point=(point[0], point[1]) if len(point) == 2 else None,
        geometry=getattr(row, "geometry", None),
        distance=getattr(row, "distance", None),
    )


def _near(layer: Layer, scope: Scope) -> str:
    """What of one layer is within `reach` metres of a point, nearest first."""
    close = ":reach"
    if layer.geometry.is_area:
        close = "CASE WHEN ST_Area(geom) < :reach * :reach THEN :reach ELSE 0 END"
    here = "CAST(:here AS geometry)"
    return (
        f"SELECT {columns(layer.id, scope)}, geom <-> {here} AS distance FROM {layer.id}"
        f" WHERE geom && ST_Expand({here}, :reach) AND ST_DWithin(geom, {here}, {close})"
        f" ORDER BY distance LIMIT :limit"
    )


def _within(layer: Layer) -> str:
    """Which of one layer reach into a view, nearest first.

    The index gives the nearest in the box around the view; those few of them that miss the view itself,
    which is turned a little, go afterwards. Both at once would make the planner sort the whole layer.
    """
    nearest = (
        f"SELECT id, fid, geom, geom <-> CAST(:here AS geometry) AS distance FROM {layer.id}"
        f" WHERE geom && CAST(:view AS geometry) ORDER BY distance LIMIT :more"
    )
    return (
        f"SELECT '{layer.id}' AS layer, id, fid, distance FROM ({nearest}) AS nearest"
        f" WHERE ST_DWithin(geom, CAST(:view AS geometry), 0) ORDER BY distance LIMIT :limit"
    )


def _counted(layer: Layer) -> str:
    """How many of one layer reach into a view, of so many that its box met."""
    met = f"SELECT geom FROM {layer.id} WHERE geom && CAST(:view AS geometry) LIMIT :most"
    inside = "count(*) FILTER (WHERE ST_DWithin(geom, CAST(:view AS geometry), 0)) AS inside"
    return f"SELECT count(*) AS met, {inside} FROM ({met}) AS met"


def _rank(hit: Found) -> tuple[bool, int, int, float, int]:
    groups, catalog = list(Group), list(CATALOG)
    return (
        hit.layer.id != PARCEL,
        groups.index(hit.layer.group),
        catalog.index(hit.layer.id),
        hit.distance or 0,
        hit.fid,
    )


def _union(session: Session, parts: Sequence[str], values: Mapping[str, object]) -> Sequence[Any]:
    """The rows of several queries of one shape, in one round trip."""
    if not parts:
        return []
    return session.execute(text(" UNION ALL ".join(f"({part})" for part in parts)), values).all()


def _numbers(written: str | None) -> list[float]:
    """The numbers of ``BOX(1 2,3 4)`` or ``POINT(1 2)``; none of an empty geometry."""
    return [float(number) for number in re.findall(r"-?[\d.]+(?:e[-+]?\d+)?", written or "")]

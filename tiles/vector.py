"""How a vector tile is made: one statement that PostGIS answers with the finished bytes.

A `TileQuery` says what to fetch; `fetch` fetches it. The bytes depend on the data alone: features
in the order of their ids, no parallel plan (`app.db.make_engine`), no clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from layers.layer import Field, Kind, Layer
from tiles.grid import BUFFER, EXTENT, TileAddress
from tiles.scope import Scope

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"


@dataclass(frozen=True)
class TileQuery:
    """A statement that gives one `bytea`: the tile's layers one after another, empty without features."""

    sql: str


def tile_query(layers: Iterable[Layer], tile: TileAddress, scope: Scope) -> TileQuery:
    """The query of a tile with those of `layers` that its zoom shows and the scope sees.

    Names come from declarations and numbers from the grid, never from the request, so the text is
    built from them as literals: the planner then knows the envelope (a parameter would cost it).
    """
    shown = [layer for layer in layers if scope.sees(layer) and layer.minzoom <= tile.z <= layer.maxzoom]
    parts = [f"coalesce(({_layer_query(layer, tile, scope)}), '')" for layer in shown]
    return TileQuery(f"SELECT {' || '.join(parts) if parts else chr(39) * 2 + '::bytea'}")


def fetch(connection: Connection, query: TileQuery, timeout_ms: int) -> bytes:
    """The bytes of a tile. A query that takes longer than the time-out is cancelled by the database
    (`sqlalchemy.exc.DBAPIError`, SQLSTATE 57014); the setting ends with the transaction."""
    made = connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(timeout_ms)}; {query.sql}")
    return bytes(made.scalar_one())


def _layer_query(layer: Layer, tile: TileAddress, scope: Scope) -> str:
    """One layer of a tile.

    The index is asked for the envelope with its margin, so that what only touches the buffer is
    drawn on both sides of a seam. `ST_AsMVTGeom` drops what collapses below one unit, and PostGIS
    before 3.5 loses some polygons beyond that; whoever is lost though it reaches into the tile is
    drawn as one unit at a point inside it.
    """
    west, south, east, north = tile.bounds()
    envelope = f"ST_MakeEnvelope({west!r}, {south!r}, {east!r}, {north!r}, 3857)"
    wide = "ST_MakeEnvelope({!r}, {!r}, {!r}, {!r}, 3857)".format(*tile.bounds(BUFFER))
    columns = "".join(f", {_value(field)} AS {field.name}" for field in scope.fields(layer) if field.tile)
    shape = f"ST_AsMVTGeom(t.geom, {envelope}, {EXTENT}, {BUFFER}, true)"
    if layer.geometry.is_area:
        unit = tile.size / EXTENT
        inside = f"ST_PointOnSurface(ST_ClipByBox2D(t.geom, {wide}))"
        # Snapped to the middle of a unit, so that its corners fall on whole units.
        middle = f"{west + unit / 2!r}, {north + unit / 2!r}, {unit!r}, {unit!r}"
        dot = f"ST_Expand(ST_SnapToGrid({inside}, {middle}), {unit / 2!r})"
        shape = f"coalesce({shape}, ST_AsMVTGeom({dot}, {envelope}, {EXTENT}, {BUFFER}, true))"
    source = (
        f"{layer.id}_tile t JOIN {layer.id} f USING (fid)"
        if layer.owns_table
        else f"(SELECT *, legal_to_tile({layer.id}.geom) AS tile_geom FROM {layer.id}) f"
        f" CROSS JOIN LATERAL (SELECT f.tile_geom AS geom) t"
    )
    where = f"t.geom && {wide}"
    if not layer.owns_table:
        # The table has an index in the legal CRS only; the margin covers the turn between the two.
        where = f"f.geom && ST_Expand(mercator_to_legal({wide}), {tile.size / 100!r}) AND {where}"
    return (
        f"SELECT ST_AsMVT(q, '{layer.id}', {EXTENT}, 'geom', 'fid') FILTER (WHERE q.geom IS NOT NULL)"
        f" FROM (SELECT f.fid{columns}, {shape} AS geom FROM {source} WHERE {where} ORDER BY f.fid) q"
    )


def _value(field: Field) -> str:
    """A field as a tile can hold it: numbers, booleans and text; times as ISO 8601 text."""
    if field.kind in (Kind.DATE, Kind.TIMESTAMP):
        return f"f.{field.name}::text"
    return f"f.{field.name}"

"""The tables that follow from declarations, and the triggers that keep them together.

A layer `parcel` has three tables: ``parcel`` (current features), ``parcel_history`` (closed and
superseded ones, of the same shape) and ``parcel_tile`` (the Web Mercator geometry for tiles, by
integer id). Triggers write the last two in the transaction of the change, whoever makes it: the
application, psql or a desktop GIS.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from geoalchemy2 import Geometry as GeometryColumn
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.types import TypeEngine

from layers.crs import VN2000_CODES, LegalCRS, legal_crs
from layers.layer import Field, Indexed, Kind, Layer, Unique, ValidGeometry

COLUMNS = (
    "id",
    "fid",
    "version",
    "valid_from",
    "valid_to",
    "recorded_from",
    "recorded_to",
    "geom",
)
"""What every layer's tables have beside its fields.

`id` is permanent, opaque and never reused; `fid` is the same for tiles, which take integers only;
`version` counts changes; `valid_from` (inclusive) and `valid_to` (exclusive) are calendar dates of
the world, `recorded_from` and `recorded_to` instants of the database; `geom` is in the legal CRS.
"""

_TYPES: dict[Kind, TypeEngine[Any]] = {
    Kind.TEXT: Text(),
    Kind.CODE: Text(),
    Kind.INTEGER: Integer(),
    Kind.NUMBER: Double(),
    Kind.BOOLEAN: Boolean(),
    Kind.DATE: Date(),
    Kind.TIMESTAMP: DateTime(timezone=True),
}


@dataclass(frozen=True)
class LayerTables:
    """The tables of one layer; those of a layer over somebody else's table have no history and tiles."""

    current: Table
    history: Table | None = None
    tile: Table | None = None


def build_tables(
    catalog: Mapping[str, Layer], crs: LegalCRS, metadata: MetaData
) -> Mapping[str, LayerTables]:
    """Add the tables of all layers to `metadata`, their geometry in `crs`, and return them by id.

    Tables that exist already carry ``info={"owned": False}``, so that migrations pass them over.
    """
    return {layer.id: _tables(layer, crs, metadata) for layer in catalog.values()}


def _tables(layer: Layer, crs: LegalCRS, metadata: MetaData) -> LayerTables:
    if not layer.owns_table:
        columns = [*_identity(key=True), *_attributes(layer), _geometry(layer, crs)]
        return LayerTables(Table(layer.id, metadata, *columns, info={"owned": False}))
    current = Table(
        layer.id,
        metadata,
        *_identity(key=True),
        *_attributes(layer),
        _geometry(layer, crs),
        *_checks(layer),
    )
    _add_indexes(layer, current)
    history = Table(
        f"{layer.id}_history",
        metadata,
        *_identity(key=False),
        *_attributes(layer),
        _geometry(layer, crs),
    )
    Index(f"ix_{layer.id}_history_geom", history.c.geom, postgresql_using="gist")
    Index(f"ix_{layer.id}_history_fid", history.c.fid)
    _add_lookups(layer, current)
    _add_lookups(layer, history)
    tile = Table(
        f"{layer.id}_tile",
        metadata,
        Column("fid", BigInteger, primary_key=True, autoincrement=False),
        Column("geom", GeometryColumn("GEOMETRY", srid=3857, spatial_index=False), nullable=False),
    )
    Index(f"ix_{layer.id}_tile_geom", tile.c.geom, postgresql_using="gist")
    return LayerTables(current, history, tile)


def _identity(*, key: bool) -> Iterator[Column[Any]]:
    """The columns of identity and time; in a history table the key is (id, version)."""
    new_id = text("gen_random_uuid()") if key else None
    yield Column("id", Uuid, primary_key=True, server_default=new_id)
    yield Column("fid", BigInteger, *([Identity(always=False)] if key else []), nullable=False, unique=key)
    yield Column(
        "version", Integer, nullable=False, primary_key=not key, server_default=text("1"),
        autoincrement=False,
    )  # fmt: skip
    yield Column("valid_from", Date, nullable=False, server_default=text("CURRENT_DATE"))
    yield Column("valid_to", Date)
    moment = DateTime(timezone=True)
    yield Column("recorded_from", moment, nullable=False, server_default=text("now()"))
    yield Column("recorded_to", moment)


def _attributes(layer: Layer) -> Iterator[Column[Any]]:
    for field in layer.fields:
        yield Column(field.name, _TYPES[field.kind], nullable=not field.required)


def _geometry(layer: Layer, crs: LegalCRS) -> Column[Any]:
    type_ = GeometryColumn(layer.geometry.postgis, srid=crs.srid, spatial_index=False)
    return Column("geom", type_, nullable=False)


def _checks(layer: Layer) -> Iterator[CheckConstraint]:
    """Checks from code lists, ranges and constraints. Their names carry a hash of what they say, so
    that a changed declaration shows as a difference between declarations and database."""
    for field in layer.fields:
        for rule in _field_rules(field):
            yield _named(layer, field.name, rule)
    if any(isinstance(one, ValidGeometry) for one in layer.constraints):
        yield _named(layer, "geom", "ST_IsValid(geom) AND NOT ST_IsEmpty(geom)")
    yield _named(layer, "validity", "valid_to > valid_from")


def _field_rules(field: Field) -> Iterator[str]:
    if field.code_list:
        codes = ", ".join(f"'{code.code}'" for code in field.code_list.codes)
        yield f"{field.name} IN ({codes})"
    bounds = [(">=", field.minimum), ("<=", field.maximum)]
    said = [f"{field.name} {sign} {bound:g}" for sign, bound in bounds if bound is not None]
    if said:
        yield " AND ".join(said)
    if field.kind is Kind.TEXT and field.required:
        yield f"{field.name} <> ''"


def _named(layer: Layer, subject: str, rule: str) -> CheckConstraint:
    mark = hashlib.sha256(rule.encode()).hexdigest()[:8]
    return CheckConstraint(rule, name=f"ck_{layer.id}_{subject}_{mark}")


def _add_indexes(layer: Layer, table: Table) -> None:
    Index(f"ix_{layer.id}_geom", table.c.geom, postgresql_using="gist")
    for one in layer.constraints:
        if isinstance(one, Unique):
            columns = [table.c[name] for name in one.fields]
            Index(f"uq_{layer.id}_{'_'.join(one.fields)}", *columns, unique=True)
    for field in layer.fields:
        if field.search and field.kind is Kind.TEXT:
            # Trigrams of the folded text serve "contains" and misspellings alike.
            Index(
                f"ix_{layer.id}_{field.name}_search",
                func.fold(table.c[field.name]).label("folded"),
                postgresql_using="gin",
                postgresql_ops={"folded": "gin_trgm_ops"},
            )


def _add_lookups(layer: Layer, table: Table) -> None:
    for one in layer.constraints:
        if isinstance(one, Indexed):
            Index(f"ix_{table.name}_{'_'.join(one.fields)}", *(table.c[name] for name in one.fields))


def trigger_statements(layer: Layer, tables: LayerTables) -> Iterator[str]:
    """The statements that (re)create the triggers of a layer; they may be run any number of times.

    Row trigger before UPDATE: identity stays, the version counts up. Statement triggers with
    transition tables after INSERT, UPDATE and DELETE: old rows go to the history, tile geometry
    follows. One before TRUNCATE does the same for all rows.
    """
    if tables.history is None or tables.tile is None:
        return
    name = layer.id
    columns = [column.name for column in tables.history.columns]
    listed = ", ".join(columns)
    gone = _closed(columns, "old_rows", "NULLIF(current_setting('diaba.valid_on', true), '')::date")
    changed = _closed(columns, "old_rows", "new_rows.valid_from")
    yield f"""
CREATE OR REPLACE FUNCTION {name}_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    INSERT INTO {name}_history ({listed}) SELECT {gone} FROM {name} AS old_rows;
    TRUNCATE {name}_tile;
    RETURN NULL;
  END IF;
  IF TG_OP = 'DELETE' THEN
    INSERT INTO {name}_history ({listed}) SELECT {gone} FROM old_rows;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    INSERT INTO {name}_history ({listed}) SELECT {changed} FROM old_rows JOIN new_rows USING (id);
  END IF;
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM {name}_tile USING old_rows WHERE {name}_tile.fid = old_rows.fid;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO {name}_tile (fid, geom) SELECT fid, legal_to_tile(geom) FROM new_rows;
  END IF;
  RETURN NULL;
END $$"""
    yield _trigger(name, "counted", "BEFORE UPDATE", "FOR EACH ROW", "count_version")
    for event, transition in (
        ("INSERT", "REFERENCING NEW TABLE AS new_rows"),
        ("UPDATE", "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"),
        ("DELETE", "REFERENCING OLD TABLE AS old_rows"),
    ):
        yield _trigger(name, event.lower(), f"AFTER {event}", transition, f"{name}_written")
    yield _trigger(name, "truncate", "BEFORE TRUNCATE", "", f"{name}_written")


def _closed(columns: list[str], rows: str, until: str) -> str:
    """The columns of rows that go to the history: recorded until now, and valid until the given day at
    the latest (today where there is none). What begins on that day or later was never valid."""
    said = {
        "recorded_to": "now()",
        "valid_to": f"GREATEST({rows}.valid_from, LEAST({rows}.valid_to, COALESCE({until}, CURRENT_DATE)))",
    }
    return ", ".join(said.get(column, f"{rows}.{column}") for column in columns)


def _trigger(table: str, name: str, when: str, how: str, function: str) -> str:
    """A trigger; without ``FOR EACH ROW`` it is one for each statement."""
    return f"CREATE OR REPLACE TRIGGER {table}_{name} {when} ON {table} {how} EXECUTE FUNCTION {function}()"


def ground_statements(crs: LegalCRS) -> Iterator[str]:
    """What must be in a database before any layer: extensions, CRS rows and the functions named here.

    ``legal_to_wgs84``, ``wgs84_to_legal``, ``legal_to_mercator`` and ``mercator_to_legal`` are the
    only way between the legal CRS and the others. ``fold`` makes text comparable without case and
    diacritics (đ = d, NFC = NFD).
    """
    yield "CREATE EXTENSION IF NOT EXISTS postgis"
    yield "CREATE EXTENSION IF NOT EXISTS pg_trgm"
    for epsg in sorted({*VN2000_CODES, crs.epsg}):
        # PostGIS ships some of the VN-2000 zones only.
        public = legal_crs(epsg)
        yield f"""
INSERT INTO spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text)
VALUES ({epsg}, 'EPSG', {epsg}, '{public.public.to_wkt("WKT1_GDAL")}', '{public.proj4}')
ON CONFLICT (srid) DO NOTHING"""
    private = crs.private_srid
    yield f"""
INSERT INTO spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text)
VALUES ({private}, 'diaba', {private}, '', '{crs.proj4}')
ON CONFLICT (srid) DO UPDATE SET proj4text = excluded.proj4text"""
    for function, source, target in (
        ("legal_to_wgs84", private, 4326),
        ("legal_to_mercator", private, 3857),
    ):
        yield f"""
CREATE OR REPLACE FUNCTION {function}(geometry) RETURNS geometry
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT ST_Transform(ST_SetSRID($1, {source}), {target})'"""
    for function, source in (("wgs84_to_legal", 4326), ("mercator_to_legal", 3857)):
        yield f"""
CREATE OR REPLACE FUNCTION {function}(geometry) RETURNS geometry
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT ST_SetSRID(ST_Transform(ST_SetSRID($1, {source}), {private}), {crs.srid})'"""
    # Tiles are for looking at: there an invalid shape is mended, so that it cannot break its tile.
    yield """
CREATE OR REPLACE FUNCTION legal_to_tile(geometry) RETURNS geometry
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN ST_IsValid($1) THEN legal_to_mercator($1)
    ELSE ST_CollectionExtract(ST_MakeValid(legal_to_mercator($1)), ST_Dimension($1) + 1) END $$"""
    yield r"""
CREATE OR REPLACE FUNCTION fold(text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT translate(lower(regexp_replace(normalize($1, NFD), '[\u0300-\u036f]', '', 'g')), 'đ', 'd') $$"""
    yield """
CREATE OR REPLACE FUNCTION count_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.id := OLD.id;
  NEW.fid := OLD.fid;
  NEW.version := OLD.version + 1;
  NEW.recorded_from := now();
  NEW.recorded_to := NULL;
  RETURN NEW;
END $$"""

"""The catalogue as the viewer reads it: layers, fields, codes, legends, styles and where to start."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.db import crs_of
from app.features.models import DataSource
from app.features.sources import feature_counts
from app.maps.extent import extent
from app.maps.styles import Json, Translate, tile_path
from layers import CATALOG
from layers.basemaps import BASEMAPS
from layers.codes import CODE_LISTS, CodeList
from layers.layer import THEMES, Field, Layer
from layers.presets import STYLES
from layers.style import MOTIFS, Label, LegendEntry, legend
from tiles.scope import Scope


@cache
def declarations_hash() -> str:
    """A short hash of everything declared; it changes when a layer, a style or a code list does."""
    said = repr((tuple(CATALOG.values()), BASEMAPS, STYLES, tuple(CODE_LISTS.values())))
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def catalogue(session: Session, scope: Scope, *, site_name: str, translate: Translate) -> Json:
    """Everything of the catalogue that this scope sees."""
    layers = scope.layers(CATALOG.values())
    sources = {one.layer: one for one in session.scalars(select(DataSource))}
    counts = feature_counts(session)
    crs = crs_of(session)
    used = {field.codes for layer in layers for field in scope.fields(layer) if field.codes}
    return {
        "name": site_name,
        "version": declarations_hash(),
        "scope": scope.name,
        "view": _start(session, layers, counts),
        "crs": {
            "code": crs.code,
            "name": crs.name,
            "meridian": crs.meridian,
            "proj4": crs.proj4,
            "bounds": list(crs.bounds),
            "axes": "north_east",
        },
        "styles": [{"id": one.id, "title": translate(one.title)} for one in STYLES],
        "basemaps": [{"id": one.id, "title": translate(one.title)} for one in BASEMAPS],
        "themes": [{"id": key, "title": translate(title)} for key, title in THEMES.items()],
        "motifs": {name: asdict(motif) for name, motif in MOTIFS.items()},
        "layers": [
            _layer(layer, scope, sources.get(layer.id), counts.get(layer.id), translate) for layer in layers
        ],
        "codes": {name: _codes(CODE_LISTS[name], translate) for name in sorted(used)},
    }


def _start(session: Session, layers: list[Layer], counts: Mapping[str, int]) -> Json:
    """Where the map begins: the commune with the most parcels, as the database's statistics have it;
    else where all parcels lie, else where anything does. `minzoom` is the lowest zoom at which the
    first ready-made map has something to show."""
    busiest = session.execute(
        text(
            "SELECT ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b) FROM (SELECT legal_to_wgs84("
            "ST_Envelope(c.geom)) b FROM pg_stats s JOIN commune c"
            " ON c.code = (s.most_common_vals::text::text[])[1]"
            " WHERE s.tablename = 'parcel' AND s.attname = 'commune_code' LIMIT 1) q"
        )
    ).one_or_none()
    parcels = [CATALOG["parcel"]] if counts.get("parcel") else layers
    shown = [CATALOG[name].minzoom for name in STYLES[0].layers if counts.get(name)]
    return {
        "bounds": list(busiest or extent(session, parcels)),
        "minzoom": min(shown, default=0),
    }


def _layer(
    layer: Layer, scope: Scope, source: DataSource | None, count: int | None, translate: Translate
) -> Json:
    label = next((one.text for one in layer.style if isinstance(one, Label)), None)
    return {
        "id": layer.id,
        "title": translate(layer.title),
        "description": translate(layer.description) if layer.description else "",
        "theme": layer.theme,
        "geometry": layer.geometry.value,
        "minzoom": layer.minzoom,
        "maxzoom": layer.maxzoom,
        "attribution": translate(source.attribution if source else layer.attribution),
        "note": translate(source.note) if source and source.note else None,
        "synthetic": bool(source and source.synthetic),
        "internal": layer.view is not None,
        "label": label,
        "count": count,
        "updated": source.data_date.isoformat() if source and source.data_date else None,
        "tiles": tile_path([layer], scope),
        "fields": [_field(field, translate) for field in scope.fields(layer)],
        "legend": [_legend(one, translate) for one in legend(layer.title, layer.style)],
        "page": f"/layers/{layer.id}",
    }


def _field(field: Field, translate: Translate) -> Json:
    return {
        "name": field.name,
        "kind": field.kind.value,
        "label": translate(field.label),
        "unit": translate(field.unit) if field.unit else None,
        "tile": field.tile,
        "codes": field.codes,
    }


def _legend(entry: LegendEntry, translate: Translate) -> Json:
    """`value` is the one code of an entry, `values` all of them."""
    said: dict[str, Any] = asdict(entry)
    said["label"] = translate(entry.label)
    said["value"] = entry.values[0] if len(entry.values) == 1 else None
    return said


def _codes(codes: CodeList, translate: Translate) -> Json:
    return {
        code.code: {
            "label": translate(code.name),
            "color": code.color or None,
            "motif": code.motif or None,
            "symbol": code.symbol or None,
            "successor": code.successor or None,
        }
        for code in codes.codes
    }

"""MapLibre styles and TileJSON from the catalogue."""

from collections.abc import Callable, Iterable
from typing import Any

from layers import CATALOG
from layers.basemaps import BASEMAPS, Basemap
from layers.layer import Field, Kind, Layer
from layers.presets import MapStyle
from layers.style import style_layers
from tiles.scope import PUBLIC, Scope

Json = dict[str, Any]
Translate = Callable[[str], str]
Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

_PHASES = {"fill": 0, "line": 1, "circle": 2, "symbol": 3}
BASE = "base"
"""The source of the basemap; the others are called as the theme whose layers they carry."""


def tile_path(layers: Iterable[Layer], scope: Scope) -> str:
    """The address of tiles with these layers, with {z}, {x} and {y} open."""
    ids = ",".join(layer.id for layer in layers)
    prefix = "/tiles/" if scope == PUBLIC else f"/tiles/@{scope.name}/"
    return f"{prefix}{ids}/{{z}}/{{x}}/{{y}}.mvt"


def zoom_range(layers: Iterable[Layer]) -> tuple[int, int]:
    """The lowest and highest zoom at which one of the layers has tiles."""
    known = list(layers)
    return min(one.minzoom for one in known), max(one.maxzoom for one in known)


def tilejson(layers: list[Layer], scope: Scope, bounds: Bounds, *, root: str, translate: Translate) -> Json:
    """The TileJSON 3.0.0 document of one or several layers. `root` is the service's public address."""
    lowest, highest = zoom_range(layers)
    west, south, east, north = bounds
    return {
        "tilejson": "3.0.0",
        "name": ", ".join(translate(layer.title) for layer in layers),
        "scheme": "xyz",
        "tiles": [root + tile_path(layers, scope)],
        "minzoom": lowest,
        "maxzoom": highest,
        "bounds": list(bounds),
        "center": [(west + east) / 2, (south + north) / 2, max(lowest, min(highest, 14))],
        "attribution": " · ".join(dict.fromkeys(translate(layer.attribution) for layer in layers)),
        "vector_layers": [
            {
                "id": layer.id,
                "description": translate(layer.description or layer.title),
                "minzoom": layer.minzoom,
                "maxzoom": layer.maxzoom,
                "fields": {
                    field.name: _field_note(field, translate) for field in scope.fields(layer) if field.tile
                },
            }
            for layer in layers
        ],
    }


def _field_note(field: Field, translate: Translate) -> str:
    type_ = {Kind.INTEGER: "Number", Kind.NUMBER: "Number", Kind.BOOLEAN: "Boolean"}
    return f"{type_.get(field.kind, 'String')}: {translate(field.label)}"


def map_style(
    style: MapStyle, basemap: Basemap, scope: Scope, bounds: Bounds, *, root: str, translate: Translate
) -> Json:
    """A MapLibre style (version 8) with every layer that the scope sees, those of `style` visible.

    There is one source for each theme, whose tiles carry the theme's visible layers together, and
    one for the basemap. Labels need no glyph server: the reader's browser draws them with a font of
    the page. Images are named ``motif:…`` and ``icon:…``; the viewer makes them when asked.
    """
    seen = scope.layers(CATALOG.values())
    shown = [layer for layer in seen if layer.id in style.layers]
    drawn = [_basemap_layer(one, number) for number, one in enumerate(_basemap(basemap, scope))]
    themed = [
        one if layer.id not in style.outlined or one["type"] != "fill" else _outlined(one)
        for layer in seen
        for one in _theme_layers(layer, visible=layer in shown)
    ]
    themed.sort(key=lambda one: _PHASES[one["type"]])
    return {
        "version": 8,
        "name": translate(style.title),
        "metadata": {
            "diaba:style": style.id,
            "diaba:basemap": basemap.id,
            "diaba:layers": [layer.id for layer in shown],
        },
        "center": [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2],
        "zoom": 14,
        "sources": _sources(seen, shown, scope, root=root, translate=translate),
        "layers": [
            {"id": "background", "type": "background", "paint": {"background-color": basemap.land}},
            *drawn,
            *themed,
        ],
    }


def _basemap(basemap: Basemap, scope: Scope) -> list[Json]:
    return [
        one
        for layer_id, symbolizers in basemap.symbolizers()
        if scope.sees(CATALOG[layer_id])
        for one in style_layers(layer_id, symbolizers, BASE)
    ]


def _basemap_layer(one: Json, number: int) -> Json:
    metadata = {"diaba:layer": one["source-layer"], "diaba:role": "base"}
    return one | {"id": f"{BASE}:{number}", "metadata": metadata}


def _theme_layers(layer: Layer, *, visible: bool) -> list[Json]:
    made = style_layers(layer.id, layer.style, layer.theme)
    if visible:
        return made
    return [one | {"layout": {**one.get("layout", {}), "visibility": "none"}} for one in made]


def _outlined(one: Json) -> Json:
    """A fill that this style leaves out whatever the reader switches on."""
    layout = one.get("layout", {}) | {"visibility": "none"}
    return one | {"layout": layout, "metadata": one["metadata"] | {"diaba:outlined": True}}


def _sources(seen: list[Layer], shown: list[Layer], scope: Scope, *, root: str, translate: Translate) -> Json:
    """A theme without a visible layer still has its source: its tiles carry all of the theme."""
    themes = dict.fromkeys(layer.theme for layer in seen)
    grouped = {
        theme: [layer for layer in shown if layer.theme == theme]
        or [layer for layer in seen if layer.theme == theme]
        for theme in themes
    }
    base_ids = {layer_id for layer_id, _ in BASEMAPS[0].symbolizers()}
    grouped[BASE] = [layer for layer in seen if layer.id in base_ids]
    sources: Json = {}
    for source, layers in grouped.items():
        lowest, highest = zoom_range(layers)
        sources[source] = {
            "type": "vector",
            "tiles": [root + tile_path(layers, scope)],
            "minzoom": lowest,
            # Beyond this zoom the browser enlarges tiles: 4,096 units are 15 cm each there.
            "maxzoom": min(highest, 16),
            "attribution": " · ".join(dict.fromkeys(translate(layer.attribution) for layer in layers)),
        }
    return sources

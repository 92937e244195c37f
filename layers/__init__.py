"""What exists: the catalogue of layers, gathered from the modules of this package.

The order of the catalogue is the order in which layers are drawn, areas below lines below points,
and the order in which they stand in a tile.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from layers.layer import THEMES, Geometry, Layer


def _order(layer: Layer) -> tuple[int, int]:
    shape = 0 if layer.geometry.is_area else 1 if layer.geometry is Geometry.LINE else 2
    return (shape, list(THEMES).index(layer.theme))


def gather(modules: Mapping[str, tuple[Layer, ...]]) -> Mapping[str, Layer]:
    """The catalogue made of the `LAYERS` of modules, by id. ValueError when an id stands twice."""
    catalog: dict[str, Layer] = {}
    for module, layers in modules.items():
        for layer in layers:
            if layer.id in catalog:
                raise ValueError(f"{module}: the layer id {layer.id!r} is taken already")
            catalog[layer.id] = layer
    return MappingProxyType({layer.id: layer for layer in sorted(catalog.values(), key=_order)})


CATALOG: Mapping[str, Layer] = gather(
    {
        found.name: getattr(importlib.import_module(f"{__name__}.{found.name}"), "LAYERS", ())
        for found in pkgutil.iter_modules(__path__)
    }
)

"""What a reader may see, as a value: a name for addresses and caches, and the permissions behind it."""

from collections.abc import Iterable
from dataclasses import dataclass

from layers.layer import Field, Layer


@dataclass(frozen=True)
class Scope:
    """A set of permissions that concern seeing. Everything that leaves the product passes through it.

    `name` stands in tile addresses; readers with the same permissions share a scope.
    """

    name: str
    permissions: frozenset[str] = frozenset()

    def sees(self, layer: Layer) -> bool:
        """Whether the layer exists for this reader; one that does not is answered with 404."""
        return layer.view is None or layer.view in self.permissions

    def fields(self, layer: Layer) -> tuple[Field, ...]:
        """The fields of a layer that this reader may see."""
        return tuple(field for field in layer.fields if field.view is None or field.view in self.permissions)

    def layers(self, catalog: Iterable[Layer]) -> list[Layer]:
        """The layers that this reader sees, in their order."""
        return [layer for layer in catalog if self.sees(layer)]


PUBLIC = Scope("public")
"""What everybody sees, signed in or not."""

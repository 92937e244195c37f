"""Features of one layer on their way into its table, column by column."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Areas = npt.NDArray[np.object_]
"""An array of geometries in the legal CRS."""


@dataclass(frozen=True)
class Rows:
    """Features of one layer: their geometries and, for each field that is set, as many values.

    A value is text, a number, a date, a timestamp with zone, a boolean or None.
    """

    layer: str
    geometry: Areas
    columns: Mapping[str, Sequence[object]]

    def __len__(self) -> int:
        return len(self.geometry)


def rows_of(layer: str, records: Iterable[tuple[object, Mapping[str, object]]]) -> Rows | None:
    """Rows from single features, each a geometry and its values; None when there are none."""
    listed = list(records)
    if not listed:
        return None
    geometry = np.empty(len(listed), dtype=object)
    geometry[:] = [shape for shape, _ in listed]
    names = dict.fromkeys(name for _, values in listed for name in values)
    return Rows(layer, geometry, {name: [values.get(name) for _, values in listed] for name in names})

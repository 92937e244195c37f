"""One batch of rows on its way from the file to the database: checked, mapped, written as COPY text."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import shapely

from app.transfer.geometries import Examined, Problem
from app.transfer.mapping import Rejected, Slot, Value, read
from app.transfer.projection import Projection
from layers.layer import Layer

Columns = Sequence[Sequence[object]]
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


@dataclass(kw_only=True)
class Batch:
    """What became of some rows of a file.

    `copy` is text for ``COPY … FROM STDIN``: the row's number in the file (from 1), the fields in the
    order of the slots, the geometry as hex EWKB. `rejected` are row numbers with their problem;
    `emptied` counts codes that are in no list, by (field, value).
    """

    read: int
    accepted: int
    copy: str
    rejected: list[tuple[int, Problem]]
    notes: Counter[str]
    emptied: Counter[tuple[str, str]]


@dataclass(frozen=True)
class Checker:
    """What rows are checked against and turned into."""

    layer: Layer
    projection: Projection
    slots: tuple[Slot, ...]

    def check(self, columns: Columns, wkb: Sequence[bytes | None], *, first: int) -> Batch:
        """Check rows, the first of which is number `first` of its file; columns stand side by side."""
        examined = Examined(wkb, self.layer.geometry, self.projection)
        emptied: Counter[tuple[str, str]] = Counter()
        fields = [_values(slot, columns, examined, emptied) for slot in self.slots]
        rows = examined.rows
        shapes = shapely.set_srid(examined.shapes[rows], self.projection.legal.srid)
        hexes = shapely.to_wkb(shapes, hex=True, include_srid=True)
        lines = (
            "\t".join((str(first + row), *(_copied(values[row]) for values in fields), shape))
            for row, shape in zip(rows.tolist(), hexes.tolist(), strict=True)
        )
        return Batch(
            read=len(wkb),
            accepted=len(rows),
            copy="".join(f"{line}\n" for line in lines),
            rejected=[(first + row, problem) for row, problem in sorted(examined.problems.items())],
            notes=examined.notes,
            emptied=emptied,
        )


def _values(
    slot: Slot, columns: Columns, examined: Examined, emptied: Counter[tuple[str, str]]
) -> dict[int, Value]:
    """The values of one field for the rows that are still in; takes out those that do not fit.

    A code that is in no list leaves an optional field empty, and is counted: the shape and the other
    fields are worth having, and the report says which codes to map.
    """
    rows = examined.rows.tolist()
    found: dict[int, Value] = {}
    for row, given in zip(rows, slot.values(columns, rows), strict=True):
        try:
            found[row] = read(slot.target, given)
        except Rejected as error:
            problem = error.problem
            if problem.code == "code_unknown" and not slot.target.required:
                emptied[slot.target.name, str(problem.values["value"])] += 1
                found[row] = None
            else:
                examined.refuse(row, problem)
    return found


def _copied(value: Value) -> str:
    """A value as COPY's text format writes it."""
    if value is None:
        return r"\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    return value.isoformat() if isinstance(value, date) else str(value)

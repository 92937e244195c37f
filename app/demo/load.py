"""Rows into their tables by COPY, in the transaction of a session."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from itertools import chain

import numpy as np
import shapely
from sqlalchemy import Table, text
from sqlalchemy.orm import Session

from app.db import crs_of, tables_of
from app.demo.rows import Rows

NULL = r"\N"
CHUNK = 20_000
"""Rows of a layer that are gathered before they are sent."""

DATA_DATE = date(2025, 7, 1)
"""The day as of which the demo is valid."""


@dataclass
class Loader:
    """Sends rows to the database and counts them. Ids follow from `seed`, layer and order alone."""

    session: Session
    seed: int
    progress: Callable[[str, int], None]
    counts: dict[str, int] = field(default_factory=dict)
    _waiting: dict[str, list[Rows]] = field(default_factory=dict)
    _ids: dict[str, np.random.Generator] = field(default_factory=dict)

    def add(self, rows: Rows | None) -> None:
        """Take rows; they are sent when enough of their layer have come together."""
        if rows is None:
            return
        waiting = self._waiting.setdefault(rows.layer, [])
        waiting.append(rows)
        if sum(map(len, waiting)) >= CHUNK:
            self._send(rows.layer)

    def finish(self) -> None:
        """Send what is left."""
        for layer in list(self._waiting):
            self._send(layer)

    @contextmanager
    def indexes_afterwards(self) -> Iterator[None]:
        """Drop the indexes of all layers that do not keep anything unique, and build them at the end.

        An index built over all rows at once costs a third of one that grows row by row. The price:
        readers of these tables wait for the end of the transaction.
        """
        names = [
            table.name
            for tables in tables_of(self.session).values()
            for table in (tables.current, tables.history, tables.tile)
            if tables.history is not None and table is not None
        ]
        found = self.session.execute(
            text(
                "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
                " WHERE NOT indisunique AND indrelid = ANY (CAST(:names AS regclass[])) ORDER BY 1"
            ),
            {"names": names},
        ).all()
        for name, _ in found:
            self.session.execute(text(f"DROP INDEX {name}"))
        yield
        self.session.execute(text("SET LOCAL maintenance_work_mem = '256MB'"))
        for name, definition in found:
            self.progress(name, 0)
            self.session.connection().exec_driver_sql(definition)

    def copy(self, table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
        """COPY lines, whose values stand between tabs, into a table."""
        cursor = self.session.connection().connection.cursor()
        statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        cursor.copy_expert(statement, StringIO("".join(lines)), size=1 << 16)

    def _send(self, layer: str) -> None:
        waiting = self._waiting.pop(layer)
        table, names = self._table(layer), self._names(layer, waiting)
        self.copy(table.name, names, chain.from_iterable(self._lines(rows, names) for rows in waiting))
        self.counts[layer] = self.counts.get(layer, 0) + sum(map(len, waiting))
        self.progress(layer, self.counts[layer])

    def _names(self, layer: str, waiting: Sequence[Rows]) -> list[str]:
        """The columns that these rows set, in the table's order."""
        given = {"id", "valid_from", "geom", *(name for rows in waiting for name in rows.columns)}
        return [column.name for column in self._table(layer).columns if column.name in given]

    def _table(self, layer: str) -> Table:
        tables = tables_of(self.session)
        name = layer.removesuffix("_history")
        history = tables[name].history
        return history if history is not None and layer != name else tables[name].current

    def _lines(self, rows: Rows, names: Sequence[str]) -> Iterator[str]:
        srid, count = crs_of(self.session).srid, len(rows)
        made: dict[str, Iterable[str]] = {
            "id": self.ids(rows.layer, count),
            "valid_from": [DATA_DATE.isoformat()] * count,
            "geom": shapely.to_wkb(
                shapely.set_srid(rows.geometry, srid), hex=True, include_srid=True
            ).tolist(),
        }
        columns = [
            map(_text, rows.columns[name]) if name in rows.columns else made.get(name, [NULL] * count)
            for name in names
        ]
        for values in zip(*columns, strict=True):
            yield "\t".join(values) + "\n"

    def ids(self, layer: str, count: int) -> list[str]:
        """The next permanent ids of a layer: random ones (UUID version 4) that follow from the seed."""
        key = list(layer.encode())
        rng = self._ids.setdefault(layer, np.random.default_rng([self.seed, *key]))
        octets = rng.integers(0, 256, (count, 16), dtype=np.uint8)
        octets[:, 6] = octets[:, 6] & 0x0F | 0x40
        octets[:, 8] = octets[:, 8] & 0x3F | 0x80
        digits = octets.tobytes().hex()
        return [digits[place : place + 32] for place in range(0, 32 * count, 32)]


def _text(value: object) -> str:
    """A value as COPY reads it. The demo's texts have neither tabs nor line ends nor backslashes."""
    if isinstance(value, str):
        return value
    if value is None:
        return NULL
    if isinstance(value, date):
        return value.isoformat()
    return str(value)

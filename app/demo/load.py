"""Rows into their tables by COPY, in the transaction of a session."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from itertools import chain, repeat
from typing import Self

import numpy as np
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import crs_of, tables_of
from app.demo.rows import Areas, Rows

NULL = r"\N"
CHUNK = 20_000
"""Rows of a layer that are gathered before they are sent."""

DATA_DATE = date(2025, 7, 1)
"""The day as of which the demo is valid."""


class Loader:
    """Sends rows to the database and counts them. Ids follow from `seed`, layer and order alone.

    One piece is sent in a thread of its own while the next one is being made. Use it with `with`,
    and the session not at all before `finish` has returned.
    """

    def __init__(self, session: Session, seed: int, progress: Callable[[str, int], None]):
        self.counts: dict[str, int] = {}
        self._progress = progress
        self._session, self._seed = session, seed
        self._tables = {
            table.name: table
            for tables in tables_of(session).values()
            for table in (tables.current, tables.history)
            if table is not None
        }
        self._srid = crs_of(session).srid
        self._waiting: dict[str, list[Rows]] = {}
        self._ids: dict[str, np.random.Generator] = {}
        self._sender = ThreadPoolExecutor(max_workers=1)
        self._sending: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sender.shutdown()

    def add(self, rows: Rows) -> None:
        """Take rows; they are sent when enough of their layer have come together."""
        waiting = self._waiting.setdefault(rows.layer, [])
        waiting.append(rows)
        if sum(map(len, waiting)) >= CHUNK:
            self._send(rows.layer)

    def finish(self) -> None:
        """Send what is left, and wait until all has arrived."""
        for layer in list(self._waiting):
            self._send(layer)
        self._wait()

    @contextmanager
    def indexes_afterwards(self) -> Iterator[None]:
        """Drop the indexes of all layers that do not keep anything unique, and build them at the end.

        An index built over all rows at once costs a third of one that grows row by row. The price:
        readers of these tables wait for the end of the transaction.
        """
        names = [
            table.name
            for tables in tables_of(self._session).values()
            for table in (tables.current, tables.history, tables.tile)
            if tables.history is not None and table is not None
        ]
        found = self._session.execute(
            text(
                "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
                " WHERE NOT indisunique AND indrelid = ANY (CAST(:names AS regclass[])) ORDER BY 1"
            ),
            {"names": names},
        ).all()
        for name, _ in found:
            self._session.execute(text(f"DROP INDEX {name}"))
        yield
        self._session.execute(text("SET LOCAL maintenance_work_mem = '256MB'"))
        self._progress("indexes", len(found))
        for _, definition in found:
            self._session.connection().exec_driver_sql(definition)

    def copy(self, table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
        """COPY lines, whose values stand between tabs, into a table, after what is being sent."""
        file = BytesIO("\n".join(lines).encode())
        statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        cursor = self._session.connection().connection.cursor()
        self._wait()
        self._sending = self._sender.submit(cursor.copy_expert, statement, file, size=1 << 18)

    def _wait(self) -> None:
        if self._sending is not None:
            self._sending.result()

    def _send(self, layer: str) -> None:
        waiting = self._waiting.pop(layer)
        given = {"id", "valid_from", "geom", *(name for rows in waiting for name in rows.columns)}
        names = [column.name for column in self._tables[layer].columns if column.name in given]
        self.copy(layer, names, chain.from_iterable(self._lines(rows, names) for rows in waiting))
        self.counts[layer] = self.counts.get(layer, 0) + sum(map(len, waiting))
        self._progress(layer, self.counts[layer])

    def _lines(self, rows: Rows, names: Sequence[str]) -> Iterator[str]:
        made: dict[str, Iterable[str]] = {
            "id": self.ids(rows.layer, len(rows)),
            "valid_from": repeat(DATA_DATE.isoformat()),
            "geom": self._ewkb(rows.geometry),
        }
        columns = [
            [value if type(value) is str else _text(value) for value in rows.columns[name]]
            if name in rows.columns
            else made.get(name, repeat(NULL))
            for name in names
        ]
        return map("\t".join, zip(*columns, strict=False))

    def _ewkb(self, shapes: Areas) -> list[str]:
        """Geometries as PostGIS reads them: WKB in hexadecimal digits, the SRID put in by hand, which
        costs a tenth of what setting it on each geometry does."""
        mark = f"20{self._srid.to_bytes(4, 'little').hex()}"
        return [f"{wkb[:8]}{mark}{wkb[10:]}" for wkb in shapely.to_wkb(shapes, hex=True).tolist()]

    def ids(self, layer: str, count: int) -> list[str]:
        """The next permanent ids of a layer: random ones (UUID version 4) that follow from the seed."""
        key = list(layer.encode())
        rng = self._ids.setdefault(layer, np.random.default_rng([self._seed, *key]))
        octets = rng.integers(0, 256, (count, 16), dtype=np.uint8)
        octets[:, 6] = octets[:, 6] & 0x0F | 0x40
        octets[:, 8] = octets[:, 8] & 0x3F | 0x80
        digits = octets.tobytes().hex()
        return [digits[place : place + 32] for place in range(0, 32 * count, 32)]


def _text(value: object) -> str:
    """A value as COPY reads it. The demo's texts have neither tabs nor line ends nor backslashes."""
    if value is None:
        return NULL
    if isinstance(value, date):
        return value.isoformat()
    return str(value)

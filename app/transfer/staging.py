"""The temporary table in which imported rows wait: filled by COPY, freed of duplicates, emptied into a layer.

It has the layer's fields without its checks, and from the layer's sequence the integer id that each row
will keep; so an imported row can be told from those that were there.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from io import StringIO

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.layer import Layer, Unique

Box = tuple[float, float, float, float]

CHUNK = 20_000
"""Rows of one statement: few enough to show progress and to be interrupted."""


@dataclass(frozen=True)
class Duplicate:
    """A row whose key is taken: by an earlier row of the import, or else by a feature of the layer."""

    file: int
    row: int
    key: str
    first_file: int | None
    first_row: int | None


class Staging:
    """The table ``incoming`` of one import. It vanishes with the transaction."""

    def __init__(self, session: Session, layer: Layer) -> None:
        self._session = session
        self._layer = layer
        self._quote = session.get_bind().dialect.identifier_preparer.quote
        fields = ", ".join(self._quote(field.name) for field in layer.fields)
        self._fields = f"{fields}, geom"
        self._run("DROP TABLE IF EXISTS pg_temp.incoming")
        self._run(
            "CREATE TEMPORARY TABLE incoming ON COMMIT DROP AS "
            f"SELECT fid, 0 AS import_file, 0 AS import_row, valid_from, {self._fields} "
            f"FROM {layer.id} WHERE false"
        )
        self._run(
            f"ALTER TABLE incoming ADD PRIMARY KEY (fid), "
            f"ALTER fid SET DEFAULT nextval(pg_get_serial_sequence('{layer.id}', 'fid')), "
            f"ALTER valid_from SET DEFAULT CURRENT_DATE"
        )

    def _run(self, statement: str, **values: object) -> int:
        result = self._session.connection().execute(text(statement), values)
        return result.rowcount

    def begin_file(self, number: int) -> None:
        """The rows copied from now on are those of this file."""
        self._run(f"ALTER TABLE incoming ALTER import_file SET DEFAULT {number:d}")

    def copy(self, fields: tuple[str, ...], lines: str) -> None:
        """Add rows given as COPY text: row number, these fields, geometry."""
        columns = ", ".join(self._quote(field) for field in ("import_row", *fields, "geom"))
        with closing(self._session.connection().connection.cursor()) as cursor:
            cursor.copy_expert(f"COPY incoming ({columns}) FROM STDIN", StringIO(lines))

    def drop_duplicates(self, unique: Unique, *, replace: bool) -> Iterator[Duplicate]:
        """Take out the rows whose key is taken, and tell of each. The first of several stays.

        With `replace` the layer's own keys do not count, since its features will go.
        """
        keys = [self._quote(field) for field in unique.fields]
        listed = ", ".join(keys)
        same = " AND ".join(f"there.{key} = incoming.{key}" for key in keys)
        taken = "false" if replace else f"EXISTS (SELECT FROM {self._layer.id} there WHERE {same})"
        filled = " AND ".join(f"{key} IS NOT NULL" for key in keys)
        self._run("DROP TABLE IF EXISTS pg_temp.duplicates")
        self._run(f"""
CREATE TEMPORARY TABLE duplicates ON COMMIT DROP AS
SELECT fid, import_file, import_row, key,
       CASE WHEN taken THEN NULL ELSE first_file END AS first_file,
       CASE WHEN taken THEN NULL ELSE first_row END AS first_row
FROM (
  SELECT fid, import_file, import_row, concat_ws(' / ', {listed}) AS key,
         first_value(import_file) OVER of_one_key AS first_file,
         first_value(import_row) OVER of_one_key AS first_row,
         row_number() OVER of_one_key AS place,
         {taken} AS taken
  FROM incoming WHERE {filled}
  WINDOW of_one_key AS (PARTITION BY {listed} ORDER BY fid)
) keyed WHERE taken OR place > 1""")
        self._run("DELETE FROM incoming USING duplicates WHERE incoming.fid = duplicates.fid")
        query = text(
            "SELECT import_file, import_row, key, first_file, first_row FROM duplicates ORDER BY fid"
        )
        for row in self._session.execute(query, execution_options={"yield_per": 1_000}):
            yield Duplicate(*row)

    def bounds(self) -> Box | None:
        """The box around all rows in the legal CRS (W, S, E, N), None when there are none."""
        box = "(SELECT ST_Extent(geom) AS box FROM incoming) extent"
        query = f"SELECT ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box) FROM {box}"
        west, south, east, north = self._session.execute(text(query)).one()
        return None if west is None else (west, south, east, north)

    def chunks(self) -> Iterator[tuple[int, int]]:
        """Ranges of ids (both ends inclusive) that together hold all rows."""
        first, last = self._session.execute(text("SELECT min(fid), max(fid) FROM incoming")).one()
        if first is not None:
            for start in range(first, last + 1, CHUNK):
                yield start, min(start + CHUNK - 1, last)

    def empty_layer(self) -> int:
        """Take out what the layer holds; returns how many features that were."""
        return self._run(f"DELETE FROM {self._layer.id}")

    def insert(self, first: int, last: int) -> int:
        """Put the rows of a range of ids into the layer; returns how many."""
        columns = f"fid, valid_from, {self._fields}"
        return self._run(
            f"INSERT INTO {self._layer.id} ({columns}) SELECT {columns} FROM incoming "
            "WHERE fid BETWEEN :first AND :last ORDER BY fid",
            first=first,
            last=last,
        )

"""The file formats that can be imported, each recognised by its content.

To add one, write a function that looks at the file and returns a `Source`, and an entry in `FORMATS`.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import pyogrio

from app.transfer import archive, geojson, shapefiles
from app.transfer.sentences import Refusal
from app.transfer.sources import Asked, Opening, Source, choose


@dataclass(frozen=True, kw_only=True)
class Format:
    """One format. `recognises` gets the first 64 KiB; `parts` are the extensions that come along."""

    title: str
    extensions: tuple[str, ...]
    recognises: Callable[[bytes], bool]
    open: Callable[[Opening], Source]
    parts: tuple[str, ...] = ()


def open_geopackage(opening: Opening) -> Source:
    """A GeoPackage, whose layer must be a table: a view could call functions while it is read."""
    try:
        with closing(sqlite3.connect(f"{opening.path.as_uri()}?mode=ro", uri=True)) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            query = "SELECT table_name FROM gpkg_contents WHERE data_type = 'features'"
            chosen = choose(opening, [str(name) for (name,) in database.execute(query)])
            kind = database.execute(
                "SELECT type, sql FROM sqlite_master WHERE name = ?", (chosen,)
            ).fetchone()
            if kind is None or kind[0] != "table" or "virtual" in str(kind[1]).lower().split("(")[0]:
                raise Refusal("view_refused", name=opening.name, source=chosen)
            quoted = chosen.replace('"', '""')
            (total,) = database.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()
    except sqlite3.Error as error:
        raise Refusal("unreadable", name=opening.name, detail=str(error)) from error
    return Source(gdal=str(opening.path), layer=chosen, total=total)


def open_flatgeobuf(opening: Opening) -> Source:
    """FlatGeobuf, which holds one layer and its CRS."""
    choose(opening, [opening.path.stem])
    features = pyogrio.read_info(opening.path)["features"]
    return Source(gdal=str(opening.path), total=features if features > 0 else None)


FORMATS: tuple[Format, ...] = (
    Format(
        title="Shapefile (.shp, .zip)",
        extensions=(".shp",),
        parts=shapefiles.PARTS,
        recognises=lambda head: head.startswith(shapefiles.MAGIC),
        open=shapefiles.open_shapefile,
    ),
    Format(
        title="GeoPackage (.gpkg)",
        extensions=(".gpkg",),
        recognises=lambda head: head.startswith(b"SQLite format 3\0"),
        open=open_geopackage,
    ),
    Format(
        title="FlatGeobuf (.fgb)",
        extensions=(".fgb",),
        recognises=lambda head: head.startswith(b"fgb\x03fgb"),
        open=open_flatgeobuf,
    ),
    Format(
        title="TopoJSON (.topojson)",
        extensions=(".topojson",),
        recognises=geojson.is_topojson,
        open=geojson.open_topojson,
    ),
    Format(
        title="dvhcvn (.json)",
        extensions=(),
        recognises=geojson.is_dvhcvn,
        open=geojson.open_dvhcvn,
    ),
    Format(
        title="GeoJSON (.geojson, .json)",
        extensions=(".geojson", ".json"),
        recognises=geojson.is_json,
        open=geojson.open_geojson,
    ),
)
_TITLES = ", ".join(format_.title for format_ in FORMATS)
_EXTENSIONS = {extension for format_ in FORMATS for extension in format_.extensions}
_PARTS = {part for format_ in FORMATS for part in format_.parts}


def open_source(path: Path, workdir: Path, asked: Asked) -> tuple[Format, Source]:
    """The format of a file (or of the one file inside a zip) and what GDAL may open.

    `workdir` is an empty folder for copies. Refusal when the file is none of `FORMATS`, unsafe,
    damaged, or leaves open which of its layers is meant.
    """
    if not path.is_file():
        raise Refusal("not_found", name=str(path))
    opening = Opening(path=path.resolve(), name=path.name, workdir=workdir, asked=asked)
    head = _head(opening.path)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        opening = _unpacked(opening)
        head = _head(opening.path)
    for format_ in FORMATS:
        if format_.recognises(head):
            return format_, format_.open(opening)
    raise Refusal("format_unknown", name=path.name, formats=_TITLES)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(64 * 1024)


def _unpacked(opening: Opening) -> Opening:
    """The data file inside an archive, unpacked under a name of ours together with its parts."""
    names = [PurePosixPath(name) for name in archive.entries(opening.path)]
    data = {name.stem: name for name in names if name.suffix.lower() in _EXTENSIONS}
    if not data and any(name.suffix.lower() in shapefiles.NEEDED for name in names):
        raise Refusal("shp_part_missing", name=opening.name, part=".shp")
    if not data:
        raise Refusal("zip_without_data", name=opening.name, formats=_TITLES)
    asked = opening.asked
    chosen = data[next(iter(data))] if len(data) == 1 else data[choose(opening, list(data))]
    if asked.source == chosen.stem:
        asked = replace(asked, source=None)
    parts = {name for name in names if name.with_suffix("") == chosen.with_suffix("")}
    kept = {name for name in parts if name.suffix.lower() in (*_PARTS, chosen.suffix.lower())}
    targets = {str(name): opening.workdir / f"data{name.suffix.lower()}" for name in kept}
    archive.unpack(opening.path, targets)
    return replace(opening, path=targets[str(chosen)], asked=asked)

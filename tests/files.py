"""Files that tests import: a few parcels near (E, N) in each format, and ways to spoil them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from sqlalchemy.orm import Session

from app.transfer.load import Order, RejectedRow, Report, load
from app.transfer.sources import Asked
from layers import CATALOG
from tests.shapes import E, N

Row = tuple[Mapping[str, object], str | shapely.Geometry | None]
"""The columns of a row, and its shape as WKT or geometry."""


def box(east: float, north: float = 0, width: float = 10) -> shapely.Polygon:
    """A square whose south-west corner lies `east` and `north` of (E, N)."""
    return shapely.box(E + east, N + north, E + east + width, N + north + width)


def parcel(number: str | None, shape: str | shapely.Geometry | None, **columns: object) -> Row:
    """A row of parcels on sheet 1 of commune 26506, whose column fits into a shapefile."""
    return {"commune": "26506", "sheet": "1", "number": number, **columns}, shape


def write(path: Path, rows: Sequence[Row], *, crs: str | None = "EPSG:5899", **options: Any) -> Path:
    """Write rows as GDAL does, in the format of the path's extension."""
    shapes = [shapely.from_wkt(shape) if isinstance(shape, str) else shape for _, shape in rows]
    names = list(rows[0][0])
    kinds = {shape.geom_type for shape in shapes if shape is not None}
    pyogrio.raw.write(
        path,
        np.array([shapely.to_wkb(shape, flavor="iso") if shape else None for shape in shapes], dtype=object),
        [np.array([columns[name] for columns, _ in rows]) for name in names],
        fields=names,
        crs=crs,
        geometry_type=kinds.pop() if len(kinds) == 1 else "Unknown",
        **options,
    )
    return path


def write_json(path: Path, rows: Sequence[Row], *, crs: object = "EPSG:5899") -> Path:
    """Write rows as GeoJSON with the old ``crs`` member; without it when `crs` is an empty string."""
    features = []
    for columns, shape in rows:
        geometry = shapely.from_wkt(shape) if isinstance(shape, str) else shape
        features.append({"type": "Feature", "properties": columns, "geometry": _mapping(geometry)})
    content: dict[str, object] = {"type": "FeatureCollection"}
    if crs != "":
        content["crs"] = {"type": "name", "properties": {"name": crs}} if crs else None
    path.write_text(json.dumps(content | {"features": features}, ensure_ascii=False), encoding="utf-8")
    return path


def _mapping(shape: shapely.Geometry | None) -> object:
    return None if shape is None else json.loads(shapely.to_geojson(shape))


def retype(dbf: Path, placeholder: str, raw: bytes) -> None:
    """Write these bytes over a placeholder of a DBF, which must be at least as long."""
    assert len(raw) <= len(placeholder)
    content = dbf.read_bytes()
    assert placeholder.encode() in content
    dbf.write_bytes(content.replace(placeholder.encode(), raw.ljust(len(placeholder))))


@dataclass(frozen=True)
class Outcome:
    """What became of an import."""

    report: Report
    rejected: list[RejectedRow]

    @property
    def codes(self) -> list[str]:
        return [one.problem.code for one in self.rejected]


def import_files(session: Session, *files: Path, layer: str = "parcel", **options: Any) -> Outcome:
    """Import files into parcels or another layer, in the session's transaction."""
    ordered = {name: options.pop(name) for name in ("replace", "attribution", "data_date") if name in options}
    if layer == "parcel" and not {"columns", "constants"} & options.keys():
        options["columns"] = (("commune", "commune_code"),)
    order = Order(layer=CATALOG[layer], files=files, asked=Asked(**options), **ordered)
    rejected: list[RejectedRow] = []
    report = load(session, order, reject=rejected.append, progress=lambda *_: None)
    assert report.read == report.accepted + len(rejected)
    assert sum(report.reasons.values()) == report.rejected == len(rejected)
    return Outcome(report, rejected)

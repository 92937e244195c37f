"""GeoJSON, TopoJSON and the district outlines of *dvhcvn*: JSON that is measured before it is parsed.

A parser that calls itself for every bracket is brought down by 5,000 of them, and one that is fed half
a file may return half the features; so the brackets are counted first, a block at a time.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio

from app.transfer.sentences import Refusal
from app.transfer.sources import Opening, Source, choose

MAX_DEPTH = 64
"""GeoJSON needs 8 brackets for a multipolygon; the rest is room for nested properties."""
MAX_WHOLE_MB = 64
"""For what GDAL or we read as a whole: it takes about twenty times as much memory."""
WGS84 = "OGC:CRS84"
_BLOCK = 1024**2
_EDGE = 64 * 1024

_CRS_MEMBER = re.compile(
    rb'"crs"\s*:\s*(?:(null)|\{\s*"type"\s*:\s*"\w+"\s*,\s*"properties"\s*:\s*\{\s*"\w+"\s*:\s*"([^"]*)")'
)


@dataclass
class _Scan:
    """What the brackets of a JSON text say: how deep they go, whether they close, features counted."""

    depth: int = 0
    deepest: int = 0
    in_string: bool = False
    features: int = 0


def is_json(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def is_topojson(head: bytes) -> bool:
    return is_json(head) and re.search(rb'"type"\s*:\s*"Topology"', head) is not None


def is_dvhcvn(head: bytes) -> bool:
    return is_json(head) and b'"level1_id"' in head


def open_geojson(opening: Opening) -> Source:
    """GeoJSON of any size. Its CRS is WGS 84 by RFC 7946, or what its old ``crs`` member says."""
    features = _measured(opening).features
    choose(opening, [opening.path.stem])
    return Source(
        gdal=f"GeoJSON:{opening.path}",
        crs=_crs_member(opening.path),
        crs_in_gdal=False,
        total=features,
    )


def open_topojson(opening: Opening) -> Source:
    """TopoJSON, which says nothing of its CRS and is read as a whole."""
    _measured(opening)
    check_size(opening, "TopoJSON")
    gdal = f"TopoJSON:{opening.path}"
    names = [str(name) for name, _ in pyogrio.list_layers(gdal)]
    return Source(gdal=gdal, layer=choose(opening, names), crs_in_gdal=False)


def open_dvhcvn(opening: Opening) -> Source:
    """One of the two levels of a province file of *dvhcvn*, written anew as GeoJSON.

    The file is ``{"level1_id", "name", "type", "coordinates", "level2s": [{"level2_id", …}]}``; the
    columns are `code` and `name`, the layers ``province`` and ``districts``. Its coordinates are
    WGS 84, as the project says of them.
    """
    _measured(opening)
    check_size(opening, "dvhcvn")
    wanted = choose(opening, ["districts", "province"])
    code = {"province": "level1_id", "districts": "level2_id"}[wanted]
    try:
        with opening.path.open(encoding="utf-8-sig") as file:
            province = json.load(file)
        units = [province] if wanted == "province" else province["level2s"]
        features = [
            {
                "type": "Feature",
                "properties": {"code": unit[code], "name": unit["name"]},
                "geometry": {"type": unit["type"], "coordinates": unit["coordinates"]},
            }
            for unit in units
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal("unreadable", name=opening.name, detail=f"{type(error).__name__}: {error}") from error
    copy = opening.workdir / "dvhcvn.geojson"
    copy.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return Source(gdal=f"GeoJSON:{copy}", crs=WGS84, crs_in_gdal=False, total=len(features))


def check_size(opening: Opening, title: str) -> None:
    """Refuse a file that has to be read as a whole and is too big for that."""
    size = opening.path.stat().st_size // 1024**2
    if size > MAX_WHOLE_MB:
        raise Refusal("too_large", name=opening.name, size=size, format=title, limit=MAX_WHOLE_MB)


def _measured(opening: Opening) -> _Scan:
    """Refuse JSON that is nested too deep or does not come to its end."""
    scan = _Scan()
    for block in _blocks(opening.path):
        _count(scan, block)
        if scan.deepest > MAX_DEPTH:
            raise Refusal("too_deep", name=opening.name, limit=MAX_DEPTH)
    if scan.depth != 0 or scan.in_string:
        raise Refusal("truncated", name=opening.name)
    return scan


def _blocks(path: Path) -> Iterator[bytes]:
    """The file in blocks that never end inside an escape, escaped characters replaced by spaces."""
    with path.open("rb") as file:
        rest = b""
        while block := file.read(_BLOCK):
            block = rest + block
            tail = len(block) - len(block.rstrip(b"\\"))
            rest = b"\\" if tail % 2 else b""
            block = block[: len(block) - len(rest)]
            if block:
                yield block.replace(b"\\\\", b"  ").replace(b'\\"', b"  ")


def _count(scan: _Scan, block: bytes) -> None:
    letters = np.frombuffer(block, dtype=np.uint8)
    quotes = np.cumsum(letters == ord('"')) + scan.in_string
    outside = quotes % 2 == 0
    opens = ((letters == ord("{")) | (letters == ord("["))) & outside
    closes = ((letters == ord("}")) | (letters == ord("]"))) & outside
    depth = np.cumsum(opens.astype(np.int8) - closes.astype(np.int8), dtype=np.int64) + scan.depth
    scan.deepest = max(scan.deepest, int(depth.max(initial=0)))
    scan.depth = int(depth[-1])
    scan.in_string = bool(quotes[-1] % 2)
    # An estimate, for the progress shown: the word may stand in a property or across two blocks.
    scan.features += block.count(b'"Feature"')


def _crs_member(path: Path) -> str | None:
    """The CRS that a GeoJSON file states: the name in ``crs``, None for ``"crs": null``, else WGS 84.

    The member stands at the beginning or the end of the file, beside ``features``.
    """
    with path.open("rb") as file:
        head = file.read(_EDGE)
        file.seek(max(len(head), path.stat().st_size - _EDGE))
        found = _CRS_MEMBER.search(head) or _CRS_MEMBER.search(file.read())
    if found is None:
        return WGS84
    return found[2].decode("utf-8", "replace") if found[2] is not None else None

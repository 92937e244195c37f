"""Shapefiles: whether their parts are there and agree, and in which encoding their text is.

The headers are compared with the files before GDAL sees them: it believes a wrong length, a missing
end and a table of another size, and returns fewer rows or empty shapes without a word.

Layout: ESRI Shapefile Technical Description (1998); dBASE III+ table header.
"""

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.transfer import encodings
from app.transfer.sentences import Refusal
from app.transfer.sources import Opening, Source, choose

MAGIC = b"\x00\x00\x27\x0a"
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
NEEDED = (".shp", ".shx", ".dbf")
_SAMPLES = 5
_BLOCK = 50_000


def open_shapefile(opening: Opening) -> Source:
    """A shapefile whose parts agree. Refusal when one is missing, cut off or belongs to something else."""
    choose(opening, [opening.path.stem])
    parts = {part: _part(opening.path, part) for part in PARTS}
    for part in NEEDED:
        if parts[part] is None:
            raise Refusal("shp_part_missing", name=opening.name, part=part)
    shapes = _check_shapes(opening.name, opening.path, parts[".shx"] or opening.path)
    table = _Table(opening.name, parts[".dbf"] or opening.path)
    if table.records != shapes:
        raise Refusal("dbf_count", name=opening.name, records=table.records, shapes=shapes)
    encoding = _encoding(opening, table, parts[".cpg"])
    return Source(gdal=str(opening.path), encoding=encoding, total=shapes)


def _part(path: Path, extension: str) -> Path | None:
    """A part beside the .shp, its extension in small letters or in capitals, as GDAL looks for it."""
    for candidate in (path.with_suffix(extension), path.with_suffix(extension.upper())):
        if candidate.is_file():
            return candidate
    return None


def _check_shapes(name: str, shp: Path, shx: Path) -> int:
    """The number of shapes, when .shp and .shx have the lengths they declare and every shape fits."""
    with shp.open("rb") as file:
        header = file.read(28)
    actual = shp.stat().st_size
    declared = 2 * int.from_bytes(header[24:28], "big")
    if declared != actual:
        raise Refusal("shp_length", name=name, declared=declared, actual=actual)
    size = shx.stat().st_size
    if size < 100 or size % 8 != 4:
        raise Refusal("shp_index", name=name)
    index = np.memmap(shx, dtype=">i4", mode="r")
    # After a header of 100 bytes: offset and length of each shape, in words of two bytes.
    places = index[25:].reshape(-1, 2).astype(np.int64)
    if index[0] != int.from_bytes(MAGIC, "big") or 2 * int(index[6]) != size:
        raise Refusal("shp_index", name=name)
    if places.size and (places[:, 0].min() < 50 or 2 * (places.sum(axis=1) + 4).max() > actual):
        raise Refusal("shp_index", name=name)
    return len(places)


class _Table:
    """A DBF table: its rows as a matrix of bytes, its text columns as slices of it."""

    def __init__(self, name: str, path: Path) -> None:
        with path.open("rb") as file:
            header = file.read(32)
            if len(header) < 32:
                raise Refusal("dbf_damaged", name=name)
            self.records, self.header_length, self.record_length = struct.unpack("<IHH", header[4:12])
            self.language_driver = header[29]
            described = file.read(max(self.header_length - 32, 0))
        if self.record_length < 1 or self.header_length < 33:
            raise Refusal("dbf_damaged", name=name)
        if path.stat().st_size < self.header_length + self.records * self.record_length:
            raise Refusal("dbf_damaged", name=name)
        self.path = path
        self.names, self.text = _columns(described)

    def samples(self) -> list[bytes]:
        """Some names and values that are not plain ASCII; none when all of them are."""
        found = {name for name in self.names if not name.isascii()}
        for start in range(0, self.records, _BLOCK):
            rows = self._rows(start, min(_BLOCK, self.records - start))
            for part in self.text:
                column = rows[:, part]
                for row in np.flatnonzero((column >= 0x80).any(axis=1))[:_SAMPLES]:
                    found.add(column[row].tobytes().strip(b" \0"))
            if len(found) >= _SAMPLES:
                break
        return sorted(found, key=len)[-_SAMPLES:]

    def _rows(self, start: int, count: int) -> NDArray[np.uint8]:
        offset = self.header_length + start * self.record_length
        shape = (count, self.record_length)
        return np.memmap(self.path, dtype=np.uint8, mode="r", offset=offset, shape=shape)


def _columns(described: bytes) -> tuple[list[bytes], list[slice]]:
    """The names of all columns and the places of those that hold text, from a table's header."""
    names, text, place = [], [], 1
    for at in range(0, len(described) - 31, 32):
        if described[at] == 0x0D:
            break
        names.append(described[at : at + 11].split(b"\0")[0])
        length = described[at + 16]
        if described[at + 11 : at + 12] == b"C":
            text.append(slice(place, place + length))
        place += length
    return names, text


def _encoding(opening: Opening, table: _Table, cpg: Path | None) -> str:
    """The encoding asked for, else the declared one. Refusal with previews when text needs one."""
    if opening.asked.encoding:
        return encodings.wanted(opening.asked.encoding)
    declared = cpg.read_text("ascii", "replace")[:64].strip() if cpg else ""
    if declared:
        return encodings.wanted(declared)
    found = encodings.of_language_driver(table.language_driver)
    if found:
        return found
    samples = table.samples()
    if samples:
        shown = encodings.previews(samples)
        lines = (f"\n  --encoding {name}: {' · '.join(values)}" for name, values in shown.items())
        raise Refusal("encoding_missing", name=opening.name, previews="".join(lines))
    return "ascii"

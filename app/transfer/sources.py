"""What is asked of an import, and what a file turns out to be before anything parses it."""

from dataclasses import dataclass
from pathlib import Path

from app.transfer.sentences import Refusal


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the person who imports has said about a file. Codes are EPSG numbers, field names the layer's.

    `columns` are (column of the file, field), where the column may be several joined by ``+``;
    `constants` (field, value); `codes` (field, value in the file, code); `source` the layer inside a
    file that holds several.
    """

    crs: int | None = None
    encoding: str | None = None
    columns: tuple[tuple[str, str], ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    codes: tuple[tuple[str, str, str], ...] = ()
    source: str | None = None


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A file about to be opened: where it lies, how it is called towards people, and room for copies."""

    path: Path
    name: str
    workdir: Path
    asked: Asked


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file that has been looked at and may be given to GDAL.

    `gdal` is the name to open, `layer` the layer inside it. `encoding` is the codec of its text, None
    for UTF-8. `crs` is what the file itself says, as far as that was read here; with `crs_in_gdal`
    GDAL's answer counts. `total` is the expected number of rows.
    """

    gdal: str
    layer: str | None = None
    encoding: str | None = None
    crs: str | None = None
    crs_in_gdal: bool = True
    total: int | None = None


def choose(opening: Opening, names: list[str]) -> str:
    """The one layer to read among `names`. Refusal when that is not clear."""
    wanted = opening.asked.source
    listed = ", ".join(sorted(names))
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted is None:
        raise Refusal("several_sources", name=opening.name, sources=listed)
    if wanted not in names:
        raise Refusal("source_unknown", name=opening.name, source=wanted, sources=listed)
    return wanted

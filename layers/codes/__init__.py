"""Code lists: what the coded fields of layers may hold, read from the CSV files beside this module.

Each row keeps its source and how certain it is. A code's Vietnamese name is its message id; the
column ``name_en`` is where the English translation comes from.
"""

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Code:
    """One entry of a code list. Empty columns are empty strings; `color` is ``#RRGGBB`` or empty.

    `status` is ``legacy`` for codes that old papers carry and new ones don't, ``aggregate`` for
    groups that are outlines only; `successor` is the code that replaced a legacy one.
    """

    code: str
    name: str
    name_en: str
    color: str
    motif: str
    group: str
    symbol: str
    status: str
    successor: str
    note: str
    source: str
    certainty: str


@dataclass(frozen=True)
class CodeList:
    """The codes of one list, in the order of its file."""

    id: str
    codes: tuple[Code, ...]

    def __getitem__(self, code: str) -> Code:
        return self.by_code[code]

    @property
    def by_code(self) -> dict[str, Code]:
        return {code.code: code for code in self.codes}

    def colors(self) -> dict[str, str]:
        """Code → colour, a legacy code as its successor; codes without a colour are left out."""
        known = {code.code: code.color for code in self.codes if code.color}
        return known | {code.code: known[code.successor] for code in self.codes if code.successor in known}

    def motifs(self) -> dict[str, str]:
        """Code → motif, a legacy code as its successor; codes without a motif are left out."""
        known = {code.code: code.motif for code in self.codes if code.motif}
        return known | {code.code: known[code.successor] for code in self.codes if code.successor in known}

    def symbols(self) -> dict[str, str]:
        """Code → name of its point symbol; codes without one are left out."""
        return {code.code: code.symbol for code in self.codes if code.symbol}


def _read(path: Path) -> CodeList:
    with path.open(encoding="utf-8", newline="") as file:
        codes = tuple(Code(**row) for row in csv.DictReader(file))
    if len({code.code for code in codes}) != len(codes):
        raise ValueError(f"{path.name}: a code stands in it twice")
    return CodeList(path.stem, codes)


CODE_LISTS: dict[str, CodeList] = {
    path.stem: _read(path) for path in sorted(Path(__file__).parent.glob("*.csv"))
}

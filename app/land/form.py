"""The national form for cleaning up land data (49 columns) as a file: its headings, reading and writing.

The official headings were not at hand: these follow a description of the form's content, and the
number of columns is that of the form. A row is one person on one certificate for one parcel.
"""

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from xml.etree.ElementTree import ParseError

import openpyxl

from app.errors import Unprocessable
from layers.layer import N_

USES = 3
"""How many land uses the form has room for."""

COLUMNS: Mapping[str, str] = {
    "order": "STT",
    "commune": "Mã đơn vị hành chính cấp xã",
    "serial": "Số phát hành giấy chứng nhận",
    "issued_on": "Ngày cấp giấy chứng nhận",
    "register_number": "Số vào sổ cấp giấy chứng nhận",
    "authority": "Cơ quan cấp giấy chứng nhận",
    "user_kind": "Mã đối tượng sử dụng đất",
    "name": "Tên chủ sử dụng đất",
    "paper_kind": "Loại giấy tờ",
    "paper_number": "Số CCCD hoặc giấy tờ khác",
    "birth_year": "Năm sinh",
    "sex": "Giới tính",
    "address": "Địa chỉ chủ sử dụng đất",
    "role": "Vai trò",
    "share": "Phần quyền",
    "parcel_code": "Mã định danh thửa đất",
    "paper_sheet": "Số tờ trên giấy chứng nhận",
    "paper_parcel": "Số thửa trên giấy chứng nhận",
    "paper_area": "Diện tích trên giấy chứng nhận",
    "sheet": "Số tờ bản đồ địa chính",
    "number": "Số thửa bản đồ địa chính",
    "area": "Diện tích bản đồ địa chính",
    "parcel_address": "Địa chỉ thửa đất",
    **{
        f"{name}_{place}": f"{label} {place}"
        for place in range(1, USES + 1)
        for name, label in (
            ("use_code", "Loại đất"),
            ("use_area", "Diện tích loại đất"),
            ("use_origin", "Nguồn gốc sử dụng đất"),
            ("use_form", "Hình thức sử dụng đất"),
            ("use_term", "Thời hạn sử dụng đất"),
        )
    },
    "asset_kind": "Loại tài sản gắn liền với đất",
    "asset_built_area": "Diện tích xây dựng",
    "asset_floor_area": "Diện tích sàn",
    "asset_storeys": "Số tầng",
    "asset_grade": "Cấp công trình",
    "asset_owned": "Hình thức sở hữu tài sản",
    "asset_until": "Thời hạn sở hữu tài sản",
    "asset_address": "Địa chỉ tài sản",
    "qr": "Nội dung mã QR",
    "note": "Ghi chú",
    "file": "Tên tệp quét",
}
"""The headings by the name of the column in this program, in the order of the form."""

LEAST = ("commune", "serial", "issued_on", "name", "role", "sheet", "number")
"""The columns without which a file is not this form."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_UNPACKED = 300 * 1024 * 1024
_HEAD_WITHIN = 20
"""Rows among which the headings are looked for; offices put titles above them."""

Row = dict[str, str]


def folded(text: str) -> str:
    """Text without case, diacritics and double spaces, for comparing what people typed."""
    plain = unicodedata.normalize("NFD", text.strip().lower().replace("đ", "d"))
    return " ".join("".join(one for one in plain if not unicodedata.combining(one)).split())


def read(path: Path) -> Iterator[tuple[int, Row]]:
    """The rows of a file with their numbers in it (from 1), empty ones left out; cells as text.

    A formula is left as its text, which begins with ``=``. `Unprocessable` when the file is not
    readable or misses a column of `LEAST`.
    """
    rows = enumerate(_cells(path), start=1)
    for _, (_, head) in zip(range(_HEAD_WITHIN), rows, strict=False):
        places = _places(head)
        if places.keys() >= set(LEAST):
            break
    else:
        missing = ", ".join(COLUMNS[name] for name in LEAST)
        raise Unprocessable("form_columns", N_("Tệp phải có các cột: {columns}."), columns=missing)
    for line, cells in rows:
        row = {name: cells[place].strip() for name, place in places.items() if place < len(cells)}
        if any(row.values()):
            yield line, {name: _unquoted(row.get(name, "")) for name in COLUMNS}


def write(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    """Write rows as the form, as CSV or XLSX by the name of the file. No cell is taken for a formula."""
    table = [list(COLUMNS.values())]
    table += [[harmless(row.get(name, "")) for name in COLUMNS] for row in rows]
    if path.suffix.lower() == ".xlsx":
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("PL3")
        for cells in table:
            sheet.append(cells)
        book.save(path)
        return
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(table)


def harmless(text: str) -> str:
    """Text that a spreadsheet will not take for a formula; `read` takes the mark away again."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _unquoted(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA) else text


def _places(cells: Sequence[str]) -> dict[str, int]:
    heads = {folded(cell): place for place, cell in enumerate(cells)}
    found = {name: heads.get(folded(heading)) for name, heading in COLUMNS.items()}
    return {name: place for name, place in found.items() if place is not None}


def _cells(path: Path) -> Iterator[list[str]]:
    if not path.is_file():
        raise Unprocessable("form_missing", N_("Không có tệp {name}."), name=path.name)
    if path.suffix.lower() == ".xlsx":
        return _cells_of_book(path)
    return _cells_of_text(path)


def _cells_of_text(path: Path) -> Iterator[list[str]]:
    try:
        content = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unprocessable("form_encoding", N_("Tệp CSV phải ghi bằng UTF-8.")) from error
    lines = content[:20_000].splitlines()[:_HEAD_WITHIN]
    delimiter = max(",;\t", key=lambda one: max((line.count(one) for line in lines), default=0))
    return csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)


def _cells_of_book(path: Path) -> Iterator[list[str]]:
    unreadable = Unprocessable("form_unreadable", N_("Không đọc được tệp {name}."), name=path.name)
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(one.file_size for one in packed.infolist()) > _UNPACKED:
                raise unreadable
        book = openpyxl.load_workbook(path, read_only=True)
        for row in book.worksheets[0].iter_rows(values_only=True):
            yield [_text(cell) for cell in row]
        book.close()
    except (zipfile.BadZipFile, ParseError, LookupError, ValueError, OSError) as error:
        raise unreadable from error


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.strftime("%d/%m/%Y")
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell).replace(".", ",")
    return str(cell)

"""The files of dossiers: what may come in, how it is known, and where it lies.

A file is believed for what is in it, never for its name or what the browser says. What is two things
at once (a PDF that is also a web page or an archive) is refused: somebody made it that way.
"""

import hashlib
import os
import re
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

import filetype

from app.errors import NotFound, Unprocessable
from layers.layer import N_

MB = 1024 * 1024
LONGEST_NAME = 120

_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|script|iframe|body)[\s>]", re.IGNORECASE)
_ARCHIVE_END = b"PK\x05\x06"
_ARCHIVE_REACH = 65_557
"""A ZIP is read from its end, where a comment of up to 64 kB may follow this mark."""


@dataclass(frozen=True)
class FileType:
    """A kind of file that is accepted: `whole` says whether bytes are one file of it, from start to end."""

    media_type: str
    suffix: str
    whole: Callable[[bytes], bool]


def _whole_pdf(data: bytes) -> bool:
    # Readers look for the header in the first kilobyte; whatever may stand before it is not ours to keep.
    return data.startswith(b"%PDF-") and b"%%EOF" in data[-1024:]


def _whole_jpeg(data: bytes) -> bool:
    return data.startswith(b"\xff\xd8\xff") and data.rstrip(b"\0").endswith(b"\xff\xd9")


def _whole_png(data: bytes) -> bool:
    """Walk the chunks: the last one is IEND, and nothing follows it."""
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        name = data[at + 4 : at + 8]
        at += 12 + length
        if name == b"IEND":
            return at == len(data)
    return False


FILE_TYPES = (
    FileType("application/pdf", ".pdf", _whole_pdf),
    FileType("image/jpeg", ".jpg", _whole_jpeg),
    FileType("image/png", ".png", _whole_png),
)

EMPTY = N_("Tệp này trống. Chọn tệp khác.")
TOO_LARGE = N_("Tệp lớn hơn {mb} MB. Nén hoặc quét lại nhỏ hơn rồi gửi.")
UNKNOWN = N_("Chỉ nhận tệp PDF, JPEG hoặc PNG. Tệp này không phải một trong ba loại đó.")
NOT_WHOLE = N_("Tệp này hỏng hoặc có phần lạ gắn thêm. Quét hoặc xuất lại rồi gửi.")


@dataclass(frozen=True)
class Content:
    """A file that was looked into and accepted."""

    data: bytes
    type: FileType
    sha256: str


def read_upload(stream: BinaryIO, *, most: int) -> Content:
    """What an upload holds. `Unprocessable` when it is empty, over `most` bytes, of no accepted type, or
    more than the file that it claims to be."""
    data = stream.read(most + 1)
    if not data:
        raise Unprocessable("file_empty", EMPTY)
    if len(data) > most:
        raise Unprocessable("file_too_large", TOO_LARGE, mb=most // MB)
    guessed = filetype.guess_mime(data)
    found = next((one for one in FILE_TYPES if one.media_type == guessed), None)
    if found is None:
        raise Unprocessable("file_type", UNKNOWN)
    if not found.whole(data) or _MARKUP.search(data) or _ARCHIVE_END in data[-_ARCHIVE_REACH:]:
        raise Unprocessable("file_not_whole", NOT_WHOLE)
    return Content(data, found, hashlib.sha256(data).hexdigest())


def shown_name(name: str | None, suffix: str) -> str:
    """The name under which a file is shown and handed out: the last part of what its owner called it,
    without what could mean something to a shell, a path or a reader's eye, and with the true suffix."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name or ""))[-1]
    plain = "".join(c if c.isprintable() and c not in '<>:"|?*' else " " for c in last)
    stem = re.sub(r"\.(?:pdf|jpe?g|png)$", "", " ".join(plain.split()), flags=re.IGNORECASE).strip(". ")
    return (stem[:LONGEST_NAME] or "giay-to") + suffix


@dataclass(frozen=True)
class Store:
    """The folder of the files, which no web server serves. Names in it are made here and mean nothing.

    `largest` is the most bytes of one file, `most` of all files of one dossier.
    """

    folder: Path
    largest: int
    most: int

    def keep(self, content: Content) -> str:
        """Write a file so that it is there after a power cut, and return the name it was given."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{uuid4().hex}{content.type.suffix}"
        path = self.folder / name
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.data)
            file.flush()
            os.fsync(file.fileno())
        folder = os.open(self.folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        return name

    def drop(self, name: str) -> None:
        """Remove a file whose row was not kept."""
        with suppress(FileNotFoundError):
            (self.folder / name).unlink()

    def path(self, name: str) -> Path:
        """Where a kept file lies; `NotFound` when it is gone from the disk."""
        path = self.folder / name
        if not re.fullmatch(r"[0-9a-f]{32}\.(?:pdf|jpg|png)", name) or not path.is_file():
            raise NotFound("file_missing", N_("Không tìm thấy tệp này trên máy chủ. Báo người quản trị."))
        return path

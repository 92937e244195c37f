"""Zip archives: which of their files may be unpacked, and unpacking them within limits.

An archive is judged by its table of contents before anything is written, and held to it while writing.
"""

import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from app.transfer.sentences import Refusal

MAX_ENTRIES = 1_000
MAX_BYTES = 4 * 1024**3
"""What an archive may hold altogether, unpacked."""
MAX_RATIO, RATIO_FROM = 200, 64 * 1024**2
"""Nothing that is data shrinks 200-fold; small archives are let be."""


def entries(path: Path) -> list[str]:
    """The names of the files in an archive. Refusal when it is damaged, encrypted, unsafe or too big."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = archive.infolist()
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise Refusal("zip_damaged", name=path.name) from error
    if not found:
        raise Refusal("zip_empty", name=path.name)
    if len(found) > MAX_ENTRIES:
        raise Refusal("zip_crowded", name=path.name, count=len(found), limit=MAX_ENTRIES)
    for entry in found:
        _check(path.name, entry)
    total = sum(entry.file_size for entry in found)
    if total > MAX_BYTES or (total > RATIO_FROM and total > MAX_RATIO * path.stat().st_size):
        raise Refusal("zip_bomb", name=path.name, size=total // 1024**2)
    return [entry.filename for entry in found if not entry.is_dir()]


def _check(name: str, entry: zipfile.ZipInfo) -> None:
    """Refuse an archive with an entry that reaches out of its folder or cannot be read."""
    # Some programs write Windows' separator; it is as good a way out as the other one.
    place = PurePosixPath(entry.orig_filename.replace("\\", "/"))
    drive = len(place.parts) > 0 and place.parts[0].endswith(":")
    link = stat.S_ISLNK(entry.external_attr >> 16)
    if place.is_absolute() or drive or ".." in place.parts or "\0" in str(place) or link:
        raise Refusal("zip_unsafe", name=name, entry=ascii(entry.orig_filename)[1:-1])
    if entry.flag_bits & 1:
        raise Refusal("zip_encrypted", name=name)


def unpack(path: Path, wanted: dict[str, Path]) -> None:
    """Unpack some files of an archive, by their names in it, to the given places.

    `zipfile` never writes more bytes than an entry declares, and compares the checksum.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for name, target in wanted.items():
                with archive.open(name) as source, target.open("wb") as file:
                    shutil.copyfileobj(source, file, 1024**2)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as error:
        raise Refusal("zip_damaged", name=path.name) from error

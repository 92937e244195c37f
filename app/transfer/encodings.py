"""The encodings of text in DBF files: how they are named, declared and recognised.

Vietnamese files come in UTF-8, Windows-1258 (letters and combining tone marks apart) and TCVN 5712
(the ABC fonts), and most of them do not say which.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterable

from app.transfer.sentences import Refusal

_TCVN3 = (
    "ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịò"
    "ỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"
)
"""TCVN 5712:1993, the characters from 0xA1 on; fonts named .VnTime and the like use its small letters."""

CANDIDATES = ("utf-8", "cp1258", "tcvn3", "cp1252")
"""The encodings that are tried on a file that declares none, the likeliest first."""

_LANGUAGE_DRIVERS = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x13: "cp932", 0x4D: "cp936", 0x4E: "cp949", 0x4F: "cp950",
    0x58: "cp1252", 0x78: "cp950", 0x79: "cp949", 0x7A: "cp936", 0x7B: "cp932", 0x7C: "cp874",
    0xC8: "cp1250", 0xC9: "cp1251", 0xCA: "cp1254", 0xCB: "cp1253",
}  # fmt: skip
"""The language driver byte of a DBF header. 0x57 is left out: it means "the code page of the machine that
wrote this", which nobody knows any more."""


def decode(raw: bytes, encoding: str) -> str:
    """Text of bytes, composed (NFC). UnicodeDecodeError where the bytes do not fit the encoding."""
    if encoding == "tcvn3":
        text = raw.decode("latin-1").translate(_FROM_TCVN3)
    elif encoding == "utf-8":
        # Fields of fixed width end within a letter; what is left of it is nothing that could be read.
        text = codecs.getincrementaldecoder(encoding)().decode(raw)
    else:
        text = raw.decode(encoding)
    return unicodedata.normalize("NFC", text)


def codec_name(name: str) -> str | None:
    """The codec that a person or a .cpg file means by this name; None when there is none.

    ``UTF-8``, ``1258``, ``ANSI 1258``, ``windows-1258``, ``65001``, ``88591`` and ``TCVN3`` are all
    understood.
    """
    plain = name.strip().lower()
    if re.sub(r"[\W_]", "", plain) in ("tcvn3", "tcvn", "tcvn5712", "tcvn57121", "abc"):
        return "tcvn3"
    number = re.fullmatch(r"(?:ansi|oem|cp|windows|ms)?[\s_-]*(\d{3,5})", plain)
    if number:
        digits = number[1]
        plain = {"65001": "utf-8"}.get(digits) or (
            f"iso-8859-{digits[4:]}" if re.fullmatch(r"8859\d", digits) else f"cp{digits}"
        )
    try:
        return codecs.lookup(plain).name
    except LookupError:
        return None


def of_language_driver(byte: int) -> str | None:
    """The codec that a DBF header declares, None when it declares none that can be relied on."""
    return _LANGUAGE_DRIVERS.get(byte)


def wanted(name: str) -> str:
    """The codec that was asked for. Refusal when there is none of this name."""
    found = codec_name(name)
    if found is None:
        raise Refusal("encoding_unknown", encoding=name, examples="UTF-8, CP1258, TCVN3, CP1252")
    return found


def previews(samples: Iterable[bytes]) -> dict[str, list[str]]:
    """How the samples read in each candidate encoding that can hold them all."""
    given = list(samples)
    found: dict[str, list[str]] = {}
    for encoding in CANDIDATES:
        try:
            found[encoding] = [decode(sample, encoding).strip() for sample in given]
        except UnicodeDecodeError:
            continue
    return found


_FROM_TCVN3 = {0xA1 + place: character for place, character in enumerate(_TCVN3)}

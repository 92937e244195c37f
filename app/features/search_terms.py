"""What a person means by the words of a search: folded text, abbreviations, parcel and sheet numbers."""

import re
import unicodedata
from dataclasses import dataclass

MAX_LENGTH = 200
"""Characters of a search that are read; the rest is cut off."""
MIN_LENGTH = 2
"""Below so many characters nothing is searched."""

KINDS = {
    "p": "phuong",
    "x": "xa",
    "tt": "thi tran",
    "q": "quan",
    "h": "huyen",
    "tx": "thi xa",
    "tp": "thanh pho",
    "d": "duong",
    "ql": "quoc lo",
    "tl": "tinh lo",
    "dt": "duong tinh",
    "hl": "huong lo",
}
"""Abbreviations before a name and what they stand for, folded. Names are found with and without them."""

NUMBERED = ("ql", "tl", "dt", "hl")
"""Kinds of road that are written together with their number: QL51, QL.51, QL 51."""

_KIND = re.compile(rf"({'|'.join(sorted(set(KINDS.values()), key=len, reverse=True))}) +(?=\S)")
_SHORT = re.compile(rf"\b({'|'.join(sorted(KINDS, key=len, reverse=True))})(?:\. *| +|(?=\d))(?=\w)")

_NUMBER = r"(?P<number>\d[\w-]*)"
_SHEET = r"(?P<sheet>\d[\w-]*)"
_PARCEL_WORD = r"\b(?:thua(?: dat)?(?: so)?|so thua|parcel|so)"
_SHEET_WORD = r"\b(?:to(?: ban do)?(?: so)?|sheet)"
_BETWEEN = r"[ ,;.:-]*"
_END = r"(?=[ ,;.]|$)"
_PARCEL_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"{_PARCEL_WORD}{_BETWEEN}{_NUMBER}{_BETWEEN}{_SHEET_WORD}{_BETWEEN}{_SHEET}{_END}",
        rf"{_SHEET_WORD}{_BETWEEN}{_SHEET}{_BETWEEN}{_PARCEL_WORD}{_BETWEEN}{_NUMBER}{_END}",
        rf"(?<!\S){_NUMBER} ?/ ?{_SHEET}{_END}",
        rf"\b(?:thua(?: dat)?(?: so)?|parcel){_BETWEEN}{_NUMBER}{_END}",
        rf"^{_NUMBER}$",
    )
)


@dataclass(frozen=True, kw_only=True)
class ParcelNumber:
    """A parcel as people name it: its number, perhaps its sheet, and the words for its commune (folded)."""

    number: str
    sheet: str | None
    place: str


@dataclass(frozen=True, kw_only=True)
class Terms:
    """A search as it is understood.

    `full`: the forms of the name, folded, the first one with abbreviations written out. `bare`: the
    name without the word for its kind (``vung tau`` of ``P. Vũng Tàu``), empty where it would be too
    short to mean anything.
    """

    text: str
    full: tuple[str, ...]
    bare: str
    parcel: ParcelNumber | None

    @property
    def shortest(self) -> tuple[str, ...]:
        """The forms that contain no other: what has one of these has all that can be found."""
        forms = dict.fromkeys(form for form in (*self.full, self.bare) if form)
        return tuple(one for one in forms if not any(other in one for other in forms if other != one))

    @property
    def is_telling(self) -> bool:
        """Whether some word tells more than a kind, as in every second address, and more than two letters."""
        return any(
            len(word) >= 3 and not any(word in kind.split() for kind in KINDS.values())
            for word in self.full[0].split()
        )


def fold(text: str) -> str:
    """Text without case and diacritics, đ as d: the same as the database's function of this name."""
    marked = unicodedata.normalize("NFD", text)
    return re.sub("[\u0300-\u036f]", "", marked).lower().replace("đ", "d")


def understand(query: str) -> Terms | None:
    """The terms of a search; None when there is too little to search for."""
    text = " ".join(unicodedata.normalize("NFC", query[:MAX_LENGTH]).replace("\0", " ").split())
    if len(text) < MIN_LENGTH:
        return None
    folded = fold(text)
    return Terms(text=text, full=name_forms(folded), bare=bare_name(folded), parcel=_parcel(folded))


def name_forms(folded: str) -> tuple[str, ...]:
    """The ways in which a folded name may be written: with abbreviations written out, as it is, and
    numbered roads by their short names."""
    expanded = expand(folded)
    forms = [expanded, folded]
    for short in NUMBERED:
        number = re.fullmatch(rf"{KINDS[short]} (\d\w*)", expanded)
        if number:
            forms += [f"{short}{number[1]}", f"{short}.{number[1]}", f"{short} {number[1]}"]
    return tuple(dict.fromkeys(forms))


def expand(folded: str) -> str:
    """``p. vung tau, tp vung tau`` → ``phuong vung tau, thanh pho vung tau``."""
    return _SHORT.sub(lambda match: f"{KINDS[match[1]]} ", folded)


def bare_name(folded: str) -> str:
    """A folded name without the word for its kind; empty when what remains is short or a number."""
    bare = _KIND.sub("", expand(folded), count=1) if _KIND.match(expand(folded)) else folded
    return bare if len(bare) >= 3 and not bare.isdigit() else ""


def kind_pattern() -> str:
    """The words for kinds as a regular expression that the database understands."""
    return f"^({'|'.join(sorted(set(KINDS.values()), key=len, reverse=True))}) +"


def _parcel(folded: str) -> ParcelNumber | None:
    for form in _PARCEL_FORMS:
        match = form.search(folded)
        if match:
            named = match.groupdict()
            rest = f"{folded[: match.start()]} {folded[match.end() :]}"
            place = re.sub(r"^(?:o|tai|thuoc|in) +", "", rest.strip(" ,;.:-"))
            return ParcelNumber(number=named["number"], sheet=named.get("sheet"), place=place)
    return None

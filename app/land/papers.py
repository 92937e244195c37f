"""Numbers on papers: what an identity paper's and a certificate's number may look like.

A wrong format is refused, an unlikely content only warned of: people born abroad have prefixes that
no list here has, and offices hold papers of all periods.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

from app.errors import Unprocessable
from app.land.models import PaperKind
from layers.layer import N_

_FORMATS: dict[PaperKind, tuple[re.Pattern[str], str]] = {
    PaperKind.PERSONAL_NUMBER: (re.compile(r"\d{12}"), N_("Số định danh cá nhân có đúng 12 chữ số.")),
    PaperKind.CMND: (re.compile(r"\d{9}"), N_("Số chứng minh nhân dân có đúng 9 chữ số.")),
    PaperKind.PASSPORT: (
        re.compile(r"(?=.*\d)[A-Z0-9]{5,15}"),
        N_("Số hộ chiếu gồm 5 đến 15 chữ cái và chữ số."),
    ),
    PaperKind.ORGANISATION_CODE: (
        re.compile(r"\d{10}(-\d{3})?"),
        N_("Mã số tổ chức gồm 10 chữ số, hoặc 10 chữ số, gạch nối và 3 chữ số."),
    ),
}
_SERIAL = re.compile(r"([A-ZĐ]{1,2})\s?(\d{6,8})")
_REGISTER_NUMBER = re.compile(r"[A-ZĐ]{0,4}[ .-]?\d{1,8}([ ./-]?[A-ZĐ0-9]{1,12})*")
QR_FROM = date(2025, 1, 1)
"""From this day certificates have two letters, eight digits and a code to scan (TT 10/2024/TT-BTNMT)."""

UNKNOWN_PREFIX = N_("Ba số đầu {prefix} không có trong danh sách tỉnh; có thể là người sinh ở nước ngoài.")
OTHER_SEX = N_("Số định danh ghi giới tính khác với thông tin đã nhập.")
OTHER_YEAR = N_("Số định danh ghi năm sinh {year}, khác với thông tin đã nhập.")
OTHER_PERIOD = N_("Số phát hành {serial} không hợp với ngày cấp {issued_on}.")


def tidy(typed: str) -> str:
    """Text as numbers are compared: composed, in capitals, with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", typed).upper().split())


def identity_number(kind: PaperKind, typed: str) -> str:
    """The number without spaces. `Unprocessable` when it does not have the format of its kind.

    There is no check digit in any of them.
    """
    number = tidy(typed).replace(" ", "")
    pattern, sentence = _FORMATS[kind]
    if not pattern.fullmatch(number):
        raise Unprocessable("identity_number_wrong", sentence)
    return number


def kind_of_number(typed: str) -> PaperKind:
    """Which paper a number is from, by its format alone; one that fits none is a passport's."""
    number = tidy(typed).replace(" ", "")
    kinds = (PaperKind.PERSONAL_NUMBER, PaperKind.CMND, PaperKind.ORGANISATION_CODE)
    return next((one for one in kinds if _FORMATS[one][0].fullmatch(number)), PaperKind.PASSPORT)


def doubts_about(
    number: str, *, sex: str | None = None, birth_year: int | None = None
) -> Iterator[tuple[str, dict[str, object]]]:
    """What is odd about a 12-digit personal number: message ids with their values. None is an error.

    PPP C YY NNNNNN (TT 07/2016/TT-BCA): the place where the birth was registered, century and sex,
    year of birth. The prefix does not say where somebody lives.
    """
    if number[:3] not in known_prefixes():
        yield UNKNOWN_PREFIX, {"prefix": number[:3]}
    said_sex = "female" if int(number[3]) % 2 else "male"
    if sex and sex != said_sex:
        yield OTHER_SEX, {}
    year = 1900 + 100 * (int(number[3]) // 2) + int(number[4:6])
    if birth_year and birth_year != year:
        yield OTHER_YEAR, {"year": year}


@cache
def known_prefixes() -> frozenset[str]:
    """The prefixes of the 63 provinces in which births were registered before 2025."""
    path = Path(__file__).with_name("personal_prefixes.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return frozenset(row["prefix"] for row in csv.DictReader(file))


def certificate_serial(typed: str) -> str:
    """A serial number as ``BA 123456``. `Unprocessable` when no period's certificates look like it:
    one letter (before July 2004) or two, and six digits, eight from 2025."""
    found = _SERIAL.fullmatch(tidy(typed))
    if not found:
        raise Unprocessable(
            "serial_wrong", N_("Số phát hành gồm một hoặc hai chữ cái và 6 đến 8 chữ số, ví dụ BA 123456.")
        )
    return f"{found[1]} {found[2]}"


def doubts_about_serial(serial: str, issued_on: date) -> Iterator[tuple[str, dict[str, object]]]:
    """What is odd about a certificate: new serials have eight digits, older ones have fewer."""
    digits = sum(one.isdigit() for one in serial)
    if (digits == 8) != (issued_on >= QR_FROM):
        yield OTHER_PERIOD, {"serial": serial, "issued_on": issued_on.isoformat()}


def register_number(typed: str) -> str:
    """A number of the issuing book, like ``CH03730``. `Unprocessable` when it is none of any period."""
    number = tidy(typed)
    if not _REGISTER_NUMBER.fullmatch(number):
        raise Unprocessable("register_number_wrong", N_("Số vào sổ cấp giấy không đúng, ví dụ CH03730."))
    return number

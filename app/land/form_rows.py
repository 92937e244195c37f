"""One row of the national form, read: text becomes dates, areas, shares and codes, or a reason against it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from app.errors import Unprocessable
from app.land import papers
from app.land.form import COLUMNS, USES, Row, folded
from app.land.models import MemberRole, PaperKind, TermKind, UseForm
from layers.codes import CODE_LISTS
from layers.layer import N_

T = TypeVar("T")

ROLE_NAMES: Mapping[MemberRole, str] = {
    MemberRole.HEAD: "Chủ hộ",
    MemberRole.HUSBAND: "Chồng",
    MemberRole.WIFE: "Vợ",
    MemberRole.REPRESENTATIVE: "Người đại diện",
    MemberRole.MEMBER: "Thành viên",
}
PERSON = "Cá nhân"
PAPER_NAMES: Mapping[PaperKind, str] = {
    PaperKind.PERSONAL_NUMBER: "CCCD",
    PaperKind.CMND: "CMND",
    PaperKind.PASSPORT: "Hộ chiếu",
    PaperKind.ORGANISATION_CODE: "Mã số tổ chức",
}
SEX_NAMES = {"male": "Nam", "female": "Nữ"}
FORM_NAMES = {UseForm.SEPARATE: "Sử dụng riêng", UseForm.COMMON: "Sử dụng chung"}
TERM_NAMES = {TermKind.STABLE: "Lâu dài", TermKind.PROJECT: "Theo dự án"}

_OTHER_PAPER_NAMES = {
    "can cuoc": PaperKind.PERSONAL_NUMBER,
    "can cuoc cong dan": PaperKind.PERSONAL_NUMBER,
    "so dinh danh": PaperKind.PERSONAL_NUMBER,
    "chung minh nhan dan": PaperKind.CMND,
    "ma so thue": PaperKind.ORGANISATION_CODE,
}


class Rejected(Exception):  # noqa: N818 - what happens to the row
    """Why a row stays out: a code, and a sentence (message id) with values. Neither holds personal data."""

    def __init__(self, code: str, sentence: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
        self.values = values


@dataclass(frozen=True)
class UseEntry:
    """A land use of a row."""

    code: str
    area: Decimal
    origin: str | None
    form: UseForm
    term: TermKind
    until: date | None


@dataclass(frozen=True)
class AssetEntry:
    """What stands on the land, of a row."""

    kind: str
    built_area: Decimal | None
    floor_area: Decimal | None
    storeys: int | None
    grade: str | None
    owned: str | None
    until: str | None
    address: str | None


@dataclass(frozen=True)
class Entry:
    """A row that can be understood. `role` None: the party stands for itself (person or organisation)."""

    commune: str
    sheet: str
    number: str
    serial: str
    issued_on: date
    register_number: str | None
    authority: str | None
    qr: str | None
    file: str | None
    user_kind: str
    name: str
    paper: tuple[PaperKind, str] | None
    birth_year: int | None
    sex: str | None
    address: str | None
    is_person: bool
    role: MemberRole | None
    share: Fraction | None
    paper_sheet: str | None
    paper_parcel: str | None
    paper_area: Decimal | None
    uses: tuple[UseEntry, ...]
    asset: AssetEntry | None
    doubts: list[tuple[str, dict[str, object]]] = field(default_factory=list, compare=False)


def entry_of(row: Row, today: date) -> Entry:
    """A row as values. `Rejected` with the first thing that is wrong in it."""
    for name, value in row.items():
        if value.startswith("=") and name != "note":
            raise Rejected("formula", N_("Ô chứa công thức. Ghi giá trị thay cho công thức."))
    role_name, role = _role(row["role"])
    kind, group = _user_kind(row["user_kind"], role_name)
    issued_on = _needed(row, "issued_on", day)
    if issued_on > today:
        raise Rejected("future", N_("Ngày cấp giấy chứng nhận ở tương lai."))
    made = Entry(
        commune=_needed(row, "commune", str),
        sheet=_needed(row, "sheet", str),
        number=_needed(row, "number", str),
        serial=_needed(row, "serial", papers.certificate_serial),
        issued_on=issued_on,
        register_number=_maybe(row["register_number"], papers.register_number),
        authority=row["authority"] or None,
        qr=row["qr"] or None,
        file=row["file"] or None,
        user_kind=kind,
        name=" ".join(_needed(row, "name", str).split()),
        paper=_paper(row["paper_kind"], row["paper_number"]),
        birth_year=_maybe(row["birth_year"], _year),
        sex=_maybe(row["sex"], _sex),
        address=row["address"] or None,
        is_person=role_name is not None or group in ("person", "household"),
        role=role,
        share=_maybe(row["share"], share),
        paper_sheet=row["paper_sheet"] or None,
        paper_parcel=row["paper_parcel"] or None,
        paper_area=_maybe(row["paper_area"], area),
        uses=tuple(one for place in range(1, USES + 1) if (one := _use(row, place))),
        asset=_asset(row),
    )
    if made.paper and made.paper[0] is PaperKind.PERSONAL_NUMBER:
        made.doubts.extend(papers.doubts_about(made.paper[1], sex=made.sex, birth_year=made.birth_year))
    made.doubts.extend(papers.doubts_about_serial(made.serial, made.issued_on))
    return made


def _needed(row: Row, name: str, reader: Callable[[str], T]) -> T:
    if not row[name]:
        raise Rejected("missing", N_("Thiếu ô bắt buộc {column}."), column=COLUMNS[name])
    made = _maybe(row[name], reader)
    assert made is not None
    return made


def _maybe(text: str, reader: Callable[[str], T]) -> T | None:
    if not text:
        return None
    try:
        return reader(text)
    except Unprocessable as error:
        raise Rejected(error.code, error.sentence, **error.values) from error


def day(text: str) -> date:
    """A day as Vietnamese papers write it, 05/03/2019, or as 2019-03-05."""
    for pattern in ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise Rejected("day_wrong", N_("Ngày ghi không đúng, ví dụ 05/03/2019."))


def area(text: str) -> Decimal:
    """An area in m² as Vietnamese papers write it, 1.234,5. What can mean two things is refused: 1.234."""
    plain = text.replace(" ", "").removesuffix("m2").removesuffix("m²")
    if re.fullmatch(r"\d{1,3}([.,])\d{3}", plain):
        raise Rejected(
            "area_unclear", N_("Diện tích {text} hiểu được hai cách. Ghi ví dụ 1234,0."), text=text
        )
    if re.fullmatch(r"\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,}", plain):
        plain = plain.replace(".", "")
    if not re.fullmatch(r"\d{1,9}([.,]\d{1,4})?", plain) or not Decimal(plain.replace(",", ".")):
        raise Rejected("area_wrong", N_("Diện tích ghi không đúng, ví dụ 120,5."))
    return Decimal(plain.replace(",", ".")).quantize(Decimal("0.01"))


def share(text: str) -> Fraction:
    """A share, exactly: 1/3, 50%, 1, 0,5. What is written as 0,333 is 333/1000 and no third."""
    plain = text.replace(" ", "").replace(",", ".")
    percent = plain.endswith("%")
    try:
        made = Fraction(plain.removesuffix("%")) / (100 if percent else 1)
    except (ValueError, ZeroDivisionError):
        raise Rejected("share_wrong", N_("Phần quyền ghi không đúng, ví dụ 1/3 hoặc 50%.")) from None
    if not 0 < made <= 1:
        raise Rejected("share_wrong", N_("Phần quyền phải lớn hơn 0 và không quá 1."))
    return made


def _role(text: str) -> tuple[str | None, MemberRole | None]:
    """The role's name and role; organisations have none."""
    wanted = folded(text)
    if not wanted:
        return None, None
    if wanted == folded(PERSON):
        return PERSON, None
    for role, name in ROLE_NAMES.items():
        if folded(name) == wanted:
            return name, role
    raise Rejected("role_unknown", N_("Không có vai trò này. Ghi một trong: {roles}."), roles=_roles())


def _roles() -> str:
    return ", ".join((PERSON, *ROLE_NAMES.values()))


def _user_kind(text: str, role: str | None) -> tuple[str, str]:
    """The code of the user kind and its group. A person without one is a domestic individual."""
    if not text:
        if role is None:
            raise Rejected("role_missing", N_("Thiếu vai trò, hoặc thiếu mã đối tượng của tổ chức."))
        return "CNV", "person"
    known = CODE_LISTS["user_kind"].by_code.get(text.strip().upper())
    if known is None:
        raise Rejected("user_kind_unknown", N_("Không có mã đối tượng sử dụng đất này."))
    if role is None and known.group in ("person", "household"):
        raise Rejected("role_missing", N_("Thiếu vai trò, hoặc thiếu mã đối tượng của tổ chức."))
    return known.code, known.group


def _paper(kind: str, number: str) -> tuple[PaperKind, str] | None:
    if not number:
        return None
    names = {folded(name): one for one, name in PAPER_NAMES.items()} | _OTHER_PAPER_NAMES
    said = names.get(folded(kind)) if kind else papers.kind_of_number(number)
    if said is None:
        raise Rejected("paper_kind_unknown", N_("Không có loại giấy tờ này. Ghi CCCD, CMND hoặc Hộ chiếu."))
    read = _maybe(number, lambda text: papers.identity_number(said, text))
    assert read is not None
    return said, read


def _year(text: str) -> int:
    if not re.fullmatch(r"(1[89]|20)\d\d", text):
        raise Rejected("year_wrong", N_("Năm sinh phải có bốn chữ số."))
    return int(text)


def _sex(text: str) -> str:
    for sex, name in SEX_NAMES.items():
        if folded(name) == folded(text):
            return sex
    raise Rejected("sex_wrong", N_("Giới tính ghi Nam hoặc Nữ."))


def _use(row: Row, place: int) -> UseEntry | None:
    code = row[f"use_code_{place}"].upper()
    if not code:
        return None
    known = CODE_LISTS["land_use"].by_code
    if code not in known:
        raise Rejected("use_unknown", N_("Không có mã loại đất {value}."), value=code)
    if not row[f"use_area_{place}"]:
        raise Rejected("use_area_missing", N_("Thiếu diện tích của loại đất {value}."), value=code)
    term, until = _term(row[f"use_term_{place}"])
    form = folded(row[f"use_form_{place}"])
    return UseEntry(
        code=code,
        area=_needed(row, f"use_area_{place}", area),
        origin=_maybe(row[f"use_origin_{place}"], _origin),
        form=UseForm.COMMON if "chung" in form.split() else UseForm.SEPARATE,
        term=term,
        until=until,
    )


def _term(text: str) -> tuple[TermKind, date | None]:
    if not text:
        return TermKind.UNKNOWN, None
    for kind, name in TERM_NAMES.items():
        if folded(name) in folded(text):
            return kind, None
    found = re.search(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{2}-\d{2}", text)
    if not found:
        raise Rejected("term_wrong", N_("Thời hạn ghi Lâu dài, Theo dự án hoặc một ngày, ví dụ 15/10/2043."))
    return TermKind.UNTIL, day(found[0])


def _origin(text: str) -> str:
    """A code of the list or several joined by ``+``, or the words of one."""
    known = CODE_LISTS["land_origin"].by_code
    words = {folded(code.name): code.code for code in known.values()}
    codes = [part.strip().upper() for part in re.split(r"[+;,]", text)]
    if all(code in known for code in codes):
        return "+".join(codes)
    if folded(text) in words:
        return words[folded(text)]
    raise Rejected("origin_unknown", N_("Không có mã nguồn gốc sử dụng đất này."))


def _asset(row: Row) -> AssetEntry | None:
    if not row["asset_kind"]:
        return None
    storeys = row["asset_storeys"]
    if storeys and not re.fullmatch(r"\d{1,3}", storeys):
        raise Rejected("storeys_wrong", N_("Số tầng phải là số nguyên."))
    return AssetEntry(
        kind=row["asset_kind"],
        built_area=_maybe(row["asset_built_area"], area),
        floor_area=_maybe(row["asset_floor_area"], area),
        storeys=int(storeys) if storeys else None,
        grade=row["asset_grade"] or None,
        owned=row["asset_owned"] or None,
        until=row["asset_until"] or None,
        address=row["asset_address"] or None,
    )

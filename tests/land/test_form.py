"""The national form: what comes in, what stays out and why, and that it goes out as it came in."""

import csv
import os
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import psycopg2
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cli import diaba
from app.errors import Unprocessable
from app.land import form, register
from app.land.form_export import Written, rows_of
from app.land.form_import import Outcome, take_in
from app.land.form_rows import Rejected, area, share
from app.land.models import IdentityPaper, Party, Right
from tests.conftest import MakeDatabase
from tests.land.holdings import TODAY, person, right
from tests.shapes import add_parcel, square

AN = {"name": "Nguyễn Văn An", "paper_number": "077085000123", "birth_year": "1985", "sex": "Nam"}
BINH = {"name": "Trần Thị Bình", "paper_number": "077186000456", "birth_year": "1986", "sex": "Nữ"}
CHI = {"name": "Lê Chi", "paper_number": "271450001", "birth_year": "1950"}


def row(number: str = "1", **cells: str) -> dict[str, str]:
    """One row about a parcel of sheet 1; a person alone unless `role` says otherwise."""
    made = dict.fromkeys(form.COLUMNS, "")
    made |= {
        "commune": "26506",
        "serial": "BA 123456",
        "issued_on": "05/03/2012",
        "sheet": "1",
        "number": number,
        "role": "Cá nhân",
    }
    return made | AN | cells


def take(session: Session, *rows: dict[str, str]) -> Outcome:
    return take_in(session, enumerate(rows, start=2), TODAY)


def reasons(outcome: Outcome) -> dict[int, str]:
    return {number: one.code for number, one in outcome.rejected.items()}


@pytest.fixture
def parcels(session: Session) -> list[UUID]:
    return [
        add_parcel(session, str(number), square(20 * number), legal_area=100, address="Trần Phú")
        for number in range(1, 4)
    ]


def holding(session: Session, parcel: UUID) -> dict[str, Fraction]:
    found = register.statements_of(session, [parcel], as_of=TODAY)
    return {found.parties[one.party_id].name: one.share for one in found.of[parcel].rights}


def test_form_has_49_columns_with_headings_of_their_own() -> None:
    assert len(form.COLUMNS) == 49
    assert len({form.folded(heading) for heading in form.COLUMNS.values()}) == 49


def test_person_with_a_certificate_comes_in(session: Session, parcels: list[UUID]) -> None:
    outcome = take(
        session,
        row(use_code_1="ODT", use_area_1="60,0", use_term_1="Lâu dài", use_origin_1="CNQ-CTT",
            use_code_2="CLN", use_area_2="40", use_term_2="đến 15/10/2043", use_form_2="Sử dụng chung"),
    )  # fmt: skip
    assert (outcome.read, outcome.accepted, outcome.rejected) == (1, [2], {})
    found = register.statements_of(session, [parcels[0]], as_of=TODAY)
    held = found.of[parcels[0]]
    assert [(one.code, one.area, one.term_to, one.form, one.is_main) for one in held.uses] == [
        ("ODT", 60, None, "separate", True),
        ("CLN", 40, date(2043, 10, 15), "common", False),
    ]
    assert holding(session, parcels[0]) == {"Nguyễn Văn An": 1}
    (paper,) = found.certificates.values()
    assert (paper.serial, paper.issued_on) == ("BA 123456", date(2012, 3, 5))
    assert held.rights[0].valid_from == date(2012, 3, 5)


def test_one_person_of_several_parcels_is_one_party(session: Session, parcels: list[UUID]) -> None:
    assert take(session, row("1"), row("2")).rejected == {}
    assert take(session, row("3", serial="BA 777777")).rejected == {}
    assert session.scalar(select(func.count()).select_from(Party)) == 1
    assert {name for id_ in parcels for name in holding(session, id_)} == {"Nguyễn Văn An"}


@pytest.mark.usefixtures("parcels")
def test_one_cmnd_of_two_persons_is_two_parties(session: Session) -> None:
    first = row("1", **CHI, sex="")
    second = row("2", serial="BA 222222", name="Phạm Dung", paper_number="271450001", birth_year="1950")
    assert take(session, first, second | {"sex": ""}).rejected == {}
    assert session.scalar(select(func.count()).where(IdentityPaper.number == "271450001")) == 2


def test_couple_and_household_are_one_holder_each(session: Session, parcels: list[UUID]) -> None:
    outcome = take(
        session,
        row("1", role="Chồng"),
        row("1", **BINH, role="Vợ"),
        row("2", role="Chủ hộ", serial="BA 222222"),
        row("2", **BINH, role="Vợ", serial="BA 222222"),
        row("2", **CHI, sex="", role="Thành viên", serial="BA 222222"),
    )
    assert outcome.rejected == {}
    assert holding(session, parcels[0]) == {"Nguyễn Văn An và Trần Thị Bình": 1}
    assert holding(session, parcels[1]) == {"Hộ Nguyễn Văn An": 1}
    found = register.statements_of(session, parcels[:2], as_of=TODAY)
    roles = sorted([one.role for one in members] for members in found.members.values())
    assert roles == [["head", "wife", "member"], ["husband", "wife"]]
    again = take(session, row("3", role="Chồng"), row("3", **BINH, role="Vợ"))
    assert again.rejected == {}
    assert session.scalar(select(func.count()).where(Party.kind == "couple")) == 1


def test_organisation_comes_in_with_its_representative(session: Session, parcels: list[UUID]) -> None:
    company = {"name": "Công ty Muối", "paper_number": "3500101234", "birth_year": "", "sex": ""}
    outcome = take(
        session,
        row("1", **company, user_kind="TKT", role=""),
        row("1", role="Người đại diện"),
    )
    assert outcome.rejected == {}
    assert holding(session, parcels[0]) == {"Công ty Muối": 1}


def test_three_thirds_come_in_and_three_times_0333_do_not(session: Session, parcels: list[UUID]) -> None:
    def thirds(number: str, text: str) -> list[dict[str, str]]:
        return [row(number, **who, share=text) for who in (AN, BINH, CHI | {"sex": ""})]

    outcome = take(session, *thirds("1", "1/3"), *thirds("2", "0,333"))
    assert outcome.accepted == [2, 3, 4]
    assert reasons(outcome) == dict.fromkeys((5, 6, 7), "share_sum")
    assert outcome.rejected[5].values == {"total": "999/1000"}
    assert set(holding(session, parcels[0]).values()) == {Fraction(1, 3)}
    assert holding(session, parcels[1]) == {}


@pytest.mark.usefixtures("parcels")
@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"serial": "12"}, "serial_wrong"),
        ({"serial": ""}, "missing"),
        ({"issued_on": "2012"}, "day_wrong"),
        ({"issued_on": "02/03/2026"}, "future"),
        ({"paper_number": "07708500012", "paper_kind": "CCCD"}, "identity_number_wrong"),
        ({"role": "Bạn"}, "role_unknown"),
        ({"role": ""}, "role_missing"),
        ({"role": "Thành viên"}, "role_alone"),
        ({"role": "Vợ"}, "couple_incomplete"),
        ({"user_kind": "XXX"}, "user_kind_unknown"),
        ({"use_code_1": "XYZ", "use_area_1": "1"}, "use_unknown"),
        ({"use_code_1": "ODT"}, "use_area_missing"),
        ({"use_code_1": "ODT", "use_area_1": "1.234"}, "area_unclear"),
        ({"use_code_1": "ODT", "use_area_1": "1", "use_origin_1": "?"}, "origin_unknown"),
        ({"use_code_1": "ODT", "use_area_1": "1", "use_term_1": "sau này"}, "term_wrong"),
        ({"share": "một nửa"}, "share_wrong"),
        ({"share": "1/2"}, "share_sum"),
        ({"number": "99"}, "parcel_unknown"),
        ({"name": "=HYPERLINK()"}, "formula"),
    ],
)
def test_row_stays_out_with_its_reason(session: Session, cells: dict[str, str], code: str) -> None:
    outcome = take(session, row() | cells)
    assert reasons(outcome) == {2: code}
    assert session.scalar(select(func.count()).select_from(Right)) == 0
    reason = outcome.rejected[2]
    assert "Nguyễn" not in reason.sentence.format(**reason.values)


def test_rows_of_a_parcel_come_in_together_or_not_at_all(session: Session, parcels: list[UUID]) -> None:
    wrong = row("1", **BINH, role="Vợ", use_code_1="ODT", use_area_1="x")
    outcome = take(session, row("1", role="Chồng"), wrong, row("2"))
    assert reasons(outcome) == {2: "together", 3: "area_wrong"}
    assert outcome.accepted == [4]
    assert outcome.read == 3
    assert holding(session, parcels[0]) == {}


@pytest.mark.usefixtures("parcels")
def test_two_names_under_one_personal_number_are_refused(session: Session) -> None:
    outcome = take(session, row("1"), row("2", name="Người khác", serial="BA 222222"))
    assert reasons(outcome) == {3: "number_taken"}
    assert reasons(take(session, row("2", name="Người khác"))) == {2: "number_taken"}


@pytest.mark.usefixtures("parcels")
def test_what_the_register_knows_is_not_overwritten(session: Session) -> None:
    take(session, row("1"))
    assert reasons(take(session, row("1", serial="BA 222222"))) == {2: "held_already"}


@pytest.mark.usefixtures("parcels")
def test_oddities_are_doubts_and_no_reasons(session: Session) -> None:
    odd = row(paper_number="999085000123", serial="AA 12345678", use_code_1="ODT", use_area_1="90,0")
    outcome = take(session, odd)
    assert outcome.accepted == [2]
    assert len(outcome.doubts) == 3
    assert outcome.doubts[-1][2] == {"off": -10.0}


@pytest.mark.parametrize(
    ("text", "value"),
    [("120,5", "120.5"), ("120.5", "120.5"), ("1.234,5", "1234.5"), ("1234", "1234"), ("12 m²", "12")],
)
def test_areas_are_read_as_they_are_written(text: str, value: str) -> None:
    assert area(text) == Decimal(value)


@pytest.mark.parametrize("text", ["1.234", "1,234", "-5", "0", "1e3", "1,2,3"])
def test_unclear_areas_are_not_read(text: str) -> None:
    with pytest.raises(Rejected):
        area(text)


def test_shares_are_exact() -> None:
    assert [share(text) for text in ("1/3", "50%", "0,25", "1")] == [
        Fraction(1, 3), Fraction(1, 2), Fraction(1, 4), 1
    ]  # fmt: skip
    with pytest.raises(Rejected):
        share("1/0")


# Files


def full() -> list[dict[str, str]]:
    """Rows with everything that the form has room for, as the export orders and writes them."""
    land: dict[str, str] = {
        "use_code_1": "ODT", "use_area_1": "60,5", "use_origin_1": "CNQ-CTT+NCQ-8",
        "use_form_1": "Sử dụng riêng", "use_term_1": "Lâu dài",
        "use_code_2": "CLN", "use_area_2": "39,5", "use_origin_2": "DG-KTT",
        "use_form_2": "Sử dụng chung", "use_term_2": "15/10/2043",
        "area": "100,0", "parcel_address": "Trần Phú",
    }  # fmt: skip
    paper = {
        "register_number": "CH03730", "authority": "UBND thành phố Vũng Tàu", "paper_sheet": "12",
        "paper_parcel": "7", "paper_area": "99,75", "qr": "https://example.vn/1", "file": "BA123456.pdf",
        "paper_kind": "CCCD", "user_kind": "CNV", "address": "1 Lê Lợi",
    }  # fmt: skip
    house = {
        "asset_kind": "Nhà ở riêng lẻ", "asset_built_area": "45,0", "asset_floor_area": "90,0",
        "asset_storeys": "2", "asset_grade": "Cấp III", "asset_owned": "Sở hữu riêng",
        "asset_until": "Lâu dài", "asset_address": "12 Trần Phú",
    }  # fmt: skip
    plain = {"area": "100,0", "parcel_address": "Trần Phú", "user_kind": "CNV"}
    return [
        row("1", order="1", role="Chồng", share="2/3", **land, **paper, **house),
        row("1", order="2", **BINH, role="Vợ", share="2/3", **land, **paper),
        row("1", order="3", **CHI, sex="", share="1/3", **land, **paper | {"paper_kind": "CMND"}),
        row("2", order="4", name="-Cường", paper_number="C1234567", sex="", paper_kind="Hộ chiếu",
            share="1", serial="AA 12345678", issued_on="01/02/2025", **plain),
    ]  # fmt: skip


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.usefixtures("parcels")
def test_form_goes_out_as_it_came_in(session: Session, tmp_path: Path, suffix: str) -> None:
    given, made = tmp_path / f"given.{suffix}", tmp_path / f"made.{suffix}"
    form.write(given, full())
    outcome = take_in(session, form.read(given), TODAY)
    assert (outcome.rejected, outcome.read) == ({}, 4)
    counts = Written()
    form.write(made, rows_of(session, "26506", TODAY, counts))
    assert (counts.rows, counts.parcels, counts.parcels_left_out, counts.left_out) == (4, 2, 1, 0)
    assert [one for _, one in form.read(made)] == full()


def test_number_of_the_commune_and_no_other_is_written(session: Session, parcels: list[UUID]) -> None:
    other = add_parcel(session, "9", square(200), commune_code="26526")
    right(session, other, person(session, "An"))
    right(session, parcels[0], person(session, "Bình"))
    names = [one["name"] for one in rows_of(session, "26506", TODAY, Written())]
    assert names == ["Bình"]


@pytest.mark.parametrize("text", ["=1+1", "+84", "-Cường", "@x", "\tx"])
def test_no_cell_of_an_export_is_a_formula(tmp_path: Path, text: str) -> None:
    form.write(tmp_path / "a.csv", [row(name=text)])
    form.write(tmp_path / "a.xlsx", [row(name=text)])
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = list(csv.reader(file))[1]
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert {f"'{text}"} <= set(cells)
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in cells)


def test_dates_and_numbers_of_a_spreadsheet_are_read_as_text(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Biểu PL3"])
    sheet.append(list(form.COLUMNS.values()))
    values: dict[str, Any] = row() | {"issued_on": date(2012, 3, 5), "sheet": 1.0, "use_area_1": 60.5}
    sheet.append([values[name] for name in form.COLUMNS])
    book.save(tmp_path / "a.xlsx")
    ((number, read),) = form.read(tmp_path / "a.xlsx")
    assert number == 3
    assert (read["issued_on"], read["sheet"], read["use_area_1"]) == ("05/03/2012", "1", "60,5")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"a;b\n1;2\n", "form_columns"),
        ("a.csv", b"", "form_columns"),
        ("a.csv", "Mã".encode("utf-16"), "form_encoding"),
        ("a.xlsx", b"no zip", "form_unreadable"),
        ("a.xlsx", b"PK\x05\x06" + bytes(18), "form_unreadable"),
    ],
)
def test_file_that_is_not_the_form_is_refused(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Unprocessable, match=code):
        list(form.read(tmp_path / name))


# The command


@pytest.fixture
def database(make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    url = make_database(f"rights_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DIABA_VAR_DIR", str(tmp_path / "var"))
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO parcel (commune_code, sheet, number, legal_area, geom)"
            " SELECT '26506', '1', n::text, 100, ST_SetSRID(ST_GeomFromText(%s), 5899)"
            " FROM generate_series(1, 1) AS n",
            [square()],
        )
        yield cursor
    connection.close()


def test_command_tries_writes_and_exports(database: Any, tmp_path: Path) -> None:
    form.write(tmp_path / "in.xlsx", [row(share="1"), row("99", **BINH)])

    def run(*words: str) -> str:
        result = CliRunner().invoke(diaba, ["rights", *words])
        assert result.exit_code == 0, result.output
        return result.output

    def count() -> int:
        database.execute("SELECT count(*) FROM land_right")
        found: int = database.fetchone()[0]
        return found

    report = tmp_path / "report.csv"
    words = ("import", str(tmp_path / "in.xlsx"), "--report", str(report))
    assert "Đọc 2 dòng = nhận 1 + không nhận 1." in run(*words, "--dry-run")
    assert count() == 0
    run(*words)
    assert count() == 1
    listed = list(csv.reader(report.read_text(encoding="utf-8-sig").splitlines()))
    assert listed[1][:3] == ["3", "rejected", "parcel_unknown"]
    assert "Bình" not in report.read_text()

    out = tmp_path / "out.csv"
    assert "Đã ghi 1 dòng của 1 thửa" in run("export", str(out), "--commune", "26506")
    assert out.stat().st_mode & 0o777 == 0o600
    assert [one["name"] for _, one in form.read(out)] == ["Nguyễn Văn An"]

    again = CliRunner().invoke(diaba, ["rights", *words])
    assert (again.exit_code, count()) == (1, 1)
    assert "held_already" in again.output

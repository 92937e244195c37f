"""Numbers of papers: formats are refused, oddities only warned of."""

from datetime import date

import pytest

from app.errors import Unprocessable
from app.land import papers
from app.land.models import PaperKind


def test_personal_number_is_read_with_spaces() -> None:
    assert papers.identity_number(PaperKind.PERSONAL_NUMBER, " 077 085 000 123 ") == "077085000123"


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (PaperKind.PERSONAL_NUMBER, "07708500012"),
        (PaperKind.PERSONAL_NUMBER, "07708500012A"),
        (PaperKind.CMND, "27145000"),
        (PaperKind.PASSPORT, "ABCDEFG"),
        (PaperKind.ORGANISATION_CODE, "350010163"),
    ],
)
def test_number_of_the_wrong_format_is_refused(kind: PaperKind, typed: str) -> None:
    with pytest.raises(Unprocessable, match="identity_number_wrong"):
        papers.identity_number(kind, typed)


@pytest.mark.parametrize(
    ("kind", "typed", "number"),
    [
        (PaperKind.CMND, "271 450 001", "271450001"),
        (PaperKind.PASSPORT, "c1234567", "C1234567"),
        (PaperKind.ORGANISATION_CODE, "3500101234-001", "3500101234-001"),
    ],
)
def test_number_of_its_format_is_taken(kind: PaperKind, typed: str, number: str) -> None:
    assert papers.identity_number(kind, typed) == number


def test_unknown_prefix_is_a_warning_and_no_error() -> None:
    number = papers.identity_number(PaperKind.PERSONAL_NUMBER, "999085000123")
    assert list(papers.doubts_about(number)) == [(papers.UNKNOWN_PREFIX, {"prefix": "999"})]


def test_personal_number_that_agrees_with_the_person_raises_no_doubt() -> None:
    assert not list(papers.doubts_about("077085000123", sex="male", birth_year=1985))
    assert not list(papers.doubts_about("077304000123", sex="female", birth_year=2004))


def test_other_sex_and_year_are_warned_of() -> None:
    found = list(papers.doubts_about("077085000123", sex="female", birth_year=1986))
    assert found == [(papers.OTHER_SEX, {}), (papers.OTHER_YEAR, {"year": 1985})]


def test_all_63_provinces_are_known() -> None:
    assert len(papers.known_prefixes()) == 63
    assert {"001", "077", "096"} <= papers.known_prefixes()


@pytest.mark.parametrize(
    ("typed", "serial"),
    [
        ("Đ 123456", "Đ 123456"),
        ("ad123456", "AD 123456"),
        ("BA  1234567", "BA 1234567"),
        ("AA 12345678", "AA 12345678"),
    ],
)
def test_serials_of_all_periods_are_read(typed: str, serial: str) -> None:
    assert papers.certificate_serial(typed) == serial


@pytest.mark.parametrize("typed", ["", "123456", "ABC 123456", "BA 12345", "BA 123456789", "BA-123456"])
def test_serial_of_no_period_is_refused(typed: str) -> None:
    with pytest.raises(Unprocessable, match="serial_wrong"):
        papers.certificate_serial(typed)


def test_serial_that_does_not_fit_its_day_is_warned_of() -> None:
    assert not list(papers.doubts_about_serial("AA 12345678", date(2025, 1, 1)))
    assert not list(papers.doubts_about_serial("DB 123456", date(2024, 12, 31)))
    assert list(papers.doubts_about_serial("DB 123456", date(2025, 1, 1)))
    assert list(papers.doubts_about_serial("AA 12345678", date(2024, 12, 31)))


@pytest.mark.parametrize("typed", ["CH03730", "ch 03730", "00123", "CS 01234/26506", "T 1234-QSDĐ"])
def test_register_numbers_of_all_periods_are_read(typed: str) -> None:
    assert papers.register_number(typed)


def test_kind_of_a_number_follows_from_its_format() -> None:
    numbers = ("077085000123", "271450001", "3500101234", "C1234567")
    kinds = [papers.kind_of_number(one) for one in numbers]
    assert kinds == ["personal_number", "cmnd", "organisation_code", "passport"]

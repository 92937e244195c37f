"""How text is decoded and what becomes of values on their way into fields."""

import math
import subprocess
from datetime import UTC, date, datetime

import pytest

from app.transfer import encodings
from app.transfer.mapping import Rejected, Target, read, text
from app.transfer.sentences import NOTES, REASONS, REFUSALS, Refusal
from layers.layer import Kind

VIETNAMESE = "Thửa đất số 12, tờ 5, khu phố Hải Sơn, thị trấn Phước Hải – ăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệ"


def test_every_vietnamese_letter_of_tcvn3_is_read() -> None:
    raw = bytes(range(0xA1, 0x100))
    # The system's own table, for comparison; it says VN1, which has the same letters from 0xA1 on.
    known = subprocess.run(["iconv", "-f", "TCVN5712-1", "-t", "UTF-8"], input=b"".join(
        bytes([byte]) + b"|" for byte in raw), capture_output=True, check=True).stdout.decode()  # fmt: skip
    ours = [encodings.decode(bytes([byte]), "tcvn3") for byte in raw]
    assert ours == known.split("|")[:-1]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1258"])
def test_text_is_composed_when_it_is_decoded(encoding: str) -> None:
    apart = "Ph\u01b0\u01a1\u0300ng Vu\u0303ng Ta\u0300u"
    assert encodings.decode(apart.encode(encoding), encoding) == "Phường Vũng Tàu"


def test_a_letter_cut_in_two_by_a_field_of_fixed_width_is_dropped() -> None:
    assert encodings.decode("Thị trấn Đất Đỏ".encode()[:-1], "utf-8") == "Thị trấn Đất Đ"
    with pytest.raises(UnicodeDecodeError):
        encodings.decode(b"Th\xbeng Tam", "utf-8")


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("UTF-8", "utf-8"),
        ("utf8", "utf-8"),
        ("65001", "utf-8"),
        ("1258", "cp1258"),
        ("ANSI 1258", "cp1258"),
        ("windows-1258", "cp1258"),
        ("CP1258", "cp1258"),
        ("88591", "iso8859-1"),
        ("ISO-8859-1", "iso8859-1"),
        ("TCVN3", "tcvn3"),
        ("TCVN-5712", "tcvn3"),
        ("ABC", "tcvn3"),
        ("932", "cp932"),
        ("klingon", None),
        ("", None),
    ],
)
def test_encodings_are_known_by_the_names_that_files_use(name: str, codec: str | None) -> None:
    assert encodings.codec_name(name) == codec


def test_language_drivers_of_tables_are_known_but_not_the_one_that_means_nothing() -> None:
    assert encodings.of_language_driver(0x03) == "cp1252"
    assert encodings.of_language_driver(0x57) is None
    assert encodings.of_language_driver(0) is None


def test_previews_leave_out_encodings_that_do_not_fit() -> None:
    assert encodings.previews([b"Th\xbeng Tam"])["tcvn3"] == ["Thắng Tam"]
    assert "utf-8" not in encodings.previews([b"Th\xbeng Tam"])
    assert encodings.previews(["Vũng Tàu".encode()])["utf-8"] == ["Vũng Tàu"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, None),
        ("", None),
        ("   ", None),
        ("\N{NO-BREAK SPACE}a\n", "a"),
        (12, "12"),
        (12.0, "12"),
        (12.5, "12.5"),
        (["a", "b"], "a, b"),
        ("a\0b", "ab"),
        (date(2026, 3, 5), "2026-03-05"),
        ("Vu\u0303ng", "Vũng"),
    ],
)
def test_any_value_becomes_plain_text(given: object, expected: str | None) -> None:
    assert text(given) == expected


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        (Kind.TEXT, 7, "7"),
        (Kind.INTEGER, "12", 12),
        (Kind.INTEGER, 12.0, 12),
        (Kind.NUMBER, "120.5", 120.5),
        (Kind.NUMBER, 7, 7.0),
        (Kind.NUMBER, " ", None),
        (Kind.BOOLEAN, "Có", True),
        (Kind.BOOLEAN, 0, False),
        (Kind.BOOLEAN, True, True),
        (Kind.DATE, "2026-03-05", date(2026, 3, 5)),
        (Kind.DATE, date(2026, 3, 5), date(2026, 3, 5)),
        (Kind.DATE, datetime(2026, 3, 5, 8, tzinfo=UTC), date(2026, 3, 5)),
        (Kind.TIMESTAMP, "2026-03-05T08:00:00+07:00", datetime.fromisoformat("2026-03-05T08:00:00+07:00")),
    ],
)
def test_values_are_read_as_their_field_needs_them(kind: Kind, given: object, expected: object) -> None:
    found = read(Target(name="a", kind=kind), given)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("kind", "given", "code"),
    [
        (Kind.INTEGER, "12.5", "value_not_integer"),
        (Kind.INTEGER, 3_000_000_000, "value_not_integer"),
        (Kind.INTEGER, "1e400", "value_not_integer"),
        (Kind.INTEGER, "mười", "value_not_integer"),
        (Kind.NUMBER, "120,5", "value_not_number"),
        (Kind.NUMBER, math.inf, "value_not_number"),
        (Kind.NUMBER, "NaN", "value_not_number"),
        (Kind.BOOLEAN, "maybe", "value_not_boolean"),
        (Kind.DATE, "05/03/2026", "value_not_date"),
        (Kind.TIMESTAMP, "yesterday", "value_not_date"),
        (Kind.CODE, "XYZ", "code_unknown"),
    ],
)
def test_values_that_do_not_fit_are_rejected_with_the_reason(kind: Kind, given: object, code: str) -> None:
    with pytest.raises(Rejected) as rejected:
        read(Target(name="a", kind=kind, codes={}), given)
    problem = rejected.value.problem
    assert problem.code == code
    assert "a" in REASONS[code].format(**problem.values)


def test_ranges_include_their_ends() -> None:
    target = Target(name="a", kind=Kind.INTEGER, minimum=0, maximum=10)
    assert [read(target, value) for value in (0, 10)] == [0, 10]
    for value, code in ((-1, "value_below_minimum"), (11, "value_above_maximum")):
        with pytest.raises(Rejected) as rejected:
            read(target, value)
        assert rejected.value.problem.code == code


def test_no_code_stands_in_two_tables_of_sentences() -> None:
    assert not REFUSALS.keys() & REASONS.keys()
    assert not REASONS.keys() & NOTES.keys()


def test_a_refusal_keeps_its_code_and_values() -> None:
    refusal = Refusal("not_found", name="a")
    assert (refusal.code, refusal.values) == ("not_found", {"name": "a"})

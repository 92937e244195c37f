"""Files that people bring: known by what is in them, named anew, refused when they are two things at once."""

from io import BytesIO
from pathlib import Path

import pytest

from app.dossiers.files import MB, read_upload, shown_name
from app.errors import NotFound, Unprocessable
from tests.dossiers.desk import JPEG, PDF, png, store_in

PAGE = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
ZIP_END = b"PK\x05\x06" + bytes(18)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (PDF, "application/pdf"),
        (JPEG, "image/jpeg"),
        (JPEG + bytes(12), "image/jpeg"),  # some cameras fill up a block
        (png(), "image/png"),
    ],
)
def test_file_is_known_by_its_content(data: bytes, media_type: str) -> None:
    content = read_upload(BytesIO(data), most=MB)
    assert content.type.media_type == media_type
    assert content.data == data


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"hello", "file_type"),
        (PAGE, "file_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "file_type"),
        (b"PK\3\4" + bytes(60) + ZIP_END, "file_type"),
        (b"MZ" + bytes(80), "file_type"),
        (b"GIF89a" + bytes(20), "file_type"),
        (PAGE + PDF, "file_type"),  # opens as a page, and readers still find the PDF
        (b"\xef\xbb\xbf" + PDF, "file_not_whole"),
        (PDF + PAGE, "file_not_whole"),
        (PDF.replace(b"1 0 obj", b"% " + PAGE + b"\n1 0 obj"), "file_not_whole"),
        (PDF.replace(b"1 0 obj", b"% <ScRiPt >alert(1)\n1 0 obj"), "file_not_whole"),
        (PDF + b"PK\3\4" + bytes(40) + ZIP_END, "file_not_whole"),
        (PDF[:-8], "file_not_whole"),  # cut off
        (JPEG + PDF, "file_not_whole"),
        (JPEG[:-2], "file_not_whole"),
        (png() + b"x", "file_not_whole"),
        (png() + PDF, "file_not_whole"),
        (png()[:-6], "file_not_whole"),
    ],
)
def test_what_is_not_one_whole_file_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        read_upload(BytesIO(data), most=MB)
    assert refused.value.code == code


def test_largest_file_is_taken_and_one_byte_more_is_not() -> None:
    fits = PDF.replace(b"1 0 obj", b"%" + b"x" * 1000 + b"\n1 0 obj")
    assert read_upload(BytesIO(fits), most=len(fits)).data == fits
    with pytest.raises(Unprocessable) as refused:
        read_upload(BytesIO(fits), most=len(fits) - 1)
    assert refused.value.code == "file_too_large"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Đơn đề nghị.pdf", "Đơn đề nghị.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\windows\\system32\\x.PDF", "x.pdf"),
        ("C:\\fakepath\\đơn.pdf", "đơn.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie x=1.pdf"),
        ("x\0.pdf", "x.pdf"),
        ("gpj.\u202efdp.exe", "gpj. fdp.exe.pdf"),  # turned round, it reads as exe.pdf
        ('"><script>.jpg', "script.pdf"),
        ("....", "giay-to.pdf"),
        ("", "giay-to.pdf"),
        (None, "giay-to.pdf"),
        ("Y\u0300 .pdf", "Ỳ.pdf"),
        ("x" * 300, "x" * 120 + ".pdf"),
    ],
)
def test_name_that_a_file_came_with_is_made_harmless(given: str | None, shown: str) -> None:
    assert shown_name(given, ".pdf") == shown


def test_file_lies_under_a_name_that_means_nothing(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    content = read_upload(BytesIO(PDF), most=MB)
    first, second = store.keep(content), store.keep(content)
    assert first != second
    assert store.path(first).read_bytes() == PDF
    assert store.path(first).stat().st_mode & 0o777 == 0o600
    assert store.folder.stat().st_mode & 0o777 == 0o700
    store.drop(first)
    with pytest.raises(NotFound):
        store.path(first)


@pytest.mark.parametrize("name", ["../secret_key", "/etc/passwd", "", "x.pdf", "a" * 32 + ".exe"])
def test_no_other_file_can_be_reached_through_the_store(tmp_path: Path, name: str) -> None:
    store = store_in(tmp_path)
    store.folder.mkdir()
    (tmp_path / "secret_key").write_text("secret")
    with pytest.raises(NotFound):
        store.path(name)

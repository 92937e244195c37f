"""The pages of dossiers as officers, approvers and citizens use them, in both languages."""

import re
from datetime import datetime
from html import unescape
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from werkzeug.test import TestResponse

from app.accounts import users
from app.dossiers import views, workflow
from app.dossiers.models import Dossier, DossierDocument, DossierEvent
from app.dossiers.statuses import Status
from tests.app.conftest import SignedIn
from tests.dossiers.desk import PDF, Desk
from tests.people import Browser, add_user

S = Status


@pytest.fixture(autouse=True)
def office_hours(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages read the clock of the desk."""
    monkeypatch.setattr(views, "now", lambda: desk.now)


def sit(app: Flask, name: str) -> Browser:
    browser = Browser(app)
    assert browser.sign_in(name).status_code == 303
    return browser


@pytest.fixture
def officer(app: Flask, desk: Desk) -> Browser:
    return sit(app, "le.thi.t")


@pytest.fixture
def approver(app: Flask, desk: Desk) -> Browser:
    return sit(app, "pham.van.d")


def fields(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that goes to an address."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert form, f"no form for {action}"
    tags = re.findall(r'<input type="hidden"[^>]*>', form[1])
    return {re.search(r'name="([^"]*)"', tag)[1]: re.search(r'value="([^"]*)"', tag)[1] for tag in tags}  # type: ignore[index]


def send(browser: Browser, dossier: Dossier, to: str, /, **more: Any) -> TestResponse:
    """Open the dossier, fill in one of its forms and send it."""
    action = f"/dossiers/{dossier.id}/{to}"
    return browser.post(action, **fields(browser.get(f"/dossiers/{dossier.id}").text, action) | more)


def said(response: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


# The desk


def ask(browser: Browser, desk: Desk, **more: Any) -> TestResponse:
    values = {
        "form_token": str(uuid4()),
        "kind": "split",
        "parcels": [str(desk.town.eleven)],
        "applicant_name": "Trần Văn Bình",
        "applicant_phone": "0912 345 678",
        "receive": "1",
    }
    return browser.post("/dossiers/new", **values | more)


def test_officer_finds_a_parcel_and_takes_a_request_in(officer: Browser, desk: Desk) -> None:
    page = officer.post(
        "/dossiers/new", find="11/5", applicant_name="Trần Văn Bình", kind="split", search="1"
    )
    assert page.status_code == 200
    assert "Thửa 11, tờ 5, Phường Vũng Tàu" in page.text
    assert 'value="Trần Văn Bình"' in unescape(page.text)
    assert re.search(r'<input checked[^>]*value="split"', page.text)
    made = ask(officer, desk)
    assert made.status_code == 303
    shown = said(officer.get(made.location))
    for part in ("260302-0001", "Tách thửa", "thửa 11, tờ 5", "Trần Văn Bình", "0912345678"):
        assert part in shown
    assert "Còn 15 ngày làm việc" in shown
    assert "Thiếu: Đơn đề nghị; Giấy chứng nhận đã cấp; Bản vẽ đo đạc" in shown


def test_search_at_the_desk_shows_no_parcel_of_other_communes(officer: Browser, desk: Desk) -> None:
    page = officer.post("/dossiers/new", find="12/5", search="1").text
    assert str(desk.town.twelve) in page
    assert str(desk.town.twelve_east) not in page


def test_request_sent_twice_makes_one_dossier(officer: Browser, desk: Desk) -> None:
    token = str(uuid4())
    first, second = (ask(officer, desk, form_token=token) for _ in range(2))
    assert first.location == second.location
    assert desk.session.scalar(select(func.count()).select_from(Dossier)) == 1


@pytest.mark.parametrize(
    ("wrong", "explained"),
    [
        ({"applicant_name": ""}, "Ghi tên người nộp hồ sơ"),
        ({"applicant_phone": "không có"}, "Số điện thoại gồm 8 đến 15 chữ số"),
        ({"kind": "merge"}, "Việc này cần ít nhất 2 thửa."),
        ({"kind": ""}, "Chọn việc mà người dân đề nghị."),
        ({"parcels": []}, "Việc này chỉ làm với 1 thửa."),
    ],
)
def test_refused_request_is_explained_and_keeps_what_was_typed(
    officer: Browser, desk: Desk, wrong: dict[str, Any], explained: str
) -> None:
    page = ask(officer, desk, **wrong)
    assert page.status_code == 422
    assert said(page).count(explained) == 2  # in the summary and beside the field
    assert "<title>Lỗi: " in page.text
    if "applicant_name" not in wrong:
        assert 'value="Trần Văn Bình"' in unescape(page.text)


def test_parcel_of_another_commune_is_refused(officer: Browser, desk: Desk) -> None:
    page = ask(officer, desk, parcels=[str(desk.town.twelve_east)])
    assert page.status_code == 422
    assert "Thửa này thuộc phường, xã khác" in page.text


# The work list


def test_work_list_counts_boxes_and_puts_what_is_overdue_in_front(
    officer: Browser, approver: Browser, desk: Desk
) -> None:
    late = desk.begun("extract")
    waiting = desk.to(desk.begun("split"), S.SUPPLEMENT)
    desk.wait(days=7)
    fresh = desk.receive("transfer")
    signed = desk.submitted("merge")
    done = desk.to(desk.submitted("mortgage"), S.DONE, by=desk.approver)
    desk.session.commit()
    page = officer.get("/dossiers?box=open").text
    counts = dict(re.findall(r'box=(\w+)[^>]*>[^<]*<span class="number">(\d+)', page))
    assert counts == {"mine": "4", "overdue": "1", "waiting": "1", "signature": "1", "open": "4", "done": "1"}
    order = re.findall(r'<th scope="row"[^>]*><a[^>]*>([^<]+)', page)
    assert order == [one.short_code for one in (late, fresh, signed, waiting)]
    assert "trễ 2" in said(officer.get("/dossiers?box=overdue"))
    assert signed.short_code in approver.get("/dossiers").text  # what waits for a signature comes first
    assert done.short_code in officer.get("/dossiers?box=done").text


def test_work_list_is_filtered_and_sorted(officer: Browser, desk: Desk) -> None:
    split, extract = desk.receive(), desk.receive("extract", applicant_name="Nguyễn Thị Sáu")
    desk.session.commit()

    def codes(query: str) -> list[str]:
        return re.findall(r'<th scope="row"[^>]*><a[^>]*>([^<]+)', officer.get(f"/dossiers?{query}").text)

    both = [split.short_code, extract.short_code]
    assert codes("box=open&sort=code") == both
    assert codes("box=open&sort=code&order=desc") == both[::-1]
    assert codes("box=open&kind=extract") == [extract.short_code]
    assert codes("box=open&q=nguyen thi sau") == [extract.short_code]
    assert codes("box=open&q=0001") == [split.short_code]
    assert sorted(codes("box=open&q=11/5")) == both
    assert codes("box=open&q=11/6") == []
    assert codes("box=nonsense&sort=nonsense&page=-3&show=nonsense&q=%00'\"") == []


def test_preview_stands_beside_the_list(officer: Browser, desk: Desk) -> None:
    dossier = desk.begun(papers=False)
    desk.session.commit()
    for address in (f"/dossiers/{dossier.id}/preview", f"/dossiers?show={dossier.id}"):
        shown = said(officer.get(address))
        assert "Bước 2/6: Kiểm giấy tờ" in shown
        assert "0/3" in shown
    assert "<html" not in officer.get(f"/dossiers/{dossier.id}/preview").text


# Who sees it


def test_dossier_of_another_commune_is_not_found(app: Flask, desk: Desk) -> None:
    dossier = desk.begun()
    desk.session.commit()
    add_user(desk.session, "stranger", {"officer": ["26526"]})
    stranger = sit(app, "stranger")
    for path in ("", "/preview", f"/documents/{dossier.documents[0].id}"):
        assert stranger.get(f"/dossiers/{dossier.id}{path}").status_code == 404
    assert dossier.short_code not in stranger.get("/dossiers?box=open").text
    refused = stranger.post(f"/dossiers/{dossier.id}/notes", version=1, form_token=uuid4(), text="x")
    assert refused.status_code == 404


@pytest.mark.parametrize("role", ["planner", "administrator", "citizen"])
def test_other_people_have_no_work_list(signed_in: SignedIn, desk: Desk, role: str) -> None:
    browser = signed_in("somebody", {role: []})
    assert browser.get("/dossiers").status_code == 403
    assert browser.get("/dossiers/new").status_code == 403
    assert 'href="/dossiers/track"' in browser.get("/layers").text


def test_who_is_not_signed_in_is_sent_to_sign_in(app: Flask, officer: Browser) -> None:
    assert Browser(app).get("/dossiers").location == "/login?next=/dossiers"
    assert 'href="/dossiers"' in officer.get("/layers").text


def test_one_time_password_must_be_changed_first(app: Flask, desk: Desk) -> None:
    _, word = users.add(desk.session, "new.one", "Người mới", {"officer": []})
    desk.session.commit()
    browser = Browser(app)
    browser.sign_in("new.one", word)
    assert browser.get("/dossiers").location == "/account/password?next=/dossiers"


# One dossier


def test_dossier_goes_from_receipt_to_result(officer: Browser, approver: Browser, desk: Desk) -> None:
    dossier = desk.receive("transfer")
    desk.session.commit()
    assert send(officer, dossier, "status", to="4").status_code == 303
    assert f'href="/dossiers/{dossier.id}/edit"' not in officer.get(f"/dossiers/{dossier.id}").text
    for paper in ("form", "certificate", "contract", "identity"):
        sent = send(officer, dossier, "documents", paper=paper, file=(BytesIO(PDF), f"{paper}.pdf"))
        assert sent.status_code == 303
    assert send(officer, dossier, "submission").status_code == 303
    assert 'name="to" value="9"' not in officer.get(f"/dossiers/{dossier.id}").text
    assert send(approver, dossier, "status", to="9").status_code == 303
    assert "Xong đúng hạn" in said(officer.get(f"/dossiers/{dossier.id}"))
    assert send(officer, dossier, "status", to="10").status_code == 303
    kinds = desk.session.scalars(select(DossierEvent.kind).order_by(DossierEvent.id)).all()
    assert kinds == ["received", "transition", *["document"] * 4, "submitted", "transition", "transition"]


def test_paused_clock_says_why(officer: Browser, desk: Desk) -> None:
    dossier = desk.begun()
    desk.session.commit()
    send(officer, dossier, "status", to="5", reason="thiếu chữ ký")
    shown = said(officer.get(f"/dossiers/{dossier.id}"))
    assert "Tạm dừng: Yêu cầu bổ sung giấy tờ. Khi làm tiếp còn 15 ngày làm việc" in shown
    assert "thiếu chữ ký" in shown


def test_stale_form_gets_409_with_the_current_dossier_and_its_own_words(officer: Browser, desk: Desk) -> None:
    dossier = desk.receive()
    desk.session.commit()
    action = f"/dossiers/{dossier.id}/notes"
    old = fields(officer.get(f"/dossiers/{dossier.id}").text, action)
    send(officer, dossier, "status", to="4")
    late = officer.post(action, **old | {"text": "đã gọi điện cho <b>dân</b>"})
    assert late.status_code == 409
    assert "đã đổi hồ sơ này sau khi bạn mở" in said(late)
    assert "đã gọi điện cho &lt;b&gt;dân&lt;/b&gt;</textarea>" in late.text
    assert fields(late.text, action)["version"] == "2"
    program = officer.client.post(action, data=old | {"text": "x"}, headers={"Accept": "application/json"})
    assert (program.status_code, program.mimetype) == (409, "application/problem+json")
    assert program.get_json()["code"] == "dossier_stale"
    assert program.get_json()["current"]["version"] == 2
    again = fields(late.text, action) | {"text": "đã gọi điện"}
    assert officer.post(action, **again).status_code == 303


def test_note_sent_twice_is_written_once(officer: Browser, desk: Desk) -> None:
    dossier = desk.receive()
    desk.session.commit()
    action = f"/dossiers/{dossier.id}/notes"
    form = fields(officer.get(f"/dossiers/{dossier.id}").text, action) | {"text": "đã gọi điện"}
    assert [officer.post(action, **form).status_code for _ in range(2)] == [303, 303]
    assert officer.get(f"/dossiers/{dossier.id}").text.count("đã gọi điện") == 1


def test_what_is_missing_is_listed_when_it_is_submitted_too_early(officer: Browser, desk: Desk) -> None:
    dossier = desk.begun("transfer", papers=False)
    desk.session.commit()
    refused = send(officer, dossier, "submission")
    assert refused.status_code == 422
    for part in (
        "Thiếu giấy tờ: Giấy chứng nhận đã cấp.",
        "Thiếu giấy tờ: Bản sao giấy tờ tùy thân.",
        "còn 4 việc phải làm xong trước",
    ):
        assert part in said(refused)


def test_notice_and_objection_are_written_down_on_the_page(officer: Browser, desk: Desk) -> None:
    dossier = desk.begun("boundary")
    desk.session.commit()
    assert send(officer, dossier, "notice", place="UBND phường", published_on="2026-03-02").status_code == 303
    assert send(officer, dossier, "objections", objector="Bà Sáu", reason="lấn <2 m>").status_code == 303
    page = officer.get(f"/dossiers/{dossier.id}")
    assert "Niêm yết tại UBND phường từ ngày 02/03/2026 đến hết ngày 31/03/2026. đang niêm yết" in said(page)
    assert "lấn &lt;2 m&gt;" in page.text
    number = re.search(r"/objections/(\d+)", page.text)
    assert number
    send(officer, dossier, f"objections/{number[1]}", outcome="settled", resolution="đã đo lại")
    assert "Đã giải quyết xong" in said(officer.get(f"/dossiers/{dossier.id}"))


def test_dossier_is_passed_on(officer: Browser, desk: Desk) -> None:
    colleague = add_user(desk.session, "colleague", {"officer": ["26506"]})
    dossier = desk.receive()
    desk.session.commit()
    assert send(officer, dossier, "delegate", officer=colleague.id).status_code == 303
    assert "Làm thay: Người colleague" in said(officer.get(f"/dossiers/{dossier.id}"))
    assert send(officer, dossier, "delegate", officer="").status_code == 303
    assert send(officer, dossier, "assignee", officer=colleague.id).status_code == 303
    assert "Giao cho Người colleague" in said(officer.get(f"/dossiers/{dossier.id}"))


@pytest.mark.parametrize(
    ("to", "values"),
    [
        ("notes", {"version": ""}),
        ("notes", {"version": "x"}),
        ("notes", {"form_token": "x"}),
        ("status", {"to": "11"}),
        ("assignee", {"officer": "9" * 30}),
        ("assignee", {"officer": "²"}),
        ("notice", {"published_on": "hôm qua"}),
    ],
)
def test_form_that_somebody_wrote_by_hand_is_refused(
    officer: Browser, desk: Desk, to: str, values: dict[str, str]
) -> None:
    dossier = desk.begun("boundary")
    desk.session.commit()
    whole = {"version": dossier.version, "form_token": uuid4(), "text": "x", "place": "x"}
    refused = officer.post(f"/dossiers/{dossier.id}/{to}", **whole | values)
    assert refused.status_code == 400


# Files


def test_file_is_handed_out_to_be_saved_and_cannot_run(officer: Browser, desk: Desk, app: Flask) -> None:
    dossier = desk.begun(papers=False)
    desk.session.commit()
    send(
        officer, dossier, "documents", paper="form", file=(BytesIO(PDF), "../../Đơn đề nghị.pdf", "text/html")
    )
    stored = desk.session.scalars(select(DossierDocument)).one()
    assert stored.name == "Đơn đề nghị.pdf"
    got = officer.get(f"/dossiers/{dossier.id}/documents/{stored.id}")
    assert (got.data, got.mimetype) == (PDF, "application/pdf")
    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert got.headers["Cache-Control"] == "private, no-store"
    folder = app.extensions["config"].var_dir / "attachments"
    assert (folder / stored.stored).read_bytes() == PDF
    assert officer.get(f"/static/../attachments/{stored.stored}").status_code == 404


def test_file_belongs_to_its_own_dossier(officer: Browser, desk: Desk) -> None:
    first, second = desk.begun(), desk.begun("extract", papers=False)
    desk.session.commit()
    got = officer.get(f"/dossiers/{second.id}/documents/{first.documents[0].id}")
    assert got.status_code == 404


@pytest.mark.parametrize(
    ("data", "explained"),
    [
        (PDF + b"<html ><script>alert(1)</script>", "Tệp này hỏng hoặc có phần lạ gắn thêm"),
        (b"<!doctype html><p>xin chao", "Chỉ nhận tệp PDF, JPEG hoặc PNG"),
        (b"", "Tệp này trống"),
    ],
)
def test_file_that_is_refused_is_explained(officer: Browser, desk: Desk, data: bytes, explained: str) -> None:
    dossier = desk.begun(papers=False)
    desk.session.commit()
    refused = send(officer, dossier, "documents", paper="form", file=(BytesIO(data), "đơn.pdf"))
    assert refused.status_code == 422
    assert explained in said(refused)
    assert not desk.session.scalars(select(DossierDocument)).all()


def test_file_may_be_larger_than_other_requests_but_not_without_end(
    officer: Browser, desk: Desk, app: Flask
) -> None:
    dossier = desk.begun(papers=False)
    desk.session.commit()

    def upload(browser: Browser, size: int, **more: str) -> TestResponse:
        """Send a PDF of so many bytes. (Werkzeug's own client leaves large bodies open on the disk.)"""
        tail = b"\ntrailer\n%%EOF\n"
        pdf = b"%PDF-1.4\n%" + b"x" * (size - 10 - len(tail)) + tail
        parts = [
            f'--cut\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in more.items()
        ]
        head = '--cut\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
        body = "".join([*parts, head]).encode() + pdf + b"\r\n--cut--\r\n"
        return browser.client.post(
            action,
            input_stream=BytesIO(body),
            content_length=len(body),
            content_type="multipart/form-data; boundary=cut",
            headers=browser.headers,
            environ_base=browser.environ,
        )

    mb = 1024 * 1024
    action = f"/dossiers/{dossier.id}/documents"

    def form() -> dict[str, str]:
        return fields(officer.get(f"/dossiers/{dossier.id}").text, action) | {"paper": "form"}

    assert upload(officer, 20 * mb, **form()).status_code == 303
    over = upload(officer, 20 * mb + 1, **form())
    assert (over.status_code, "Tệp lớn hơn 20 MB" in said(over)) == (422, True)
    assert upload(officer, 22 * mb, **form()).status_code == 413
    stranger = Browser(app)
    assert upload(stranger, 17 * mb, csrf_token=stranger.token()).status_code == 413


# Citizens


def test_citizen_sees_how_a_dossier_stands_and_no_person(app: Flask, desk: Desk) -> None:
    dossier = desk.to(desk.begun(), S.SUPPLEMENT, "bà Trần Thị Mật chưa ký")
    workflow.note(desk.session, dossier.id, desk.act(dossier), "lời kín")
    desk.session.commit()
    typed = dossier.code.replace("-", "–").lower()
    page = Browser(app).get("/dossiers/track", query_string={"code": f" {typed} "})
    assert page.status_code == 200
    shown = said(page)
    assert "Yêu cầu bổ sung giấy tờ" in shown
    assert "Bạn cần nộp thêm giấy tờ ở một cửa" in shown
    assert "Hẹn trả 23/03/2026." in shown
    for private in ("Trần Văn Bình", "Mật", "lời kín", "le.thi.t", "tờ 5", str(dossier.id)):
        assert private not in page.text


def test_unknown_code_is_404_and_many_of_them_have_to_wait(app: Flask, desk: Desk) -> None:
    dossier = desk.receive()
    desk.session.commit()
    browser = Browser(app)
    for n in range(20):
        assert browser.get(f"/dossiers/track?code=000.00.01.H29-260302-9{n:03}").status_code == 404
    slowed = browser.get("/dossiers/track?code=000.00.01.H29-260302-9999")
    assert slowed.status_code == 429
    assert int(slowed.headers["Retry-After"]) >= 1
    assert browser.get(f"/dossiers/track?code={dossier.code}").status_code == 429
    assert Browser(app, "192.0.2.9").get(f"/dossiers/track?code={dossier.code}").status_code == 200
    desk.session.execute(text("UPDATE dossier_lookup SET at = at - interval '61 minutes'"))
    desk.session.commit()
    assert browser.get(f"/dossiers/track?code={dossier.code}").status_code == 200
    assert browser.get("/dossiers/track").status_code == 200


# Languages


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("vi", ("Hồ sơ", "Quá hạn", "Nhận hồ sơ", "Các bước", "Trích lục bản đồ địa chính", "02/03/2026")),
        (
            "en",
            ("Dossiers", "Overdue", "Receive a dossier", "Steps", "Cadastral map extract", "2 March 2026"),
        ),
    ],
)
def test_pages_speak_both_languages(officer: Browser, desk: Desk, lang: str, words: tuple[str, ...]) -> None:
    dossier = desk.begun("extract")
    desk.session.commit()
    pages = [
        officer.get(f"{path}?lang={lang}")
        for path in ("/dossiers", "/dossiers/new", f"/dossiers/{dossier.id}", "/dossiers/track")
    ]
    assert [page.status_code for page in pages] == [200] * 4
    shown = " ".join(said(page) for page in pages)
    assert [word for word in words if word not in shown] == []
    assert all(f'<html lang="{lang}">' in page.text for page in pages)
    if lang == "en":
        for page in pages:
            assert "ngày làm việc" not in said(page)


def test_every_event_has_a_sentence(officer: Browser, desk: Desk) -> None:
    """A dossier to which everything is done that can be done."""
    colleague = add_user(desk.session, "colleague", {"officer": ["26506"]})
    dossier = desk.begun("boundary")
    session, act = desk.session, desk.act
    workflow.delegate(session, dossier.id, act(dossier), colleague.id)
    workflow.delegate(session, dossier.id, act(dossier), None)
    workflow.assign(session, dossier.id, act(dossier), colleague.id)
    workflow.note(session, dossier.id, act(dossier), "một lời")
    workflow.publish_notice(session, dossier.id, act(dossier), "UBND", desk.now.date())
    workflow.object_to(session, dossier.id, act(dossier), "Bà Sáu", "lấn")
    number = dossier.objections[0].id
    workflow.resolve(session, dossier.id, act(dossier), number, outcome="unfounded", resolution="đã đo")
    desk.wait(days=31)
    desk.send_back(desk.send(desk.drawn(dossier)), "xem lại")
    desk.receive("extract", online=True)
    session.commit()
    made = set(session.scalars(select(DossierEvent.kind)))
    assert made >= {"assigned", "delegated", "note", "notice", "objection", "resolved", "given_back"}
    assert made >= {"registered", "received", "transition", "document", "submitted"}
    shown = said(officer.get(f"/dossiers/{dossier.id}?lang=en"))
    for part in (
        "Nobody stands in any more",
        "Assign to Người colleague",
        "Objection resolved: Unfounded",
        "Posted at UBND since 2 March 2026",
        "Document added: Survey drawing",
        "Moved to: In progress",
    ):
        assert part in shown


def test_clock_is_that_of_the_office(app: Flask) -> None:
    with app.test_request_context():
        assert str(datetime.now(views.now().tzinfo).tzinfo) == "Asia/Ho_Chi_Minh"

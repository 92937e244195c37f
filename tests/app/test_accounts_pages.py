"""The pages of accounts as people use them, and the command that does the same."""

import re
from html import unescape

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app.accounts import users
from app.accounts.command import users as command
from tests.app.conftest import SignedIn
from tests.people import PASSWORD, Browser, add_user
from tests.shapes import add

VUNG_TAU, RACH_DUA = "26506", "26536"


@pytest.fixture
def admin(signed_in: SignedIn, session: Session) -> Browser:
    for code, name in ((VUNG_TAU, "Phường Vũng Tàu"), (RACH_DUA, "Phường Rạch Dừa")):
        add(session, "commune", "MULTIPOLYGON(((0 0,1 0,1 1,0 0)))", code=code, name=name)
    session.commit()
    return signed_in("admin", {"administrator": []})


def one_time_password(page: str) -> str:
    return re.findall(r"<code>([^<]+)</code>", page)[-1]


def roles_of(session: Session, name: str) -> dict[str, list[str]]:
    session.expire_all()
    return {grant.role: grant.communes for grant in users.by_name(session, name).grants}


def test_new_person_gets_a_password_that_is_shown_once(app: Flask, admin: Browser, session: Session) -> None:
    page = admin.post("/admin/users/new", full_name="Lê Thị T", name="Le.Thi.T", **{"officer-held": "y"}).text
    word = one_time_password(page)
    assert roles_of(session, "le.thi.t") == {"officer": []}
    user = users.by_name(session, "le.thi.t")
    for path in ("/admin/users", f"/admin/users/{user.id}"):
        assert word not in admin.get(path).text
        assert "Chờ đổi mật khẩu" in admin.get(path).text
    person = Browser(app, "192.0.2.7")
    assert person.sign_in("le.thi.t", word).location == "/account/password?next=/"


@pytest.mark.parametrize("name", ["a", "lê", "a b", "-a", "a" * 33, "a/b", "admin<"])
def test_account_name_that_cannot_be_is_explained_and_inputs_stay(admin: Browser, name: str) -> None:
    response = admin.post("/admin/users/new", full_name="Lê Thị T", name=name, **{"planner-held": "y"})
    assert response.status_code == 422
    assert response.text.count("Tên tài khoản gồm 2 đến 32 ký tự") == 2
    page = unescape(response.text)
    assert f'value="{name}"' in page
    assert 'value="Lê Thị T"' in page
    assert re.search(r'<input[^>]*checked[^>]*name="planner-held"', page)
    assert "<title>Lỗi: " in page


def test_account_name_that_is_taken_is_explained(admin: Browser, session: Session) -> None:
    response = admin.post("/admin/users/new", full_name="Một người khác", name="ADMIN")
    assert response.status_code == 422
    assert response.text.count("Đã có tài khoản mang tên này") == 2
    assert users.listed(session)[1] == 1


@pytest.mark.parametrize("full_name", ["", "   ", "a" * 101, "a\nb", "a\0b"])
def test_full_name_must_be_one(admin: Browser, session: Session, full_name: str) -> None:
    assert admin.post("/admin/users/new", full_name=full_name, name="someone").status_code == 422
    assert users.listed(session)[1] == 1


def test_roles_and_communes_are_saved_as_ticked(admin: Browser, session: Session) -> None:
    user = add_user(session, "officer", {"approver": [], "planner": []})
    fields = {
        "full_name": "Trần Văn B",
        "officer-held": "y",
        "officer-where": "communes",
        "officer-communes": [VUNG_TAU, RACH_DUA],
        "planner-held": "y",
        "planner-where": "everywhere",
        "planner-communes": [VUNG_TAU],
        "citizen-where": "communes",
    }
    response = admin.post(f"/admin/users/{user.id}", **fields)
    assert response.status_code == 303
    assert roles_of(session, "officer") == {"officer": [VUNG_TAU, RACH_DUA], "planner": []}
    page = admin.get(response.location).text
    assert "Đã lưu" in page
    assert 'value="Trần Văn B"' in page
    assert re.search(rf'checked[^>]*name="officer-communes"[^>]*value="{VUNG_TAU}"', page)
    assert not re.search(r'checked[^>]*name="planner-communes"', page)


def test_limit_without_a_commune_is_not_taken_for_everywhere(admin: Browser, session: Session) -> None:
    user = add_user(session, "officer", {"officer": []})
    response = admin.post(
        f"/admin/users/{user.id}",
        full_name="X",
        **{"officer-held": "y", "officer-where": "communes"},
    )
    assert response.status_code == 422
    assert response.text.count("Chọn ít nhất một phường, xã") == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"officer-held": "y", "officer-where": "communes", "officer-communes": "99999"},
        {"administrator-held": "y", "administrator-where": "communes", "administrator-communes": VUNG_TAU},
        {"officer-held": "y", "officer-where": "nonsense"},
    ],
)
def test_grant_that_the_form_does_not_offer_is_refused(
    admin: Browser, session: Session, fields: dict[str, str]
) -> None:
    user = add_user(session, "officer")
    assert admin.post(f"/admin/users/{user.id}", full_name="X", **fields).status_code == 422
    assert roles_of(session, "officer") == {}


def test_administrator_cannot_lock_everybody_out(admin: Browser, session: Session) -> None:
    own = users.by_name(session, "admin")
    response = admin.post(f"/admin/users/{own.id}", full_name="Tên mới")
    assert response.status_code == 422
    assert "người cuối cùng quản lý được tài khoản" in response.text
    assert admin.post(f"/admin/users/{own.id}/deactivate").status_code == 409
    assert admin.get("/admin/users").status_code == 200
    session.expire_all()
    assert users.by_name(session, "admin").full_name == "Người admin"


def test_list_finds_by_name_without_marks_by_role_and_by_state(admin: Browser, session: Session) -> None:
    for name, full_name, role in (
        ("dang.a", "Đặng Thị Ánh", "officer"),
        ("tran.b", "Trần Văn Bình", "planner"),
    ):
        user = add_user(session, name, {role: []})
        users.edit(session, user, full_name=full_name, grants={role: []})
    users.deactivate(session, users.by_name(session, "tran.b"))
    session.commit()
    for query, found in (
        ("q=dang thi anh", {"dang.a"}),
        ("q=BINH", {"tran.b"}),
        ("q=tran.b", {"tran.b"}),
        ("role=officer", {"dang.a"}),
        ("state=inactive", {"tran.b"}),
        ("state=active", {"dang.a", "admin"}),
        ("q=khong co ai", set()),
    ):
        page = admin.get(f"/admin/users?{query}").text
        assert {name for name in ("admin", "dang.a", "tran.b") if f">{name}</td>" in page} == found, query


def test_long_list_has_pages(admin: Browser, session: Session) -> None:
    session.execute(
        text(
            "INSERT INTO account (name, full_name, password_hash)"
            " SELECT 'user' || n, 'Người ' || n, '' FROM generate_series(101, 220) n"
        )
    )
    session.commit()
    first, last = admin.get("/admin/users"), admin.get("/admin/users?page=3")
    assert "Số tài khoản: 121" in first.text
    assert first.text.count("/admin/users/") - 1 == 50
    assert last.text.count("/admin/users/") - 1 == 21
    assert 'rel="next"' not in last.text
    assert admin.get("/admin/users?page=99").status_code == 200


def test_new_password_ends_sign_ins_of_the_person(app: Flask, admin: Browser, session: Session) -> None:
    user = add_user(session, "officer")
    person = Browser(app)
    person.sign_in("officer")
    word = one_time_password(admin.post(f"/admin/users/{user.id}/password").text)
    assert not person.is_signed_in()
    assert person.sign_in("officer").status_code == 422
    assert person.sign_in("officer", word).location == "/account/password?next=/"


def test_closed_account_can_be_opened_again(app: Flask, admin: Browser, session: Session) -> None:
    user = add_user(session, "officer", {"officer": []})
    person = Browser(app)
    person.sign_in("officer")
    page = admin.get(admin.post(f"/admin/users/{user.id}/deactivate").location).text
    assert "Đã khóa" in page
    assert not person.is_signed_in()
    admin.post(f"/admin/users/{user.id}/activate")
    assert person.sign_in("officer").status_code == 303
    assert roles_of(session, "officer") == {"officer": []}


def test_administrator_sees_and_ends_sign_ins(app: Flask, admin: Browser, session: Session) -> None:
    user = add_user(session, "officer")
    one, two, three = (Browser(app, f"198.51.100.{n}") for n in range(3))
    for person in (one, two, three):
        person.sign_in("officer")
    page = admin.get(f"/admin/users/{user.id}").text
    assert "Firefox, Linux" in page
    assert "198.51.100.1" in page
    first = session.scalar(text("SELECT id FROM sign_in WHERE network = '198.51.100.0/32'"))
    admin.post(f"/admin/users/{user.id}/sign-ins/{first}/end")
    assert [person.is_signed_in() for person in (one, two, three)] == [False, True, True]
    admin.post(f"/admin/users/{user.id}/sign-ins/end")
    assert [person.is_signed_in() for person in (one, two, three)] == [False] * 3


def test_sign_in_is_ended_only_for_the_account_of_the_address(admin: Browser, session: Session) -> None:
    user = add_user(session, "officer")
    own = session.scalar(text("SELECT max(id) FROM sign_in"))
    admin.post(f"/admin/users/{user.id}/sign-ins/{own}/end")
    assert admin.is_signed_in()


def test_person_sees_own_roles_and_ends_own_sign_ins(app: Flask, admin: Browser, session: Session) -> None:
    add_user(session, "officer", {"officer": [VUNG_TAU], "planner": []})
    here, there, elsewhere = (Browser(app, f"198.51.100.{n}") for n in range(3))
    for person in (here, there, elsewhere):
        person.sign_in("officer")
    page = here.get("/account").text
    assert re.search(r"Cán bộ địa chính\s*<span[^>]*>tại Phường Vũng Tàu</span>", page)
    assert re.search(r"Cán bộ quy hoạch\s*<span[^>]*>trên toàn địa bàn</span>", page)
    assert page.count("Máy này") == 1
    other = session.scalar(text("SELECT id FROM sign_in WHERE network = '198.51.100.1/32'"))
    here.post(f"/account/sign-ins/{other}/end")
    assert [person.is_signed_in() for person in (here, there, elsewhere)] == [True, False, True]
    here.post("/account/sign-ins/end")
    assert [person.is_signed_in() for person in (here, there, elsewhere)] == [True, False, False]


def test_roles_page_shows_who_may_what(admin: Browser) -> None:
    page = admin.get("/admin/roles").text
    row = re.search(r"<code[^>]*>parcels:approve</code>.*?</tr>", page, re.DOTALL)
    assert row
    assert re.findall(r"<td>(.*?)</td>", row[0]) == ["–", "Có", "–", "–", "–"]


def test_frame_shows_who_is_signed_in_and_what_they_may_open(signed_in: SignedIn, app: Flask) -> None:
    officer = signed_in("officer", {"officer": []}).get("/account").text
    assert "Người officer" in officer
    assert "Đăng xuất" in officer
    assert 'href="/admin/users"' not in officer
    nobody = Browser(app).get("/nothing/here?a=b").text
    assert 'href="/login?next=/nothing/here?a%3Db"' in nobody
    assert 'href="?a=b&amp;lang=en"' in nobody


def test_pages_speak_the_language_of_the_link(app: Flask) -> None:
    browser = Browser(app)
    assert '<html lang="vi">' in browser.get("/login").text
    assert '<html lang="en">' in browser.get("/login?lang=en").text
    assert '<html lang="en">' in browser.get("/login").text


def test_signed_in_person_need_not_sign_in_again(signed_in: SignedIn) -> None:
    assert signed_in("officer").get("/login?next=/account").location == "/account"


# --- the same from the command line


@pytest.fixture
def diaba(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The command line, in the transaction of the test."""

    class Engine:
        """As much of an engine as a command needs, over the connection of the test."""

        def dispose(self) -> None: ...

    monkeypatch.setattr("app.accounts.command.make_engine", lambda _: Engine())
    from app.db import make_session

    monkeypatch.setattr(
        "app.accounts.command.make_session", lambda _, crs, tables: make_session(connection, crs, tables)
    )
    return CliRunner()


def test_command_adds_lists_and_gives_roles(diaba: CliRunner, admin: Browser, session: Session) -> None:
    added = diaba.invoke(
        command,
        ["add", "le.thi.t", "--full-name", "Lê Thị T", "--role", f"officer:{VUNG_TAU},{RACH_DUA}"],
    )
    assert added.exit_code == 0, added.output
    word = added.output.splitlines()[0].removeprefix("le.thi.t: ")
    assert roles_of(session, "le.thi.t") == {"officer": [VUNG_TAU, RACH_DUA]}
    assert Browser(admin.client.application).sign_in("le.thi.t", word).status_code == 303
    listed = diaba.invoke(command, ["list", "--role", "officer"])
    assert listed.output == f"le.thi.t\tLê Thị T\tofficer:{VUNG_TAU},{RACH_DUA}\n"
    assert diaba.invoke(command, ["role", "le.thi.t", "planner"]).output == "le.thi.t: planner\n"
    assert roles_of(session, "le.thi.t") == {"planner": []}


def test_command_resets_a_password_and_ends_sign_ins(diaba: CliRunner, app: Flask, session: Session) -> None:
    add_user(session, "officer")
    one, two = Browser(app), Browser(app)
    one.sign_in("officer")
    two.sign_in("officer")
    listed = diaba.invoke(command, ["sessions", "officer"]).output
    first = min(int(line.split("\t")[0]) for line in listed.splitlines())
    left = diaba.invoke(command, ["sessions", "officer", "--end", str(first)]).output
    assert len(left.splitlines()) == 1
    assert [one.is_signed_in(), two.is_signed_in()] == [False, True]
    word = diaba.invoke(command, ["reset", "officer"]).output.strip().removeprefix("officer: ")
    assert not two.is_signed_in()
    assert two.sign_in("officer", PASSWORD).status_code == 422
    assert two.sign_in("officer", word).status_code == 303


@pytest.mark.parametrize(
    "arguments",
    [
        ["add", "bad name", "--full-name", "X"],
        ["add", "fine", "--full-name", "X", "--role", "king"],
        ["role", "nobody", "officer"],
        ["reset", "nobody"],
        ["sessions", "officer", "--end", "999"],
    ],
)
def test_command_says_what_is_wrong_and_changes_nothing(
    diaba: CliRunner, session: Session, arguments: list[str]
) -> None:
    add_user(session, "officer")
    result = diaba.invoke(command, arguments)
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert users.listed(session)[1] == 1

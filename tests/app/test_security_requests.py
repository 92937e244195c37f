"""Every request: forged ones, odd methods, what browsers are told, and who may open which page."""

import re
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts import users
from app.accounts.guard import local_target
from app.accounts.models import User
from app.accounts.roles import ROLES
from tests.app.conftest import SignedIn
from tests.people import PAGE, PASSWORD, Browser, add_user

# --- requests forged by other sites

HERE = "http://localhost"


def test_form_without_token_is_refused(browser: Browser, session: Session) -> None:
    add_user(session, "officer")
    response = browser.client.post("/login", data={"name": "officer", "password": PASSWORD}, headers=PAGE)
    assert response.status_code == 403
    assert "Tải lại trang" in response.text
    assert not browser.is_signed_in()


def test_token_of_another_session_is_refused(app: Flask, browser: Browser, session: Session) -> None:
    add_user(session, "officer")
    foreign = Browser(app).token()
    browser.get("/login")
    response = browser.post("/login", name="officer", password=PASSWORD, csrf_token=foreign)
    assert response.status_code == 403


def test_token_from_before_the_sign_in_is_refused_after_it(browser: Browser, officer: User) -> None:
    old = browser.token()
    browser.sign_in("officer")
    assert browser.post("/logout", csrf_token=old).status_code == 403
    assert browser.is_signed_in()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "https://localhost"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": HERE, "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_request_from_another_site_is_refused_even_with_the_token(
    signed_in: SignedIn, headers: dict[str, str]
) -> None:
    browser = signed_in("officer")
    token = browser.token()
    response = browser.client.post("/logout", data={"csrf_token": token}, headers=PAGE | headers)
    assert response.status_code == 403
    assert browser.is_signed_in()


@pytest.mark.parametrize("headers", [{}, {"Origin": HERE}, {"Origin": HERE, "Sec-Fetch-Site": "same-origin"}])
def test_request_from_our_own_page_passes(signed_in: SignedIn, headers: dict[str, str]) -> None:
    browser = signed_in("officer")
    token = browser.token()
    assert browser.client.post("/logout", data={"csrf_token": token}, headers=headers).status_code == 303


@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
def test_json_needs_the_token_in_its_header(signed_in: SignedIn, app: Flask, content_type: str) -> None:
    @app.post("/api/echo")
    def echo() -> str:
        return "changed"

    browser = signed_in("officer")
    token = browser.token()
    bare = browser.client.post("/api/echo", data="{}", content_type=content_type)
    assert (bare.status_code, bare.mimetype) == (403, "application/problem+json")
    assert bare.get_json()["code"] == "csrf"
    with_token = browser.client.post(
        "/api/echo", data="{}", content_type=content_type, headers={"X-CSRFToken": token}
    )
    assert with_token.text == "changed"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_that_write_need_the_token_too(app: Flask, method: str) -> None:
    app.add_url_rule("/api/write", "write", lambda: "changed", methods=[method])
    assert app.test_client().open("/api/write", method=method).status_code == 403


def test_origin_is_that_of_the_public_address_behind_a_proxy(app: Flask, session: Session) -> None:
    public = "https://diaba.example.vn"
    app.extensions["config"] = app.extensions["config"].model_copy(update={"public_url": public})
    browser = Browser(app)
    token = browser.token()
    response = browser.client.post("/logout", data={"csrf_token": token}, headers={"Origin": public})
    assert response.status_code == 303


# --- methods


def changing_rules(app: Flask) -> list[str]:
    return sorted(
        rule.rule for rule in app.url_map.iter_rules() if rule.methods and "GET" not in rule.methods
    )


def test_addresses_that_change_something_do_not_answer_get(app: Flask, browser: Browser) -> None:
    rules = changing_rules(app)
    assert "/logout" in rules
    for rule in rules:
        path = re.sub(r"<[^>]+>", "1", re.sub(r"<uuid:[^>]+>", str(UUID(int=0)), rule))
        assert (browser.get(path).status_code, rule) == (405, rule)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "DELETE", "PATCH"])
def test_pages_know_no_other_methods(browser: Browser, method: str) -> None:
    response = browser.client.open("/login", method=method, headers=PAGE)
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_head_and_options_answer_without_a_body(browser: Browser) -> None:
    head = browser.client.head("/login")
    assert (head.status_code, head.data) == (200, b"")
    options = browser.client.options("/login")
    assert (options.status_code, options.data) == (200, b"")
    assert "POST" in options.headers["Allow"]


def test_head_needs_the_same_permission_as_get(browser: Browser) -> None:
    assert browser.client.head("/admin/users", headers=PAGE).status_code == 302
    assert browser.client.head("/admin/users").status_code == 401


# --- headers

KINDS = {
    "page": ("/login", 200),
    "page that is not there": ("/nothing/here", 404),
    "redirect": ("/admin/users", 302),
    "json": ("/api/v1/catalogue", 200),
    "json problem": ("/api/v1/nothing", 404),
    "style": ("/styles/planning.json", 200),
    "empty tile": ("/tiles/parcel/14/13065/7706.mvt", 204),
    "bad tile": ("/tiles/parcel/x/0/0.mvt", 400),
    "static file": ("/static/pages.js", 200),
    "static file that is not there": ("/static/nothing.js", 404),
    "health": ("/healthz", 200),
}


@pytest.mark.parametrize(("path", "status"), KINDS.values(), ids=KINDS)
def test_security_headers_go_with_every_kind_of_response(browser: Browser, path: str, status: int) -> None:
    response = browser.get(path)
    assert response.status_code == status
    policy = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["object-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == policy["form-action"] == "'self'"
    assert "unsafe" not in str(policy)
    assert "http" not in str(policy), "no host but ours"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in response.headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in response.headers, "the demo has no certificate"


def test_security_headers_go_with_unexpected_errors(app: Flask) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/boom", "boom", lambda: 1 / 0)
    response = app.test_client().get("/boom", headers=PAGE)
    assert response.status_code == 500
    assert "Content-Security-Policy" in response.headers
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_unexpected_error_page_does_not_ask_the_database_who_reads_it(
    signed_in: SignedIn, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.accounts import sign_ins

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/boom", "boom", lambda: 1 / 0)
    browser = signed_in("officer")

    def gone(*_: object) -> None:
        raise AssertionError("the database is gone")

    monkeypatch.setattr(sign_ins, "recognise", gone)
    response = browser.get("/boom")
    assert response.status_code == 500
    assert "Mã hỗ trợ" in response.text


def test_pages_have_nothing_inline(signed_in: SignedIn) -> None:
    admin = signed_in("admin", {"administrator": []})
    for path in ("/login", "/account", "/account/password", "/admin/users", "/admin/users/new",
                 "/admin/roles", "/nothing/here"):  # fmt: skip
        page = admin.get(path).text
        assert not re.search(r"\s(style|on\w+)\s*=", page), path
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|javascript:", page), path
        assert not re.search(r"(src|href|action)=\"(https?:)?//", page), path


def test_what_signed_in_people_see_is_kept_by_no_cache(signed_in: SignedIn, browser: Browser) -> None:
    admin = signed_in("admin", {"administrator": []})
    for path in ("/account", "/admin/users", "/admin/roles"):
        assert admin.get(path).headers["Cache-Control"] == "no-store"
    assert browser.get("/login").headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("path", ["/tiles/parcel/14/13065/7706.mvt", "/static/pages.js"])
def test_what_everybody_gets_does_not_depend_on_the_cookie(
    signed_in: SignedIn, browser: Browser, path: str
) -> None:
    for reader in (browser, signed_in("officer", {"officer": []})):
        response = reader.get(path)
        assert "Cookie" not in response.headers.get("Vary", "")
        assert "Set-Cookie" not in response.headers


# --- who may open what

ADMIN_GETS = ("/admin/users", "/admin/users/new", "/admin/users/1", "/admin/users/999", "/admin/roles")


def test_every_page_of_administration_asks_who_comes(app: Flask, browser: Browser) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/admin")]
    assert len(rules) >= 9
    for rule in rules:
        path = re.sub(r"<[^>]+>", "1", rule.rule)
        if "GET" in (rule.methods or ()):
            response = browser.get(path)
            assert response.location.startswith("/login?next=/admin"), rule
        else:
            assert browser.post(path).status_code == 401, rule


@pytest.mark.parametrize("role", [role.code for role in ROLES if role.code != "administrator"])
def test_other_roles_cannot_administer(signed_in: SignedIn, app: Flask, role: str) -> None:
    browser = signed_in("someone", {role: []})
    for path in ADMIN_GETS:
        assert (browser.get(path).status_code, path) == (403, path)
    for rule in changing_rules(app):
        if rule.startswith("/admin"):
            assert browser.post(re.sub(r"<[^>]+>", "1", rule)).status_code == 403


def test_program_is_told_401_and_a_person_is_sent_to_sign_in(browser: Browser) -> None:
    program = browser.client.get("/admin/users?q=a")
    assert (program.status_code, program.get_json()["code"]) == (401, "sign_in_required")
    assert browser.get("/admin/users?q=a&page=2").location == "/login?next=/admin/users?q%3Da%26page%3D2"


def test_role_limited_to_communes_sees_internal_layers(signed_in: SignedIn, session: Session) -> None:
    browser = signed_in("officer", {"officer": []})
    session.execute(text("UPDATE role_grant SET communes = '{26506}'"))
    session.commit()
    assert browser.get("/tiles/@staff/parcel.json").status_code == 200


def test_sign_ins_of_others_cannot_be_ended(signed_in: SignedIn, session: Session) -> None:
    victim, attacker = signed_in("victim"), signed_in("attacker")
    target = session.scalar(
        text("SELECT s.id FROM sign_in s JOIN account a ON a.id = user_id WHERE a.name = 'victim'")
    )
    response = attacker.post(f"/account/sign-ins/{target}/end")
    assert "từ trước" in attacker.get(response.location).text
    assert victim.is_signed_in()


# --- what people type


def test_fields_that_a_form_does_not_have_change_nothing(signed_in: SignedIn, session: Session) -> None:
    admin = signed_in("admin", {"administrator": []})
    target = add_user(session, "officer")
    before = (target.name, target.password_hash)
    admin.post(
        f"/admin/users/{target.id}",
        full_name="Tên mới",
        id="1",
        name="root",
        active="",
        password_hash="x",
        one_time_until="2000-01-01",
        grants="administrator",
        roles="administrator",
        **{"administrator-permissions": "users:manage"},
    )
    session.refresh(target)
    assert target.full_name == "Tên mới"
    assert (target.name, target.password_hash) == before
    assert target.active
    assert target.one_time_until is None
    assert target.grants == []


def test_own_account_cannot_give_itself_a_role(signed_in: SignedIn, session: Session) -> None:
    browser = signed_in("officer", {"officer": []})
    fields = {"administrator-held": "y", "is_admin": "1", "role": "administrator"}
    new = "mưa rơi trên phố"
    response = browser.post("/account/password", current=PASSWORD, new=new, again=new, **fields)
    assert response.status_code == 303
    assert users.listed(session, role="administrator")[1] == 0


EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def test_names_are_shown_as_text_everywhere(signed_in: SignedIn, session: Session) -> None:
    admin = signed_in("admin", {"administrator": []})
    target = add_user(session, "officer")
    users.edit(session, target, full_name=EVIL, grants={})
    session.commit()
    own = Browser(admin.client.application)
    own.headers["User-Agent"] = EVIL
    own.sign_in("officer")
    pages = [
        admin.get(path).text
        for path in (f"/admin/users?q={EVIL}", "/admin/users", f"/admin/users/{target.id}")
    ]
    pages += [own.get("/account").text, own.get("/nothing/<script>").text]
    pages.append(admin.post("/admin/users/new", full_name=EVIL, name=EVIL).text)
    pages.append(admin.post(f"/admin/users/{target.id}/password").text)
    pages.append(own.sign_in(EVIL, EVIL).text)
    for page in pages:
        assert "<script>alert" not in page
        assert "<img" not in page
    assert sum("&lt;script&gt;" in page for page in pages) >= 6


@pytest.mark.parametrize(
    "typed", ["\0", "' OR 1=1 --", "%", "_", "\\", "a" * 5000, "🏠", "\ud7ff", "đ\u0301"]
)
def test_list_finds_whatever_is_typed_or_nothing(signed_in: SignedIn, typed: str) -> None:
    admin = signed_in("admin", {"administrator": []})
    for name in ("q", "role", "state", "page"):
        response = admin.client.get("/admin/users", query_string={name: typed}, headers=PAGE)
        assert response.status_code == 200


def test_percent_sign_is_no_wildcard(signed_in: SignedIn) -> None:
    admin = signed_in("admin", {"administrator": []})
    assert "Số tài khoản: 0" in admin.get("/admin/users?q=%25").text


@pytest.mark.parametrize("user_id", ["0", "9223372036854775807", "9223372036854775808", "9" * 40])
def test_account_that_does_not_exist_is_not_found(signed_in: SignedIn, user_id: str) -> None:
    assert signed_in("admin", {"administrator": []}).get(f"/admin/users/{user_id}").status_code == 404


@pytest.mark.parametrize("sign_in_id", ["0", "9223372036854775808", "9" * 40])
def test_sign_in_that_does_not_exist_is_ended_already(signed_in: SignedIn, sign_in_id: str) -> None:
    assert signed_in("officer").post(f"/account/sign-ins/{sign_in_id}/end").status_code == 303


# --- where to go afterwards

LOCAL = [
    "/",
    "/admin/users?q=a&page=2",
    "/parcels/26506/12/125",
    "/search?q=th%E1%BB%ADa",
    "/%2f/evil.example",
]
FOREIGN = [
    "//evil.example",
    "///evil.example",
    "https://evil.example",
    "http:evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    "/ /evil.example",
    "/\u2028/evil.example",
    "",
]


@pytest.mark.parametrize("target", LOCAL)
def test_sign_in_goes_on_to_a_page_of_ours(browser: Browser, officer: User, target: str) -> None:
    assert local_target(target) == target
    browser.get("/login")
    response = browser.client.post(
        "/login",
        query_string={"next": target},
        data={"name": "officer", "password": PASSWORD, "csrf_token": browser.token()},
    )
    assert (response.status_code, response.location) == (303, target)


@pytest.mark.parametrize("target", FOREIGN)
def test_sign_in_never_goes_on_to_another_site(browser: Browser, officer: User, target: str) -> None:
    response = browser.client.post(
        "/login",
        query_string={"next": target},
        data={"name": "officer", "password": PASSWORD, "csrf_token": browser.token()},
    )
    assert (response.status_code, response.location) == (303, "/")
    assert browser.client.get("/login", query_string={"next": target}).location == "/"

"""Signing in: who gets in, what the browser holds, how a sign-in ends, and passwords."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts import passwords, sign_ins, users
from app.accounts.models import SignIn, User
from config import Config
from tests.app.conftest import Opened
from tests.people import PASSWORD, Browser, add_user, age, visit

WRONG = "Tài khoản hoặc mật khẩu chưa đúng."


def test_right_name_and_password_sign_in(browser: Browser, officer: User) -> None:
    response = browser.sign_in("officer")
    assert (response.status_code, response.location) == (303, "/")
    assert "Người officer" in browser.get("/account").text


def test_name_is_taken_as_it_is_meant(browser: Browser, officer: User) -> None:
    assert browser.sign_in("  Officer ").status_code == 303


def test_password_typed_with_other_unicode_signs_is_the_same(browser: Browser, officer: User) -> None:
    decomposed = "con tra\u0302u ga\u0323\u0306m co\u0309"
    assert decomposed != PASSWORD
    assert browser.sign_in("officer", decomposed).status_code == 303


def test_wrong_password_unknown_name_and_closed_account_look_alike(
    app: Flask, session: Session, officer: User
) -> None:
    users.deactivate(session, add_user(session, "closed"))
    session.commit()
    pages = []
    for name, password in (("officer", "wrong"), ("nobody", "wrong"), ("closed", PASSWORD)):
        response = Browser(app).sign_in(name, password)
        assert response.status_code == 422
        assert WRONG in response.text
        pages.append(re.sub(r'value="[^"]*"', "", response.text))
    assert len(set(pages)) == 1


def test_each_attempt_costs_one_hash_whoever_is_named(
    browser: Browser, session: Session, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    users.deactivate(session, add_user(session, "closed"))
    stale = users.add(session, "stale", "Người stale", {})[0]
    session.commit()
    session.execute(text("UPDATE account SET one_time_until = now() WHERE id = :id"), {"id": stale.id})
    session.commit()
    seen: list[str] = []

    class Counting:
        def __init__(self, hasher: object) -> None:
            self.hasher = hasher

        def __getattr__(self, name: str) -> object:
            if name in ("hash", "verify"):
                seen.append(name)
            return getattr(self.hasher, name)

    passwords._nobody()
    monkeypatch.setattr(passwords, "_HASHER", Counting(passwords._HASHER))
    work = {}
    for name in ("officer", "nobody", "closed", "stale", "", "\0", "x" * 900):
        seen.clear()
        browser.sign_in(name, "wrong password")
        work[name] = list(seen)
    assert work.pop("") == [], "an empty field is answered before anything is looked up"
    assert set(map(tuple, work.values())) == {("verify",)}


def test_name_is_kept_and_password_is_not_when_it_was_wrong(browser: Browser, officer: User) -> None:
    page = browser.sign_in("officer", "not my password").text
    assert 'value="officer"' in page
    assert "not my password" not in page
    assert "<title>Lỗi: Đăng nhập" in page


def test_empty_fields_are_named_above_and_beside(browser: Browser) -> None:
    page = browser.sign_in("", "").text
    assert page.count("Ghi tên tài khoản.") == 2
    assert page.count("Ghi mật khẩu.") == 2
    assert re.search(r'role="alert" tabindex="-1" autofocus', page)


def test_password_hash_with_old_parameters_is_renewed(
    browser: Browser, session: Session, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = officer.password_hash
    stronger = type(passwords._HASHER)(time_cost=2, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", stronger)
    assert browser.sign_in("officer").status_code == 303
    session.refresh(officer)
    assert officer.password_hash != before
    assert not stronger.check_needs_rehash(officer.password_hash)
    assert Browser(browser.client.application).sign_in("officer").status_code == 303


# --- the cookie and the session behind it


def test_cookie_is_closed_to_scripts_and_other_sites(browser: Browser, officer: User) -> None:
    header = browser.sign_in("officer").headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Secure" not in header


def test_cookie_is_bound_to_this_host_and_https_when_set_so(
    app: Flask, config: Config, session: Session, officer: User
) -> None:
    from app import create_app

    secure = create_app(config.model_copy(update={"secure_cookies": True}))
    browser = Browser(secure)
    response = browser.client.get("/login", base_url="https://localhost")
    header = response.headers["Set-Cookie"]
    assert header.startswith("__Host-diaba=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(header.split("; "))
    assert "Domain" not in header
    assert "max-age=31556926" in response.headers["Strict-Transport-Security"]


def test_cookie_carries_a_token_that_the_database_does_not_hold(
    browser: Browser, session: Session, officer: User
) -> None:
    browser.sign_in("officer")
    content = browser.cookie_content()
    token = content["_user_id"]
    assert len(token) == 43, "256 bits"
    kept = session.scalars(text("SELECT sign_in::text || account::text FROM sign_in, account")).one()
    assert token not in kept
    assert set(content) == {"_user_id", "_permanent", "_fresh", "_id"}


def test_sign_in_gives_a_new_token_and_ends_the_one_before(
    app: Flask, browser: Browser, session: Session, officer: User
) -> None:
    browser.sign_in("officer")
    stolen = browser.cookie()
    thief = Browser(app)
    thief.client.set_cookie("diaba", stolen)
    assert thief.is_signed_in()
    response = browser.post("/login", name="officer", password=PASSWORD)
    assert response.status_code == 303
    assert browser.is_signed_in()
    assert not thief.is_signed_in()


def test_cookie_from_before_the_sign_in_is_worth_nothing_after_it(
    app: Flask, browser: Browser, officer: User
) -> None:
    browser.get("/login")
    planted = browser.cookie()
    browser.sign_in("officer")
    attacker = Browser(app)
    attacker.client.set_cookie("diaba", planted)
    assert browser.is_signed_in()
    assert not attacker.is_signed_in()


def test_sign_out_ends_the_sign_in_on_the_server(app: Flask, browser: Browser, officer: User) -> None:
    browser.sign_in("officer")
    copy = browser.cookie()
    assert browser.post("/logout").status_code == 303
    assert not browser.is_signed_in()
    browser.client.set_cookie("diaba", copy)
    assert not browser.is_signed_in()


def test_sign_out_leaves_other_browsers_alone(app: Flask, browser: Browser, officer: User) -> None:
    other = Browser(app, "192.0.2.9")
    browser.sign_in("officer")
    other.sign_in("officer")
    browser.post("/logout")
    assert other.is_signed_in()


def test_idle_sign_in_ends_and_says_so(browser: Browser, session: Session, officer: User) -> None:
    browser.sign_in("officer")
    age(session, "seen_at", "29 minutes")
    assert browser.is_signed_in()
    age(session, "seen_at", "31 minutes")
    response = browser.get("/account")
    assert response.location == "/login?next=/account"
    assert "đã hết hạn" in browser.get(response.location).text


def test_use_keeps_a_sign_in_alive(browser: Browser, session: Session, officer: User) -> None:
    browser.sign_in("officer")
    for _ in range(3):
        age(session, "seen_at", "20 minutes")
        assert browser.is_signed_in()


def test_sign_in_ends_after_its_hours_however_much_it_is_used(
    browser: Browser, session: Session, officer: User
) -> None:
    browser.sign_in("officer")
    age(session, "expires_at", "11 hours 59 minutes")
    assert browser.is_signed_in()
    age(session, "expires_at", "2 minutes")
    assert not browser.is_signed_in()


def test_shared_computer_forgets_sooner(browser: Browser, session: Session, officer: User) -> None:
    header = browser.sign_in("officer", shared="y").headers["Set-Cookie"]
    assert "Expires" not in header
    age(session, "seen_at", "14 minutes")
    assert browser.is_signed_in()
    age(session, "seen_at", "16 minutes")
    assert not browser.is_signed_in()


def test_own_computer_keeps_its_cookie_as_long_as_the_sign_in(browser: Browser, officer: User) -> None:
    assert "Expires" in browser.sign_in("officer").headers["Set-Cookie"]


def test_requests_do_not_renew_the_cookie(browser: Browser, officer: User) -> None:
    browser.sign_in("officer")
    browser.get("/account")  # its forms put the forgery token into the session, once
    for path in ("/account", "/static/pages.js", "/healthz", "/tiles/parcel/14/13065/7706.mvt"):
        assert "Set-Cookie" not in browser.get(path).headers


def test_permission_removed_acts_on_the_next_request(
    browser: Browser, session: Session, officer: User
) -> None:
    add_user(session, "admin", {"administrator": []})
    admin = add_user(session, "admin2", {"administrator": []})
    browser.sign_in("admin2")
    assert browser.get("/admin/users").status_code == 200
    users.edit(session, admin, full_name="A", grants={})
    session.commit()
    assert browser.get("/admin/users").status_code == 403


def test_deactivated_account_is_out_at_once(browser: Browser, session: Session, officer: User) -> None:
    browser.sign_in("officer")
    users.deactivate(session, officer)
    session.commit()
    assert not browser.is_signed_in()
    assert browser.sign_in("officer").status_code == 422


def test_deactivated_row_alone_is_enough(browser: Browser, session: Session, officer: User) -> None:
    browser.sign_in("officer")
    session.execute(text("UPDATE account SET active = false"))
    session.commit()
    assert not browser.is_signed_in()


def test_many_requests_at_once_do_not_wait_for_one_another(opened: Opened) -> None:
    first, second = opened(), opened()
    add_user(first, "officer")
    found = sign_ins.begin(first, "officer", PASSWORD, visit("192.0.2.1"))
    assert isinstance(found, User)
    token = found.token
    first.commit()
    age(first, "seen_at", "5 minutes")
    assert sign_ins.recognise(first, token)  # holds the row until its transaction ends
    second.execute(text("SET LOCAL lock_timeout = '100ms'"))
    assert sign_ins.recognise(second, token)


# --- one-time passwords


def test_one_time_password_leads_to_a_new_one_and_allows_nothing_before(
    browser: Browser, session: Session
) -> None:
    add_user(session, "other", {"administrator": []})
    _, word = users.add(session, "admin", "Người admin", {"administrator": []})
    session.commit()
    response = browser.sign_in("admin", word, "/login?next=/admin/users")
    assert response.location == "/account/password?next=/admin/users"
    assert browser.get("/admin/users").location == "/account/password?next=/admin/users"
    api = browser.client.get("/tiles/@staff/parcel.json")
    assert api.status_code == 403
    response = browser.post("/account/password?next=/admin/users", current=word, new=PASSWORD, again=PASSWORD)
    assert (response.status_code, response.location) == (303, "/admin/users")
    assert browser.get("/admin/users").status_code == 200


def test_one_time_password_that_lay_around_is_dead(browser: Browser, session: Session) -> None:
    _, word = users.add(session, "officer", "Người officer", {})
    session.commit()
    age(session, "one_time_until", "8 days", "account")
    response = browser.sign_in("officer", word)
    assert response.status_code == 422
    assert WRONG in response.text


def test_new_password_signs_out_other_browsers_and_renews_this_one(
    app: Flask, browser: Browser, officer: User
) -> None:
    other, thief = Browser(app, "192.0.2.9"), Browser(app)
    browser.sign_in("officer")
    other.sign_in("officer")
    thief.client.set_cookie("diaba", browser.cookie())
    new = "mưa rơi trên phố"
    assert browser.post("/account/password", current=PASSWORD, new=new, again=new).status_code == 303
    assert browser.is_signed_in()
    assert not other.is_signed_in()
    assert not thief.is_signed_in()
    assert other.sign_in("officer").status_code == 422
    assert other.sign_in("officer", new).status_code == 303


def test_new_password_needs_the_old_one(browser: Browser, officer: User) -> None:
    browser.sign_in("officer")
    new = "mưa rơi trên phố"
    response = browser.post("/account/password", current="wrong", new=new, again=new)
    assert response.status_code == 422
    assert "Mật khẩu đang dùng chưa đúng." in response.text


def test_guessing_the_old_password_is_slowed_down_too(browser: Browser, officer: User) -> None:
    browser.sign_in("officer")
    new = "mưa rơi trên phố"
    answers = [
        browser.post("/account/password", current=f"wrong {n}", new=new, again=new).status_code
        for n in range(6)
    ]
    assert answers == [422] * 5 + [429]


@pytest.mark.parametrize(
    "weak",
    [
        "ngắn",
        "123456789012",
        "079301012345",
        "aaaaaaaaaaaaaaa",
        "matkhau123456",
        "Mật khẩu 2026!",
        "PASSWORD12345",
        "qwertyuiop123",
        "officer-officer",
        "x" * 201,
    ],
)
def test_weak_password_is_refused_with_a_reason(browser: Browser, officer: User, weak: str) -> None:
    assert passwords.weakness(weak, "officer")
    browser.sign_in("officer")
    response = browser.post("/account/password", current=PASSWORD, new=weak, again=weak)
    assert response.status_code == 422
    assert response.text.count(passwords.weakness(weak, "officer") or "") >= 2


@pytest.mark.parametrize("good", [PASSWORD, "correct horse battery", "Tr0ub4dor&3xyz", "r7#kQ2!mZp9w"])
def test_long_password_needs_no_special_signs(good: str) -> None:
    assert passwords.weakness(good, "officer") is None


def test_one_time_passwords_pass_the_rules_and_differ() -> None:
    made = {passwords.one_time() for _ in range(50)}
    assert len(made) == 50
    assert not any(passwords.weakness(word) for word in made)


# --- what is written down


@pytest.fixture
def security_log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level("INFO", "diaba.security"):
        yield caplog


def test_log_tells_what_happened_to_which_account_and_no_more(
    browser: Browser, session: Session, officer: User, security_log: pytest.LogCaptureFixture
) -> None:
    browser.sign_in("officer", "hunter2")
    browser.sign_in("nobody", "hunter2")
    browser.sign_in("officer")
    browser.get("/admin/users")
    browser.post("/logout")
    records = [one for one in security_log.records if one.name == "diaba.security"]
    said = [(one.event, getattr(one, "user", None)) for one in records]  # type: ignore[attr-defined]
    assert said == [
        ("sign_in.failed", officer.id),
        ("sign_in.failed", None),
        ("sign_in.begun", officer.id),
        ("denied", officer.id),
        ("sign_in.ended", officer.id),
    ]
    everything = " ".join(str(vars(one)) for one in records)
    for secret in ("Người officer", "hunter2", PASSWORD, "192.0.2.1", "nobody"):
        assert secret not in everything


def test_ended_sign_ins_are_not_kept_for_ever(browser: Browser, session: Session, officer: User) -> None:
    browser.sign_in("officer")
    age(session, "expires_at", "31 days")
    Browser(browser.client.application).sign_in("officer")
    assert session.query(SignIn).count() == 1

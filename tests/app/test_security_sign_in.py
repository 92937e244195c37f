"""Signing in: who gets in, how often one may try, and how a sign-in ends."""

import math
import re
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts import passwords, sign_ins, throttle, users
from app.accounts.guard import local_target
from app.accounts.models import SignIn, User
from app.accounts.sign_ins import Refused, Visit
from app.db import legal_crs, make_engine, make_session
from config import Config
from layers.tables import LayerTables
from tests.conftest import MakeDatabase
from tests.people import PASSWORD, Browser, add_user

WRONG = "Tài khoản hoặc mật khẩu chưa đúng."
WAIT = "Đã có nhiều lần ghi sai."


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


@pytest.fixture
def officer(session: Session) -> User:
    return add_user(session, "officer")


class Opened:
    """A database of its own, in which sessions really commit, and a way to open them."""

    def __init__(
        self, make_database: MakeDatabase, config: Config, tables: Mapping[str, LayerTables]
    ) -> None:
        url = make_database(f"opened_{id(self)}")
        self.engine = make_engine(config.model_copy(update={"database_url": url, "pool_size": 8}))
        self.crs = legal_crs(config)
        self.tables = tables
        self.sessions: list[Session] = []

    def __call__(self) -> Session:
        self.sessions.append(make_session(self.engine, self.crs, self.tables))
        return self.sessions[-1]

    def close(self) -> None:
        for session in self.sessions:
            session.close()
        self.engine.dispose()


@pytest.fixture
def opened(
    make_database: MakeDatabase, config: Config, tables: Mapping[str, LayerTables]
) -> Iterator[Opened]:
    opened = Opened(make_database, config, tables)
    yield opened
    opened.close()


def age(session: Session, column: str, by: str, table: str = "sign_in") -> None:
    """Let time pass for what the tables remember."""
    session.execute(text(f"UPDATE {table} SET {column} = {column} - interval '{by}'"))
    session.commit()


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


# --- how often


def visit(address: str) -> Visit:
    return Visit(address=address, user_agent="", lifetime=timedelta(hours=12), idle=timedelta(minutes=30))


def test_sixth_wrong_password_waits_and_each_further_wait_doubles(
    browser: Browser, session: Session, officer: User
) -> None:
    waits = []
    for _ in range(9):
        response = browser.sign_in("officer", "wrong")
        while response.status_code == 429:
            waits.append(int(response.headers["Retry-After"]))
            assert WAIT in response.text
            age(session, "at", f"{waits[-1]} seconds", "sign_in_failure")
            response = browser.sign_in("officer", "wrong")
        assert response.status_code == 422
    assert waits == [1, 2, 4, 8]


def test_right_password_waits_as_well_and_then_clears_the_count(
    browser: Browser, session: Session, officer: User
) -> None:
    for _ in range(5):
        browser.sign_in("officer", "wrong")
    assert browser.sign_in("officer").status_code == 429
    age(session, "at", "1 second", "sign_in_failure")
    assert browser.sign_in("officer").status_code == 303
    browser.post("/logout")
    assert [browser.sign_in("officer", "wrong").status_code for _ in range(5)] == [422] * 5


def test_attempts_that_had_to_wait_do_not_count(browser: Browser, session: Session, officer: User) -> None:
    for _ in range(5):
        browser.sign_in("officer", "wrong")
    waits = {browser.sign_in("officer", "wrong").headers["Retry-After"] for _ in range(10)}
    assert waits == {"1"}


def test_unknown_names_are_counted_like_known_ones(browser: Browser) -> None:
    answers = [browser.sign_in("nobody", "wrong").status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_one_password_tried_on_many_accounts_is_stopped(app: Flask, session: Session) -> None:
    attacker, neighbour = Browser(app, "203.0.113.7"), Browser(app, "203.0.113.8")
    add_user(session, "officer")
    answers = [attacker.sign_in(f"user{n}", "Vungtau@2026").status_code for n in range(22)]
    assert answers == [422] * 20 + [429] * 2
    assert neighbour.sign_in("officer").status_code == 303


def test_office_whose_people_mistype_and_then_succeed_is_not_stopped(app: Flask, session: Session) -> None:
    for n in range(25):
        add_user(session, f"user{n}")
        colleague = Browser(app, "203.0.113.7")
        assert colleague.sign_in(f"user{n}", "wrong").status_code == 422
        assert colleague.sign_in(f"user{n}").status_code == 303


def test_attack_from_elsewhere_does_not_lock_the_owner_out(
    app: Flask, session: Session, officer: User
) -> None:
    home = "198.51.100.4"
    assert Browser(app, home).sign_in("officer").status_code == 303
    answers = [sign_ins.begin(session, "officer", "wrong", visit(f"203.0.113.{n}")) for n in range(50)]
    assert answers == [Refused()] * 50
    session.commit()
    assert Browser(app, "203.0.113.200").sign_in("officer", "wrong").status_code == 429
    assert Browser(app, home).sign_in("officer").status_code == 303


def test_new_password_from_the_administrator_clears_the_count(
    browser: Browser, session: Session, officer: User
) -> None:
    for _ in range(9):
        browser.sign_in("officer", "wrong")
    word = users.reset_password(session, officer)
    session.commit()
    assert browser.sign_in("officer", word).status_code == 303


def test_failures_are_forgotten_after_a_day(browser: Browser, session: Session, officer: User) -> None:
    for _ in range(5):
        browser.sign_in("officer", "wrong")
    age(session, "at", "25 hours", "sign_in_failure")
    assert browser.sign_in("officer", "wrong").status_code == 422
    assert session.scalar(text("SELECT count(*) FROM sign_in_failure")) == 1


def test_what_was_typed_as_a_name_is_not_kept(browser: Browser, session: Session) -> None:
    browser.sign_in("my secret password", "officer")
    kept = session.scalars(text("SELECT sign_in_failure::text FROM sign_in_failure")).one()
    assert "secret" not in kept


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1/32"),
        ("::ffff:192.0.2.1", "192.0.2.1/32"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "0.0.0.0/32"),
        ("unix:", "0.0.0.0/32"),
        (None, "0.0.0.0/32"),
    ],
)
def test_visitor_is_an_address_or_an_ipv6_network(address: str | None, network: str) -> None:
    assert throttle.network_of(address) == network


def test_forwarded_address_is_believed_only_behind_a_trusted_proxy(
    app: Flask, session: Session, officer: User
) -> None:
    browser = Browser(app)
    for n in range(5):
        browser.headers["X-Forwarded-For"] = f"203.0.113.{n}"
        browser.sign_in("officer", "wrong")
    browser.headers["X-Forwarded-For"] = "203.0.113.99"
    assert browser.sign_in("officer", "wrong").status_code == 429


def test_hundred_attempts_at_once_are_no_more_than_one_after_the_other(opened: Opened) -> None:
    """Each attempt has a connection and a transaction of its own, as in different processes."""
    setup = opened()
    add_user(setup, "officer")

    def attempt(_: int) -> Refused | User:
        session = opened()
        found = sign_ins.begin(session, "officer", "wrong", visit("192.0.2.1"))
        session.commit()
        return found

    start = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(attempt, range(100)))
    # Five are free, and one more after one second, two more seconds, four more …
    allowed = 5 + int(math.log2(time.monotonic() - start + 1))
    assert 5 <= found.count(Refused()) <= allowed
    assert setup.scalar(text("SELECT count(*) FROM sign_in_failure")) == found.count(Refused())


def test_attempt_that_would_wait_long_for_others_is_sent_away(opened: Opened) -> None:
    one, other = opened(), opened()
    add_user(one, "officer")
    assert sign_ins.begin(one, "officer", "wrong", visit("192.0.2.1")) == Refused()  # not committed yet
    assert sign_ins.begin(other, "officer", PASSWORD, visit("192.0.2.1")) == Refused(1)
    assert isinstance(sign_ins.begin(other, "officer", PASSWORD, visit("192.0.2.2")), User)


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

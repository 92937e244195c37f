"""How often one may try to sign in: from one machine, from many, on one account and on many."""

import math
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts import sign_ins, throttle, users
from app.accounts.models import User
from app.accounts.sign_ins import Refused
from tests.app.conftest import Opened
from tests.people import PASSWORD, Browser, add_user, age, visit

WAIT = "Đã có nhiều lần ghi sai."


def just_now(session: Session) -> None:
    """Let the failures so far stay recent, however slow the machine is."""
    age(session, "at", "-55 seconds", "sign_in_failure")


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
    just_now(session)
    assert browser.sign_in("officer").status_code == 429
    age(session, "at", "1 minute", "sign_in_failure")
    assert browser.sign_in("officer").status_code == 303
    browser.post("/logout")
    assert [browser.sign_in("officer", "wrong").status_code for _ in range(5)] == [422] * 5


def test_attempts_that_had_to_wait_do_not_count(browser: Browser, session: Session, officer: User) -> None:
    for _ in range(5):
        browser.sign_in("officer", "wrong")
    just_now(session)
    assert [browser.sign_in("officer", "wrong").status_code for _ in range(10)] == [429] * 10
    age(session, "at", "1 minute", "sign_in_failure")
    assert browser.sign_in("officer").status_code == 303


def test_unknown_names_are_counted_like_known_ones(browser: Browser, session: Session) -> None:
    assert [browser.sign_in("nobody", "wrong").status_code for _ in range(5)] == [422] * 5
    just_now(session)
    assert browser.sign_in("nobody", "wrong").status_code == 429


def test_one_password_tried_on_many_accounts_is_stopped(app: Flask, session: Session) -> None:
    attacker, neighbour = Browser(app, "203.0.113.7"), Browser(app, "203.0.113.8")
    add_user(session, "officer")
    assert {attacker.sign_in(f"user{n}", "Vungtau@2026").status_code for n in range(20)} == {422}
    just_now(session)
    assert {attacker.sign_in(f"user{n}", "Vungtau@2026").status_code for n in range(20, 22)} == {429}
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

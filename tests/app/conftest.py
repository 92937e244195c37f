"""What tests of the application share."""

from collections.abc import Callable, Iterator

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts import passwords
from app.accounts.users import Grants
from tests.people import Browser, add_user

SignedIn = Callable[..., Browser]


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hashes that are as good for tests and cost nothing."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobody.cache_clear()
    yield
    passwords._nobody.cache_clear()


@pytest.fixture
def signed_in(app: Flask, session: Session) -> SignedIn:
    """Makes an account with these roles, and a browser in which its owner is signed in."""

    def make(name: str, grants: Grants | None = None) -> Browser:
        add_user(session, name, grants)
        browser = Browser(app)
        assert browser.sign_in(name).status_code == 303
        return browser

    return make

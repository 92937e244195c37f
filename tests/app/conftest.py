"""What tests of the application share."""

from collections.abc import Callable, Iterator, Mapping

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts import passwords
from app.accounts.models import User
from app.accounts.users import Grants
from app.db import legal_crs, make_engine, make_session
from config import Config
from layers.tables import LayerTables
from tests.conftest import MakeDatabase
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


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser in which nobody is signed in."""
    return Browser(app)


@pytest.fixture
def officer(session: Session) -> User:
    """Somebody with an account and no role."""
    return add_user(session, "officer")

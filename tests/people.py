"""People that tests are made of, and the browser in which they sit."""

import re
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts import users
from app.accounts.models import User
from app.accounts.sign_ins import Visit

PASSWORD = "con trâu gặm cỏ"
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def add_user(session: Session, name: str, grants: users.Grants | None = None) -> User:
    """An account that has chosen its password already."""
    user, _ = users.add(session, name, f"Người {name}", grants or {})
    users.set_password(session, user, PASSWORD)
    session.commit()
    return user


class Browser:
    """A browser at one address, which opens pages and sends their forms."""

    def __init__(self, app: Flask, address: str = "192.0.2.1") -> None:
        self.client = app.test_client()
        self.environ = {"REMOTE_ADDR": address}
        self.headers = PAGE | {"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/150"}

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(
            path, headers=self.headers, environ_base=self.environ, buffered=True, **options
        )

    def post(self, path: str, **fields: object) -> TestResponse:
        """Send a form with the token of this browser's session."""
        return self.client.post(
            path, data={"csrf_token": self.token(), **fields}, headers=self.headers, environ_base=self.environ
        )

    def token(self) -> str:
        """The forgery token, as any page with a form has it."""
        for page in ("/login", "/account"):
            found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(page).text)
            if found:
                return found[1]
        raise AssertionError("no page has a form")

    def sign_in(
        self, name: str, password: str = PASSWORD, path: str = "/login", **fields: str
    ) -> TestResponse:
        return self.post(path, name=name, password=password, **fields)

    def is_signed_in(self) -> bool:
        return self.get("/account").status_code == 200

    def cookie(self, name: str = "diaba") -> str:
        found = self.client.get_cookie(name)
        return found.value if found else ""

    def cookie_content(self) -> dict[str, Any]:
        """What the signed cookie says, as the server reads it."""
        app = self.client.application
        serializer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert serializer is not None
        content: dict[str, Any] = serializer.loads(self.cookie())
        return content


def age(session: Session, column: str, by: str, table: str = "sign_in") -> None:
    """Let time pass for what the tables remember."""
    session.execute(text(f"UPDATE {table} SET {column} = {column} - interval '{by}'"))
    session.commit()


def visit(address: str) -> Visit:
    return Visit(address=address, user_agent="", lifetime=timedelta(hours=12), idle=timedelta(minutes=30))

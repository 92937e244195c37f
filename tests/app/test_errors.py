"""Errors: one shape, a sentence in the reader's language, nothing written, nothing given away."""

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.errors import Conflict
from tests.shapes import add_parcel, square

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def broken(app: Flask, session: Session) -> FlaskClient:
    """A client of the application with views that fail after they have written."""
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @app.get("/api/broken/unexpected")
    def unexpected() -> str:
        add_parcel(g.session, "1", square())
        raise ZeroDivisionError("the password is hunter2")

    @app.get("/api/broken/conflict")
    def conflict() -> str:
        add_parcel(g.session, "1", square())
        raise Conflict("stale", "Thửa {number} vừa được người khác sửa.", number="{12}")

    @app.get("/api/broken/database")
    def database() -> str:
        raise OperationalError("SELECT 1", {}, Exception("connection refused at 10.1.2.3"))

    @app.get("/api/broken/statement")
    def statement() -> str:
        g.session.execute(text("SELECT nothing_like_this"))
        return ""

    @app.get("/broken/page")
    def page() -> str:
        raise ZeroDivisionError("the password is hunter2")

    return app.test_client()


def test_unexpected_error_tells_a_support_code_and_nothing_else(
    broken: FlaskClient, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    response = broken.get("/api/broken/unexpected")
    body = response.get_json()
    assert (response.status_code, body["code"]) == (500, "unexpected")
    assert body["support"] in caplog.text
    assert "hunter2" not in response.text
    assert "Traceback" not in response.text
    assert session.scalar(text("SELECT count(*) FROM parcel")) == 0


def test_problem_fills_its_sentence_and_writes_nothing(broken: FlaskClient, session: Session) -> None:
    response = broken.get("/api/broken/conflict")
    assert response.status_code == 409
    assert response.get_json()["detail"] == "Thửa {12} vừa được người khác sửa."
    assert session.scalar(text("SELECT count(*) FROM parcel")) == 0


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/broken/database", 503, "database_unreachable"),
        ("/api/broken/statement", 500, "unexpected"),
        ("/api/v1/nothing", 404, "not_found"),
    ],
)
def test_errors_of_the_machinery_have_the_same_shape(
    broken: FlaskClient, path: str, status: int, code: str
) -> None:
    response = broken.get(path)
    assert (response.status_code, response.get_json()["code"]) == (status, code)
    assert response.mimetype == "application/problem+json"
    assert set(response.get_json()) >= {"type", "title", "status", "detail", "code", "instance"}
    assert "nothing_like_this" not in response.text
    assert "10.1.2.3" not in response.text


def test_browser_gets_a_page_in_its_language(broken: FlaskClient) -> None:
    vietnamese = broken.get("/broken/page", headers=PAGE)
    english = broken.get("/broken/page?lang=en", headers=PAGE)
    assert vietnamese.mimetype == english.mimetype == "text/html"
    assert "hunter2" not in vietnamese.text
    assert '<html lang="vi"' in vietnamese.text
    assert '<html lang="en"' in english.text


def test_missing_page_is_a_page_for_browsers_and_json_for_programs(client: FlaskClient) -> None:
    assert client.get("/nothing", headers=PAGE).mimetype == "text/html"
    assert client.get("/nothing", headers={"Accept": "application/json"}).get_json()["status"] == 404
    assert client.get("/api/v1/nothing", headers=PAGE).mimetype == "application/problem+json"


def test_wrong_method_says_which_are_right(client: FlaskClient) -> None:
    response = client.open("/healthz", method="TRACE")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]

"""What goes wrong, said once: a machine code, a status and a sentence in the reader's language.

Domain code raises a `Problem`; one place turns it into problem details (RFC 9457) or a page.
"""

import logging
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import gettext
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException

from layers.layer import N_

log = logging.getLogger(__name__)


class Problem(Exception):  # noqa: N818 - the standard's word (RFC 9457)
    """Something that the reader can do something about.

    `code` is for machines and never changes; `sentence` is a Vietnamese message id whose braces
    `values` fill. `errors` lists what is wrong field by field: {"field", "code", "detail"}.
    """

    status = 400

    def __init__(
        self,
        code: str,
        sentence: str,
        *,
        errors: list[dict[str, str]] | None = None,
        headers: dict[str, str] | None = None,
        **values: object,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
        self.values = values
        self.errors = errors or []
        self.headers = headers or {}


class BadRequest(Problem):
    """The request says something that cannot be understood."""


class Unauthorized(Problem):
    """Nobody is signed in, and somebody has to be."""

    status = 401


class Forbidden(Problem):
    """The one who asks may not."""

    status = 403


class NotFound(Problem):
    """There is no such thing, or none for this reader."""

    status = 404


class Conflict(Problem):
    """Somebody else was faster."""

    status = 409


class Unprocessable(Problem):
    """Understood, but it breaks a rule."""

    status = 422


class TooManyRequests(Problem):
    """Too often; the header Retry-After says when again."""

    status = 429


class Busy(Problem):
    """It takes too long just now."""

    status = 503


HTTP_SENTENCES: dict[int, tuple[str, str]] = {
    400: ("bad_request", N_("Máy chủ không hiểu yêu cầu này.")),
    401: ("sign_in_required", N_("Bạn cần đăng nhập để xem trang này.")),
    403: ("forbidden", N_("Tài khoản của bạn không có quyền làm việc này.")),
    404: ("not_found", N_("Không có trang này. Địa chỉ có thể đã đổi hoặc gõ thiếu.")),
    405: ("method_not_allowed", N_("Địa chỉ này không nhận cách gọi đó.")),
    413: ("too_large", N_("Nội dung gửi lên lớn quá mức cho phép.")),
    415: ("unsupported_media_type", N_("Địa chỉ này không nhận kiểu nội dung đó.")),
    429: ("too_many_requests", N_("Bạn gửi quá nhiều yêu cầu. Chờ một lát rồi thử lại.")),
}
UNEXPECTED = N_("Máy chủ gặp sự cố. Thử lại sau ít phút; nếu vẫn vậy, báo mã hỗ trợ.")
TIMEOUT = N_("Việc này lâu quá mức cho phép nên máy chủ đã dừng. Thu hẹp vùng xem rồi thử lại.")
UNREACHABLE = N_("Máy chủ chưa kết nối được cơ sở dữ liệu. Thử lại sau ít phút.")


def init_errors(app: Flask) -> None:
    """Answer every exception in one shape: problem details, or a page for a browser."""
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(Exception, _unexpected)


def _problem(problem: Problem) -> Response:
    response = answer(
        problem.status, problem.code, gettext(problem.sentence).format(**problem.values), problem.errors
    )
    response.headers.update(problem.headers)
    return response


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    status = error.code or 500
    if status < 400:
        return Response(error.get_body(), status, list(error.get_headers()))
    code, sentence = HTTP_SENTENCES.get(status, (f"http_{status}", UNEXPECTED))
    if status == 400 and type(error).__name__ == "CSRFError":
        status, code = 403, "csrf"
        sentence = N_("Trang đã mở quá lâu nên không gửi được. Tải lại trang rồi làm lại.")
    response = answer(status, code, gettext(sentence))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "WWW-Authenticate"):
            response.headers[name] = value
    return response


def _database(error: DBAPIError) -> Response:
    """A cancelled statement (SQLSTATE 57014) and a lost connection are 503; the rest is our fault."""
    state = getattr(error.orig, "pgcode", None)
    if state == "57014":
        return answer(503, "timeout", gettext(TIMEOUT), retry_after=5)
    if isinstance(error, OperationalError):
        log.exception("the database cannot be reached")
        return answer(503, "database_unreachable", gettext(UNREACHABLE), retry_after=10)
    return _unexpected(error)


def _unexpected(error: Exception) -> Response:
    """The last resort: the log has all of it, under the support code that the reader gets."""
    support = secrets.token_hex(2).upper()
    log.exception("unexpected error, support code %s", support, exc_info=error)
    return answer(500, "unexpected", gettext(UNEXPECTED), support=support)


def answer(
    status: int,
    code: str,
    detail: str,
    errors: list[dict[str, str]] | None = None,
    *,
    support: str | None = None,
    retry_after: int | None = None,
    more: Mapping[str, Any] | None = None,
) -> Response:
    """An error as problem details, or as a page when the reader is a browser asking for one.

    `more` are members that this kind of problem has beside the standard ones. What the request wrote
    is rolled back; the page may need the session to know who reads it.
    """
    if "session" in g:
        g.session.rollback()
    body: dict[str, Any] = {
        "type": f"/help/errors#{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "instance": request.path,
    }
    if errors:
        body["errors"] = errors
    if support:
        body["support"] = support
    body |= more or {}
    if wants_page():
        response = Response(render_template("error.html", problem=body), mimetype="text/html")
    else:
        response = jsonify(body)
        response.mimetype = "application/problem+json"
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def wants_page() -> bool:
    """Whether the reader is a browser that opens a page, rather than a program or a script."""
    if request.path.startswith(("/api/", "/tiles/", "/styles/", "/ogc/")):
        return False
    best = request.accept_mimetypes.best_match(["application/json", "text/html"])
    return best == "text/html" and "text/html" in request.headers.get("Accept", "")

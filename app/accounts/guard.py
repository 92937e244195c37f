"""What stands between a request and a view: who asks, whether they may, whether the request was forged
by another site, and what the browser is told to refuse."""

import logging
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from flask_login import AnonymousUserMixin, LoginManager, current_user, login_user, logout_user
from flask_talisman import Talisman
from flask_wtf import CSRFProtect

from app.accounts import sign_ins
from app.accounts.models import User
from app.accounts.roles import Permission
from app.errors import Forbidden, Unauthorized, wants_page
from config import Config
from layers.layer import N_

log = logging.getLogger("diaba.security")

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

CONTENT_SECURITY_POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data: blob:",
    "style-src": "'self'",
    "script-src": "'self'",
    "worker-src": "'self' blob:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
"""MapLibre starts its workers from blobs and paints icons from data; nothing is inline."""

PERMISSIONS_POLICY = {
    "geolocation": "(self)",  # “Locate me” on the map
    "camera": "()",
    "microphone": "()",
    "payment": "()",
    "usb": "()",
    "browsing-topics": "()",
}

csrf = CSRFProtect()
"""For views that no browser calls and that check something else: ``csrf.exempt(view)``."""


class Anonymous(AnonymousUserMixin):  # type: ignore[misc]
    """Whoever is not signed in."""

    permissions: frozenset[Permission] = frozenset()

    def can(self, permission: Permission, commune: str | None = None) -> bool:  # noqa: ARG002
        """Nothing: what everybody may do, nobody asks for."""
        return False


class _People(LoginManager):  # type: ignore[misc]
    def _update_remember_cookie(self, response: Response) -> Response:
        """There is no remember cookie here. To look for one would open the session and so mark every
        response, also a tile for everybody, as depending on the cookie."""
        return response


def init_guard(app: Flask, config: Config) -> None:
    """Recognise people, refuse forged requests, and send security headers with every response."""
    app.config.update(
        PERMANENT_SESSION_LIFETIME=config.session_lifetime,
        # A cookie renewed at each request would travel with tiles that caches keep for everybody.
        SESSION_REFRESH_EACH_REQUEST=False,
        SESSION_COOKIE_NAME="__Host-diaba" if config.secure_cookies else "diaba",
        WTF_CSRF_CHECK_DEFAULT=False,  # done below, after the check of the origin
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form left open over lunch must still work
        WTF_CSRF_SSL_STRICT=False,  # Origin says what Referer would, and fewer people switch it off
    )
    # Its context processor would ask the database for every page, also for the one that says the
    # database is gone; as a global, the person is looked up where a template names them.
    people = _People(app, add_context_processor=False)
    app.jinja_env.globals["current_user"] = current_user
    people.anonymous_user = Anonymous
    # The server ends sign-ins. A changed address must not: phones change theirs all day.
    people.session_protection = None
    people.user_loader(lambda token: sign_ins.recognise(g.session, token))
    csrf.init_app(app)
    app.before_request(_refuse_forgery)
    app.after_request(_keep_private)
    _init_headers(app, config)


def _init_headers(app: Flask, config: Config) -> None:
    Talisman(
        app,
        force_https=False,  # the proxy in front does that, and a demo has no certificate
        frame_options="DENY",
        strict_transport_security=config.secure_cookies,
        content_security_policy=CONTENT_SECURITY_POLICY,
        permissions_policy=PERMISSIONS_POLICY,
        referrer_policy="same-origin",
        session_cookie_secure=config.secure_cookies,
    )


def require(permission: Permission, commune: str | None = None) -> User:
    """The person who asks, when they may do that in the commune of this code (None: everywhere).

    Otherwise a page sends them to sign in or to change a one-time password, and everything else is
    answered with `Unauthorized` or `Forbidden`.
    """
    user = require_sign_in()
    if user.must_change_password:
        if _is_page():
            abort(redirect(url_for("accounts.password", next=_here())))
        raise Forbidden("password_change_required", N_("Đổi mật khẩu dùng một lần trước khi làm tiếp."))
    if not user.can(permission, commune):
        log.warning("denied", extra={"event": "denied", "user": user.id, "permission": permission.value})
        raise Forbidden("forbidden", N_("Tài khoản của bạn không có quyền làm việc này."))
    return user


def require_sign_in() -> User:
    """The person who is signed in, whatever they may do. Otherwise as `require`."""
    if not current_user.is_authenticated:
        if _is_page():
            abort(redirect(url_for("accounts.login", next=_here())))
        raise Unauthorized("sign_in_required", N_("Bạn cần đăng nhập để làm việc này."))
    user: User = current_user
    return user


def remember(user: User, *, shared: bool) -> None:
    """Hand the browser the person's new token, in a session of its own. On a shared computer the cookie
    goes when the browser closes."""
    session.clear()
    session.permanent = not shared
    login_user(user)


def forget() -> None:
    """Take the token away from the browser."""
    logout_user()
    session.clear()


def had_sign_in() -> bool:
    """Whether the browser still holds a token that is no longer good."""
    return "_user_id" in session and not current_user.is_authenticated


def local_target(target: str | None) -> str:
    """Where to go after signing in: a path of this site, or the map for everything else."""
    wanted = target or ""
    plain = wanted.isprintable() and "\\" not in wanted and " " not in wanted
    if not plain or not wanted.startswith("/") or wanted.startswith("//"):
        return "/"
    parts = urlsplit(wanted)
    return "/" if parts.scheme or parts.netloc else wanted


def _here() -> str:
    return request.full_path.rstrip("?")


def _is_page() -> bool:
    """Whether the request opens a page that can be opened again after signing in."""
    return request.method in ("GET", "HEAD") and wants_page()


def _refuse_forgery() -> None:
    """A request that changes something must come from a page of ours and carry its token."""
    if request.method in SAFE_METHODS:
        return
    origin = request.headers.get("Origin")
    public = current_app.extensions["config"].public_url.rstrip("/")
    ours = {request.host_url.rstrip("/"), public}
    if request.headers.get("Sec-Fetch-Site") == "cross-site" or (origin and origin not in ours):
        log.warning("foreign origin", extra={"event": "forgery"})
        raise Forbidden("foreign_origin", N_("Yêu cầu này đến từ một trang khác nên không được thực hiện."))
    csrf.protect(apply_exemptions=True)


def _keep_private(response: Response) -> Response:
    """What a view says nothing about is not kept by caches, and not at all when somebody is signed in.

    Only documents: asking for the session would mark every tile as depending on the cookie.
    """
    if response.mimetype in ("text/html", "application/json") and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store" if "_user_id" in session else "private, no-cache"
    return response

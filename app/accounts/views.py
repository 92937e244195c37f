"""The pages of accounts: signing in and out, one's own account, and administration of users and roles."""

from datetime import timedelta

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta, gettext
from flask_login import current_user
from flask_wtf import FlaskForm

from app.accounts import guard, sign_ins, users
from app.accounts.forms import NewUserForm, PasswordForm, SignInForm, UserForm, explain
from app.accounts.models import User
from app.accounts.roles import ROLE_BY_CODE, ROLES, Permission
from app.accounts.sign_ins import Refused, Visit
from app.errors import Problem

accounts = Blueprint("accounts", __name__)
people = Blueprint("people", __name__, url_prefix="/admin")

PAGE = 50
"""Accounts in one page of the list."""


@accounts.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """Sign in with name and password."""
    target = guard.local_target(request.args.get("next"))
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(target)
    form = SignInForm()
    refused = Refused()
    if form.validate_on_submit():
        found = sign_ins.begin(g.session, form.name.data, form.password.data, _visit(form.shared.data))
        if isinstance(found, User):
            return _signed_in(found, target, shared=form.shared.data)
        refused = found
        form.form_errors.append(_why(refused, gettext("Tài khoản hoặc mật khẩu chưa đúng.")))
    page = render_template("accounts/login.html", form=form, ended=guard.had_sign_in())
    return _form_page(page, form, refused.wait)


@accounts.post("/logout")
def logout() -> ResponseReturnValue:
    """End this sign-in, on the server and in the browser."""
    if current_user.is_authenticated:
        sign_ins.end(g.session, current_user, current_user.sign_in_id)
    guard.forget()
    return redirect(url_for("maps.viewer"), 303)


@accounts.get("/account")
def account() -> str:
    """One's own account: roles, and where one is signed in."""
    user = guard.require_sign_in()
    return render_template(
        "accounts/account.html",
        user=user,
        sign_ins=sign_ins.of_user(g.session, user),
        communes=users.communes(g.session),
        roles=ROLE_BY_CODE,
    )


@accounts.route("/account/password", methods=["GET", "POST"])
def password() -> ResponseReturnValue:
    """Choose a new password."""
    user = guard.require_sign_in()
    form = PasswordForm(user.name)
    refused: Refused | None = None
    if form.validate_on_submit():
        refused = sign_ins.confirm(g.session, user, form.current.data, _address())
        if refused is None:
            users.set_password(g.session, user, form.new.data, keep=user.sign_in_id)
            sign_ins.renew(g.session, user)
            guard.remember(user, shared=not session.permanent)
            flash(gettext("Đã đổi mật khẩu. Các máy khác đã được đăng xuất."))
            return redirect(guard.local_target(request.args.get("next") or "/account"), 303)
        form.current.errors = [_why(refused, gettext("Mật khẩu đang dùng chưa đúng."))]
    page = render_template("accounts/password.html", form=form, user=user)
    return _form_page(page, form, refused.wait if refused else 0)


@accounts.post("/account/sign-ins/<int:sign_in_id>/end")
def end_sign_in(sign_in_id: int) -> ResponseReturnValue:
    """Sign out another browser of one's own."""
    _end(guard.require_sign_in(), sign_in_id)
    return redirect(url_for("accounts.account"), 303)


@accounts.post("/account/sign-ins/end")
def end_other_sign_ins() -> ResponseReturnValue:
    """Sign out all other browsers of one's own."""
    user = guard.require_sign_in()
    sign_ins.end_all(g.session, user, keep=user.sign_in_id)
    flash(gettext("Đã đăng xuất các máy khác."))
    return redirect(url_for("accounts.account"), 303)


@people.before_request
def managers_only() -> None:
    """Everything below is for those who manage accounts."""
    guard.require(Permission.USERS_MANAGE)


@people.get("/users")
def user_list() -> str:
    """All accounts, found by name, role and state."""
    asked = {name: request.args.get(name, "")[:100] for name in ("q", "role", "state")}
    page = max(1, min(request.args.get("page", 1, type=int), 100_000))
    found, total = users.listed(
        g.session,
        query=asked["q"],
        role=asked["role"].replace("\0", ""),
        active={"active": True, "inactive": False}.get(asked["state"]),
        first=(page - 1) * PAGE,
        limit=PAGE,
    )
    return render_template(
        "accounts/users.html",
        users=found,
        total=total,
        page=page,
        pages=max(1, -(-total // PAGE)),
        asked=asked,
        roles=ROLE_BY_CODE,
    )


@people.route("/users/new", methods=["GET", "POST"])
def new_user() -> ResponseReturnValue:
    """Make an account; its one-time password is shown here and nowhere again."""
    form = NewUserForm()
    if form.validate_on_submit():
        try:
            user, word = users.add(
                g.session, form.name.data, form.full_name.data, form.grants, by=current_user
            )
        except Problem as problem:
            explain(form, problem)
        else:
            return render_template("accounts/one_time.html", user=user, password=word, new=True)
    form.offer(users.communes(g.session))
    return _form_page(render_template("accounts/user.html", form=form, user=None, roles=ROLES), form)


@people.route("/users/<int:user_id>", methods=["GET", "POST"])
def user(user_id: int) -> ResponseReturnValue:
    """One account: name, roles, state and sign-ins."""
    found = users.by_id(g.session, user_id)
    form = UserForm()
    if form.validate_on_submit():
        try:
            users.edit(g.session, found, full_name=form.full_name.data, grants=form.grants, by=current_user)
        except Problem as problem:
            explain(form, problem)
        else:
            flash(gettext("Đã lưu. Quyền mới có hiệu lực ngay."))
            return _to_user(user_id)
    if request.method == "GET":
        form.show(found)
    form.offer(users.communes(g.session))
    page = render_template(
        "accounts/user.html",
        form=form,
        user=found,
        roles=ROLES,
        sign_ins=sign_ins.of_user(g.session, found),
    )
    return _form_page(page, form)


@people.post("/users/<int:user_id>/password")
def reset_password(user_id: int) -> str:
    """Give somebody a new one-time password, shown here and nowhere again."""
    found = users.by_id(g.session, user_id)
    word = users.reset_password(g.session, found, by=current_user)
    return render_template("accounts/one_time.html", user=found, password=word, new=False)


@people.post("/users/<int:user_id>/deactivate")
def deactivate(user_id: int) -> ResponseReturnValue:
    """Close an account."""
    users.deactivate(g.session, users.by_id(g.session, user_id), by=current_user)
    flash(gettext("Đã khóa tài khoản và đăng xuất khỏi mọi máy."))
    return _to_user(user_id)


@people.post("/users/<int:user_id>/activate")
def activate(user_id: int) -> ResponseReturnValue:
    """Open a closed account again."""
    users.activate(g.session, users.by_id(g.session, user_id), by=current_user)
    flash(gettext("Đã mở lại tài khoản."))
    return _to_user(user_id)


@people.post("/users/<int:user_id>/sign-ins/<int:sign_in_id>/end")
def end_user_sign_in(user_id: int, sign_in_id: int) -> ResponseReturnValue:
    """Sign somebody out of one browser."""
    _end(users.by_id(g.session, user_id), sign_in_id)
    return _to_user(user_id)


@people.post("/users/<int:user_id>/sign-ins/end")
def end_user_sign_ins(user_id: int) -> ResponseReturnValue:
    """Sign somebody out everywhere."""
    sign_ins.end_all(g.session, users.by_id(g.session, user_id))
    flash(gettext("Đã đăng xuất khỏi mọi máy."))
    return _to_user(user_id)


@people.get("/roles")
def roles() -> str:
    """Which role may do what."""
    return render_template("accounts/roles.html", roles=ROLES, permissions=tuple(Permission))


def _visit(shared: bool) -> Visit:
    config = current_app.extensions["config"]
    idle = timedelta(minutes=config.idle_minutes)
    return Visit(
        address=_address(),
        user_agent=request.user_agent.string,
        lifetime=config.session_lifetime,
        idle=min(idle, sign_ins.SHARED_IDLE) if shared else idle,
    )


def _address() -> str:
    return request.remote_addr or ""


def _signed_in(user: User, target: str, *, shared: bool) -> ResponseReturnValue:
    """Start the new session, and end the one that the browser was in before."""
    if current_user.is_authenticated:
        sign_ins.end(g.session, current_user, current_user.sign_in_id)
    guard.remember(user, shared=shared)
    if user.must_change_password:
        target = url_for("accounts.password", next=target)
    return redirect(target, 303)


def _why(refused: Refused, sentence: str) -> str:
    """What to tell somebody whose password was not accepted, or not looked at."""
    if not refused.wait:
        return sentence
    wait = format_timedelta(timedelta(seconds=refused.wait))
    return str(gettext("Đã có nhiều lần ghi sai. Thử lại sau %(wait)s.", wait=wait))


def _form_page(page: str, form: FlaskForm, wait: int = 0) -> ResponseReturnValue:
    """A page with a form: 422 when something in it has to be mended, 429 when it is too early to try."""
    if wait:
        return page, 429, {"Retry-After": str(wait)}
    return page, 422 if form.errors else 200


def _end(user: User, sign_in_id: int) -> None:
    if sign_ins.end(g.session, user, sign_in_id):
        flash(gettext("Đã đăng xuất máy đó."))
    else:
        flash(gettext("Máy đó đã được đăng xuất từ trước."))


def _to_user(user_id: int) -> ResponseReturnValue:
    return redirect(url_for("people.user", user_id=user_id), 303)

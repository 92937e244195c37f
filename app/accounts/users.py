"""Accounts: making and finding them, their roles, their passwords and their end.

Every function checks first and writes after, so a `Problem` that is raised has changed nothing.
"""

import logging
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import exists, func, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import passwords, sign_ins, throttle
from app.accounts.models import RoleGrant, User, account_name
from app.accounts.roles import ROLE_BY_CODE, ROLES, Permission
from app.db import tables_of
from app.errors import Conflict, NotFound, Unprocessable
from layers.layer import N_

log = logging.getLogger("diaba.security")

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
LONGEST_FULL_NAME = 100
ONE_TIME = timedelta(days=7)
"""How long a password works that somebody else gave."""

Grants = Mapping[str, Sequence[str]]
"""Role codes, each with the codes of the communes that limit it; none means the whole territory."""


def by_name(session: Session, name: str) -> User:
    """The account of this name; `NotFound` when there is none."""
    user = session.scalar(select(User).where(User.name == account_name(name)))
    if user is None:
        raise NotFound("no_such_account", N_("Không có tài khoản “{name}”."), name=name[:40])
    return user


def by_id(session: Session, user_id: int) -> User:
    """The account of this id; `NotFound` when there is none."""
    user = session.get(User, user_id) if user_id < 2**63 else None
    if user is None:
        raise NotFound("no_such_account", N_("Không có tài khoản này."))
    return user


def listed(
    session: Session,
    *,
    query: str = "",
    role: str = "",
    active: bool | None = None,
    first: int = 0,
    limit: int | None = None,
) -> tuple[Sequence[User], int]:
    """Accounts by name, and how many there are in all. `query` is part of an account's or a person's
    name, with or without tone marks."""
    found = select(User)
    if query:
        both = func.fold(User.name + " " + User.full_name)
        found = found.where(func.strpos(both, func.fold(query.replace("\0", ""))) > 0)
    if role:
        found = found.where(User.grants.any(RoleGrant.role == role))
    if active is not None:
        found = found.where(User.active == active)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    return session.scalars(found.order_by(User.name).offset(first).limit(limit)).all(), total


def communes(session: Session) -> dict[str, str]:
    """The names of today's communes by their codes, in the order of names."""
    commune = tables_of(session)["commune"].current.c
    query = select(commune.code, commune.name).order_by(func.fold(commune.name))
    return {row.code: row.name for row in session.execute(query)}


def add(
    session: Session, name: str, full_name: str, grants: Grants, *, by: User | None = None
) -> tuple[User, str]:
    """A new account and the one-time password to hand over, which is kept nowhere.

    `Unprocessable` or `Conflict` when the name, the full name or a role cannot be had.
    """
    name = account_name(name)
    if not NAME.fullmatch(name):
        raise Unprocessable("bad_account_name", BAD_NAME)
    full_name = clean_full_name(full_name)
    _check(session, grants)
    password = passwords.one_time()
    user = User(name=name, full_name=full_name, password_hash=passwords.hashed(password), active=True)
    user.one_time_until = func.now() + literal(ONE_TIME)
    user.grants = [RoleGrant(role=role, communes=list(codes)) for role, codes in grants.items()]
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:
        raise Conflict("account_name_taken", NAME_TAKEN) from error
    _note("account.added", user, by)
    return user, password


BAD_NAME = N_(
    "Tên tài khoản gồm 2 đến 32 ký tự: chữ thường không dấu, chữ số, dấu chấm, gạch ngang; "
    "bắt đầu bằng chữ hoặc số, ví dụ le.thi.t."
)
NAME_TAKEN = N_("Đã có tài khoản mang tên này. Chọn tên khác.")


def clean_full_name(typed: str) -> str:
    """A person's name in NFC, without spaces at its ends; `Unprocessable` when it is none."""
    name = unicodedata.normalize("NFC", typed).strip()
    if not name or len(name) > LONGEST_FULL_NAME or not name.isprintable():
        raise Unprocessable("bad_full_name", N_("Ghi họ và tên, nhiều nhất 100 ký tự."))
    return name


def edit(session: Session, user: User, *, full_name: str, grants: Grants, by: User | None = None) -> None:
    """Change how a person is called and which roles they have. It acts on their next request."""
    full_name = clean_full_name(full_name)
    held = {code for grant in user.grants for code in grant.communes}
    _check(session, grants, held)
    if not any(_manages(role) for role in grants):
        _check_another_manager(session, user)
    user.full_name = full_name
    there = {grant.role: grant for grant in user.grants}
    for role, codes in grants.items():
        if role in there:
            there[role].communes = list(codes)
        else:
            user.grants.append(RoleGrant(role=role, communes=list(codes)))
    for role, grant in there.items():
        if role not in grants:
            user.grants.remove(grant)
    session.flush()
    _note("account.roles", user, by, roles=sorted(grants))


def deactivate(session: Session, user: User, *, by: User | None = None) -> None:
    """Close an account: all its sign-ins end and none can begin. Nothing it did is touched."""
    _check_another_manager(session, user)
    user.active = False
    sign_ins.end_all(session, user)
    _note("account.deactivated", user, by)


def activate(session: Session, user: User, *, by: User | None = None) -> None:
    """Open a closed account again, with the roles and the password that it had."""
    user.active = True
    session.flush()
    _note("account.activated", user, by)


def reset_password(session: Session, user: User, *, by: User | None = None) -> str:
    """A new one-time password; the old one and all sign-ins end, and failed attempts are forgotten."""
    password = passwords.one_time()
    user.password_hash = passwords.hashed(password)
    user.one_time_until = func.now() + literal(ONE_TIME)
    sign_ins.end_all(session, user)
    throttle.forgive(session, user.name)
    _note("account.password_reset", user, by)
    return password


def set_password(session: Session, user: User, password: str, *, keep: int = 0) -> None:
    """A password that its owner chose; all sign-ins end except the one of id `keep`.

    `Unprocessable` when the password is weak (see `passwords.weakness`).
    """
    weakness = passwords.weakness(password, user.name)
    if weakness:
        raise Unprocessable("weak_password", weakness)
    user.password_hash = passwords.hashed(password)
    user.one_time_until = None
    sign_ins.end_all(session, user, keep=keep)
    _note("account.password_changed", user, user)


def _check(session: Session, grants: Grants, held: set[str] | None = None) -> None:
    """Roles must exist, be limited only where they can be, and only to communes that exist. Codes that
    were `held` before may stay: a commune can end while its officer keeps the grant."""
    wanted = {code for codes in grants.values() for code in codes}
    unknown = wanted - (held or set())
    if unknown:
        unknown -= communes(session).keys()
    for role, codes in grants.items():
        if role not in ROLE_BY_CODE:
            raise Unprocessable("no_such_role", N_("Không có vai trò “{role}”."), role=role[:40])
        if codes and not ROLE_BY_CODE[role].by_commune:
            raise Unprocessable(
                "role_has_no_limit", N_("Vai trò “{role}” không giới hạn theo phường, xã được."), role=role
            )
    if unknown:
        commune = min(unknown)[:40]
        raise Unprocessable(
            "no_such_commune", N_("Không có phường, xã mang mã “{commune}”."), commune=commune
        )


def _manages(role: str) -> bool:
    return role in ROLE_BY_CODE and Permission.USERS_MANAGE in ROLE_BY_CODE[role].permissions


def _check_another_manager(session: Session, user: User) -> None:
    """`Conflict` when nobody could manage accounts without this one."""
    if not (user.active and any(_manages(grant.role) for grant in user.grants)):
        return
    # Two administrators who take one another's role away at the same time must not both succeed.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("managers", 0))))
    managing = [role.code for role in ROLES if _manages(role.code)]
    another = exists().where(
        RoleGrant.user_id == User.id, RoleGrant.role.in_(managing), User.active, User.id != user.id
    )
    if not session.scalar(select(another)):
        raise Conflict(
            "last_manager",
            N_("Đây là người cuối cùng quản lý được tài khoản. Giao vai trò Quản trị cho người khác trước."),
        )


def _note(event: str, user: User, by: User | None, **more: object) -> None:
    log.info(event, extra={"event": event, "user": user.id, "by": by.id if by else None, **more})

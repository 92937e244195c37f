"""Sign-ins: how one begins, is recognised in each request, and ends."""

import hashlib
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, func, literal, or_, select, update
from sqlalchemy.orm import Session

from app.accounts import passwords, throttle
from app.accounts.models import SignIn, User, account_name

log = logging.getLogger("diaba.security")

SHARED_IDLE = timedelta(minutes=15)
"""How long a sign-in on a shared computer lives without a request, whatever the setting says."""
SEEN_EVERY = timedelta(minutes=1)
LONGEST_USER_AGENT = 300


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Where a sign-in comes from and how long it may last."""

    address: str
    user_agent: str
    lifetime: timedelta
    idle: timedelta


@dataclass(frozen=True)
class Refused:
    """Why nobody was signed in: the name and password do not fit, or (`wait`) it is too early to try."""

    wait: int = 0


def begin(session: Session, name: str, password: str, visit: Visit) -> User | Refused:
    """Sign somebody in, or say why not; the person's `token` goes to the browser.

    Answer and work are the same for a wrong password, an unknown name, a deactivated account and a
    one-time password that is too old.
    """
    name = account_name(name)
    user = _who_may_sign_in(session, name)
    refused = _check(session, name, user, password, visit.address)
    if refused or user is None:
        return refused or Refused()
    if passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.hashed(password)
    _open(session, user, visit)
    return user


def confirm(session: Session, user: User, password: str, address: str) -> Refused | None:
    """Ask somebody who is signed in for their password again; None when it is right.

    It is limited like a sign-in, since whoever finds an open browser could guess here as well.
    """
    return _check(session, user.name, user, password, address)


def renew(session: Session, user: User) -> None:
    """Give this sign-in a new token, because it may more than before; the old token is dead."""
    user.token = secrets.token_urlsafe(32)
    query = update(SignIn).where(SignIn.id == user.sign_in_id).values(token_hash=_hash(user.token))
    session.execute(query)


def recognise(session: Session, token: str) -> User | None:
    """Who holds this token, when the sign-in lives; account and roles are read anew each time."""
    stale = SignIn.seen_at < func.now() - literal(SEEN_EVERY)
    query = select(SignIn, stale).join(User).where(SignIn.token_hash == _hash(token), _lives(), User.active)
    found = session.execute(query).one_or_none()
    if found is None:
        return None
    sign_in, is_stale = found
    if is_stale:
        _seen(session, sign_in)
    sign_in.user.sign_in_id = sign_in.id
    user: User = sign_in.user
    return user


def of_user(session: Session, user: User) -> Sequence[SignIn]:
    """The sign-ins of a person that live, the latest used first."""
    query = (
        select(SignIn)
        .where(SignIn.user_id == user.id, _lives())
        .order_by(SignIn.seen_at.desc(), SignIn.id.desc())
    )
    return session.scalars(query).all()


def end(session: Session, user: User, sign_in_id: int) -> bool:
    """End one sign-in of this person; False when there is none such."""
    return _end(session, user, SignIn.id == sign_in_id) == 1


def end_all(session: Session, user: User, *, keep: int = 0) -> int:
    """End all sign-ins of this person except the one of id `keep`; the number of those ended."""
    return _end(session, user, SignIn.id != keep)


def _end(session: Session, user: User, condition: ColumnElement[bool]) -> int:
    query = (
        update(SignIn)
        .where(SignIn.user_id == user.id, SignIn.revoked_at.is_(None), condition)
        .values(revoked_at=func.now())
        .returning(SignIn.id)
    )
    ended = session.scalars(query).all()
    log.info("sign-ins ended", extra={"event": "sign_in.ended", "user": user.id, "sign_ins": len(ended)})
    return len(ended)


def _who_may_sign_in(session: Session, name: str) -> User | None:
    query = select(User).where(
        User.name == name,
        User.active,
        or_(User.one_time_until.is_(None), User.one_time_until > func.now()),
    )
    return session.scalar(query)


def _check(session: Session, name: str, user: User | None, password: str, address: str) -> Refused | None:
    """Whether the password is this person's; failures are counted for the name as it was typed."""
    network = throttle.network_of(address)
    known = user.id if user else None
    wait = throttle.seconds_to_wait(session, name, network)
    if wait:
        log.warning("password not asked", extra={"event": "sign_in.throttled", "user": known})
        return Refused(wait)
    if not passwords.matches(user.password_hash if user else None, password):
        throttle.record_failure(session, name, network)
        log.warning("wrong password", extra={"event": "sign_in.failed", "user": known})
        return Refused()
    throttle.forgive(session, name, network)
    return None


def _open(session: Session, user: User, visit: Visit) -> None:
    session.execute(delete(SignIn).where(SignIn.expires_at < func.now() - literal(throttle.KNOWN)))
    user.token = secrets.token_urlsafe(32)
    sign_in = SignIn(
        token_hash=_hash(user.token),
        user_id=user.id,
        expires_at=func.now() + literal(visit.lifetime),
        idle=visit.idle,
        network=throttle.network_of(visit.address),
        user_agent=visit.user_agent[:LONGEST_USER_AGENT],
    )
    session.add(sign_in)
    session.flush()
    log.info("signed in", extra={"event": "sign_in.begun", "user": user.id})


def _lives() -> ColumnElement[bool]:
    now = func.now()
    return and_(SignIn.revoked_at.is_(None), SignIn.expires_at > now, SignIn.seen_at + SignIn.idle > now)


def _seen(session: Session, sign_in: SignIn) -> None:
    """Note that it is in use, without waiting: the many requests of one map come at the same time,
    and none of them may stand in line behind another's transaction."""
    free = (
        select(SignIn.id).where(SignIn.id == sign_in.id).with_for_update(skip_locked=True).scalar_subquery()
    )
    query = update(SignIn).where(SignIn.id == free).values(seen_at=func.now())
    session.execute(query.execution_options(synchronize_session=False))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

"""The tables of people: accounts, the roles granted to them, their sign-ins and failed attempts."""

import unicodedata
from datetime import datetime, timedelta

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Interval,
    LargeBinary,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import CIDR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.roles import ROLE_BY_CODE, Permission
from app.db import Base

MOMENT = DateTime(timezone=True)

BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "coc_coc": "Cốc Cốc",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Chrome": "Chrome",
    "CriOS": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}
"""Signs in what a browser says of itself, the special ones first: all of them claim to be several."""


def account_name(typed: str) -> str:
    """The account name that somebody means who typed this; it need not exist."""
    return unicodedata.normalize("NFKC", typed).replace("\0", "").strip().lower()


class User(Base):
    """A person's account. `name` is what they type to sign in, in lower case; `full_name` is shown.

    `one_time_until` is set while the password is one that somebody else gave them: it must be
    changed at the first sign-in, and no longer works after that moment.
    """

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    full_name: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    one_time_until: Mapped[datetime | None] = mapped_column(MOMENT)
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())
    grants: Mapped[list["RoleGrant"]] = relationship(
        cascade="all, delete-orphan", order_by="RoleGrant.role", lazy="selectin"
    )

    token = ""
    """Set when a sign-in begins: what `get_id` hands to the cookie. Never stored."""
    sign_in_id = 0
    """The sign-in through which this request came."""

    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Flask-Login's word for it."""
        return self.active

    def get_id(self) -> str:
        """What the cookie carries. Not the account's id: a sign-in can be ended, an id cannot."""
        return self.token

    @property
    def must_change_password(self) -> bool:
        """Whether the password was given by somebody else; until it is changed the account may nothing."""
        return self.one_time_until is not None

    def can(self, permission: Permission, commune: str | None = None) -> bool:
        """Whether this person may do that in the commune of this code.

        Without a commune the question is about the whole territory, so that a caller who forgets
        the place refuses too much rather than too little.
        """
        if self.must_change_password:
            return False
        return any(grant.gives(permission, commune) for grant in self.grants)

    @property
    def permissions(self) -> frozenset[Permission]:
        """What this person may do in one commune at least; for menus, not for decisions."""
        if self.must_change_password:
            return frozenset()
        return frozenset().union(*(grant.permissions for grant in self.grants))


class RoleGrant(Base):
    """A role that somebody has; `communes` limits it to communes by code, and empty means all."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("user_id", "role", name="uq_role_grant_user_id_role"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(Text)
    communes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the role carries; nothing when the table of roles no longer has it."""
        role = ROLE_BY_CODE.get(self.role)
        return role.permissions if role else frozenset()

    def gives(self, permission: Permission, commune: str | None) -> bool:
        """Whether this grant alone allows it there (None: everywhere)."""
        if permission not in self.permissions:
            return False
        return not permission.is_territorial or not self.communes or commune in self.communes


class SignIn(Base):
    """One sign-in of one browser, which the server can end at any time.

    The browser holds a random token, the database its hash: a copy of the table opens no door.
    `idle` is how long it lives without a request, `expires_at` when it ends whatever happens.
    `network` is an IPv4 address or the /64 of an IPv6 address.
    """

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())
    seen_at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(MOMENT)
    idle: Mapped[timedelta] = mapped_column(Interval)
    revoked_at: Mapped[datetime | None] = mapped_column(MOMENT)
    network: Mapped[str] = mapped_column(CIDR)
    user_agent: Mapped[str] = mapped_column(Text)
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    @property
    def device(self) -> str:
        """Browser and system in two words, as far as the browser says; empty when it does not."""
        found = (_first(self.user_agent, names) for names in (BROWSERS, SYSTEMS))
        return ", ".join(filter(None, found))


def _first(user_agent: str, names: dict[str, str]) -> str:
    return next((name for sign, name in names.items() if sign in user_agent), "")


class SignInFailure(Base):
    """A failed attempt to sign in, kept for a day.

    `account` is a short digest of the name that was typed, whether there is such an account or not:
    people type passwords into the wrong box, and those must not be kept. `network` is the address,
    or the /64 of an IPv6 address.
    """

    __tablename__ = "sign_in_failure"
    __table_args__ = (
        Index("ix_sign_in_failure_account", "account"),
        Index("ix_sign_in_failure_network", "network"),
        Index("ix_sign_in_failure_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    account: Mapped[int] = mapped_column(BigInteger)
    network: Mapped[str] = mapped_column(CIDR)
    at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.clock_timestamp())

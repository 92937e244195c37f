"""The demo's sign-ins: made-up people, one for each role and one whose role is limited to a commune."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import users
from app.accounts.models import User
from app.accounts.users import Grants

SIGN_INS: tuple[tuple[str, str, Grants], ...] = (
    ("officer", "Cán bộ địa chính (minh họa)", {"officer": ()}),
    ("officer-vungtau", "Cán bộ địa chính phường Vũng Tàu (minh họa)", {"officer": ("26506",)}),
    ("approver", "Lãnh đạo phê duyệt (minh họa)", {"approver": ()}),
    ("planner", "Cán bộ quy hoạch (minh họa)", {"planner": ()}),
    ("admin", "Quản trị hệ thống (minh họa)", {"administrator": ()}),
)
"""Name, full name and roles, each with the communes that limit it."""


def add_sign_ins(session: Session) -> Iterator[tuple[str, str]]:
    """Add the sign-ins that don't exist yet; (name, one-time password) of each. Nothing is committed."""
    for name, full_name, grants in SIGN_INS:
        if session.scalar(select(User.id).where(User.name == name)) is None:
            user, password = users.add(session, name, full_name, grants)
            yield user.name, password

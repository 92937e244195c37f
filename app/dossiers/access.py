"""Who may see and handle which dossiers: those who prepare or approve parcels, in their communes."""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import RoleGrant, User
from app.accounts.roles import ROLES, Permission
from app.errors import Forbidden, NotFound
from layers.layer import N_

HANDLING = (Permission.PARCELS_EDIT, Permission.PARCELS_APPROVE)
"""With either of these, somebody works on dossiers."""

NO_DOSSIER = N_("Không có hồ sơ này, hoặc nó không thuộc phường, xã của bạn.")
NOT_YOURS = N_("Tài khoản của bạn không có quyền làm việc này với hồ sơ.")


class Placed(Protocol):
    """What lies in a commune."""

    @property
    def commune_code(self) -> str: ...


def handles(user: User, commune: str, permissions: Sequence[Permission] = HANDLING) -> bool:
    """Whether somebody has one of these permissions in the commune."""
    return any(user.can(permission, commune) for permission in permissions)


def communes_of(user: User, permissions: Sequence[Permission] = HANDLING) -> frozenset[str] | None:
    """The codes of the communes in which somebody has one of these permissions; None: all of them."""
    if user.must_change_password:
        return frozenset()
    grants = [grant for grant in user.grants if any(one in grant.permissions for one in permissions)]
    if any(not grant.communes for grant in grants):
        return None
    return frozenset(code for grant in grants for code in grant.communes)


def check(user: User, dossier: Placed | None, permissions: Sequence[Permission] = HANDLING) -> None:
    """`NotFound` when there is no dossier, or none for this person: both look alike. `Forbidden` when
    they see it and may not do what takes these permissions."""
    if dossier is None or not handles(user, dossier.commune_code):
        raise NotFound("unknown_dossier", NO_DOSSIER)
    if not handles(user, dossier.commune_code, permissions):
        raise Forbidden("forbidden", NOT_YOURS)


def officers_for(session: Session, commune: str) -> list[User]:
    """Those to whom a dossier of this commune can be given, by name."""
    roles = [role.code for role in ROLES if Permission.PARCELS_EDIT in role.permissions]
    able = select(User).where(User.active, User.grants.any(RoleGrant.role.in_(roles)))
    found = session.scalars(able.order_by(User.full_name)).all()
    return [user for user in found if user.can(Permission.PARCELS_EDIT, commune)]

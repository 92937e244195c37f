"""Which scope a person sees through: what the tiles, the API and the pages are asked with."""

from typing import Protocol

from app.accounts.roles import Permission
from app.errors import Forbidden, Unauthorized
from layers.layer import N_
from tiles.scope import PUBLIC, Scope

STAFF = Scope("staff", frozenset({Permission.LAYERS_VIEW_INTERNAL.value}))
"""What officers see beside the public: internal layers and fields, no personal data."""

SCOPES = (PUBLIC, STAFF)


class Reader(Protocol):
    """Whoever asks: a signed-in account, or nobody."""

    @property
    def is_authenticated(self) -> bool: ...

    def can(self, permission: Permission, commune: str | None = None) -> bool: ...


def scope_of(reader: Reader) -> Scope:
    """The widest scope that this reader may use."""
    allowed = [scope for scope in SCOPES if _may_use(reader, scope)]
    return allowed[-1]


def scope_named(name: str, reader: Reader) -> Scope:
    """The scope of this name. `Unauthorized` or `Forbidden` when the reader may not use it, also
    where there is none of the name, so that names cannot be guessed."""
    for scope in SCOPES:
        if scope.name == name and _may_use(reader, scope):
            return scope
    if not reader.is_authenticated:
        raise Unauthorized("sign_in_required", N_("Bạn cần đăng nhập để xem lớp này."))
    raise Forbidden("forbidden", N_("Tài khoản của bạn không có quyền xem lớp này."))


def _may_use(reader: Reader, scope: Scope) -> bool:
    return all(reader.can(Permission(name)) for name in scope.permissions)

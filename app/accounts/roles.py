"""Permissions, and the roles that carry them: the one table of who may do what."""

from dataclasses import dataclass
from enum import StrEnum

from layers.layer import N_


class Permission(StrEnum):
    """What code asks for, as subject:action. A layer names the permissions to see and to edit it."""

    DATA_IMPORT = "data:import"
    LAYERS_EDIT = "layers:edit"
    LAYERS_VIEW_INTERNAL = "layers:view-internal"
    PARCELS_APPROVE = "parcels:approve"
    PARCELS_EDIT = "parcels:edit"
    PLANS_EDIT = "plans:edit"
    USERS_MANAGE = "users:manage"

    @property
    def meaning(self) -> str:
        """What it allows, as a message id."""
        return _MEANINGS[self]

    @property
    def is_territorial(self) -> bool:
        """Whether a limit to communes binds it. Seeing is not bound: work at a border needs both sides."""
        return self not in (Permission.LAYERS_VIEW_INTERNAL, Permission.USERS_MANAGE)


_MEANINGS = {
    Permission.DATA_IMPORT: N_("Nạp tệp dữ liệu vào bản đồ"),
    Permission.LAYERS_EDIT: N_("Sửa lớp hạ tầng, môi trường, giao thông"),
    Permission.LAYERS_VIEW_INTERNAL: N_("Xem lớp và thông tin nội bộ"),
    Permission.PARCELS_APPROVE: N_("Duyệt thay đổi thửa đất"),
    Permission.PARCELS_EDIT: N_("Lập thay đổi thửa đất"),
    Permission.PLANS_EDIT: N_("Sửa đồ án và ô quy hoạch"),
    Permission.USERS_MANAGE: N_("Quản lý tài khoản và vai trò"),
}


@dataclass(frozen=True, kw_only=True)
class Role:
    """A set of permissions under a name that people know. `by_commune`: it can be limited to communes."""

    code: str
    title: str
    description: str
    permissions: frozenset[Permission] = frozenset()
    by_commune: bool = True

    def __post_init__(self) -> None:
        if self.by_commune and not any(one.is_territorial for one in self.permissions):
            raise ValueError(f"role {self.code!r}: a limit to communes would bind none of its permissions")
        if self.by_commune and Permission.USERS_MANAGE in self.permissions:
            raise ValueError(f"role {self.code!r}: who manages accounts could lift their own limit")


ROLES = (
    Role(
        code="officer",
        title=N_("Cán bộ địa chính"),
        description=N_("Lập thay đổi thửa đất và chuyển cho người duyệt."),
        permissions=frozenset({Permission.LAYERS_VIEW_INTERNAL, Permission.PARCELS_EDIT}),
    ),
    Role(
        code="approver",
        title=N_("Người duyệt"),
        description=N_("Duyệt hoặc trả lại thay đổi do cán bộ địa chính lập."),
        permissions=frozenset({Permission.LAYERS_VIEW_INTERNAL, Permission.PARCELS_APPROVE}),
    ),
    Role(
        code="planner",
        title=N_("Cán bộ quy hoạch"),
        description=N_("Giữ đồ án quy hoạch và các lớp hạ tầng, môi trường, giao thông."),
        permissions=frozenset(
            {
                Permission.DATA_IMPORT,
                Permission.LAYERS_EDIT,
                Permission.LAYERS_VIEW_INTERNAL,
                Permission.PLANS_EDIT,
            }
        ),
    ),
    Role(
        code="administrator",
        title=N_("Quản trị"),
        description=N_("Quản lý tài khoản và nạp dữ liệu; không sửa và không duyệt thửa đất."),
        permissions=frozenset(
            {Permission.DATA_IMPORT, Permission.LAYERS_VIEW_INTERNAL, Permission.USERS_MANAGE}
        ),
        by_commune=False,
    ),
    Role(
        code="citizen",
        title=N_("Người dân"),
        description=N_("Có tài khoản riêng; xem bản đồ như mọi người."),
        by_commune=False,
    ),
)

ROLE_BY_CODE = {role.code: role for role in ROLES}

"""Roles and permissions: the table, what it means for one person, and how soon a change acts."""

import pytest
from sqlalchemy.orm import Session

from app.accounts import users
from app.accounts.models import RoleGrant, User
from app.accounts.roles import ROLE_BY_CODE, ROLES, Permission, Role
from app.errors import Conflict, Unprocessable
from layers import CATALOG
from tests.people import add_user
from tests.shapes import add

VUNG_TAU, RACH_DUA = "26506", "26536"

MATRIX = {
    "officer": {"layers:view-internal", "parcels:edit"},
    "approver": {"layers:view-internal", "parcels:approve"},
    "planner": {"data:import", "layers:edit", "layers:view-internal", "plans:edit"},
    "administrator": {"data:import", "layers:view-internal", "users:manage"},
    "citizen": set(),
}
"""Written a second time on purpose: who changes the table of roles says so twice."""


def person(*grants: RoleGrant) -> User:
    return User(grants=list(grants))


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.code)
@pytest.mark.parametrize("permission", Permission)
def test_each_role_allows_what_the_matrix_says(role: Role, permission: Permission) -> None:
    allowed = person(RoleGrant(role=role.code, communes=[])).can(permission)
    assert allowed == (permission.value in MATRIX[role.code])


def test_matrix_has_every_role() -> None:
    assert set(MATRIX) == set(ROLE_BY_CODE)


def test_nobody_both_edits_and_approves_parcels_by_one_role() -> None:
    both = {Permission.PARCELS_EDIT, Permission.PARCELS_APPROVE}
    assert [role.code for role in ROLES if both <= role.permissions] == []


def test_every_permission_that_a_layer_names_exists() -> None:
    named = {layer.edit for layer in CATALOG.values()}
    named |= {layer.view for layer in CATALOG.values() if layer.view}
    named |= {field.view for layer in CATALOG.values() for field in layer.fields if field.view}
    assert named <= {permission.value for permission in Permission}


def test_permissions_are_subject_and_action_in_alphabetical_order() -> None:
    values = [permission.value for permission in Permission]
    assert values == sorted(values)
    assert all(value.count(":") == 1 for value in values)


def test_limit_to_communes_binds_editing_there_and_nowhere_else() -> None:
    officer = person(RoleGrant(role="officer", communes=[VUNG_TAU]))
    assert officer.can(Permission.PARCELS_EDIT, VUNG_TAU)
    assert not officer.can(Permission.PARCELS_EDIT, RACH_DUA)
    assert not officer.can(Permission.PARCELS_EDIT)


def test_limit_to_communes_does_not_bind_seeing() -> None:
    officer = person(RoleGrant(role="officer", communes=[VUNG_TAU]))
    assert officer.can(Permission.LAYERS_VIEW_INTERNAL)
    assert officer.can(Permission.LAYERS_VIEW_INTERNAL, RACH_DUA)


def test_limit_of_one_role_does_not_bind_another() -> None:
    both = person(
        RoleGrant(role="officer", communes=[VUNG_TAU]), RoleGrant(role="approver", communes=[RACH_DUA])
    )
    assert not both.can(Permission.PARCELS_EDIT, RACH_DUA)
    assert both.can(Permission.PARCELS_APPROVE, RACH_DUA)
    assert not both.can(Permission.PARCELS_APPROVE, VUNG_TAU)


def test_menus_show_what_is_allowed_in_one_commune() -> None:
    officer = person(RoleGrant(role="officer", communes=[VUNG_TAU]))
    assert officer.permissions == {Permission.PARCELS_EDIT, Permission.LAYERS_VIEW_INTERNAL}


def test_role_that_is_no_longer_in_the_table_allows_nothing() -> None:
    ghost = person(RoleGrant(role="superuser", communes=[]))
    assert ghost.permissions == frozenset()
    assert not any(ghost.can(permission) for permission in Permission)


def test_role_that_manages_accounts_cannot_be_limited() -> None:
    with pytest.raises(ValueError, match="could lift their own limit"):
        Role(
            code="x",
            title="x",
            description="x",
            permissions=frozenset({Permission.USERS_MANAGE, Permission.PARCELS_EDIT}),
        )


def test_limit_that_binds_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="bind none"):
        Role(code="x", title="x", description="x", permissions=frozenset({Permission.LAYERS_VIEW_INTERNAL}))


@pytest.mark.parametrize(
    ("grants", "code"),
    [
        ({"king": []}, "no_such_role"),
        ({"citizen": [VUNG_TAU]}, "role_has_no_limit"),
        ({"administrator": [VUNG_TAU]}, "role_has_no_limit"),
        ({"officer": ["99999"]}, "no_such_commune"),
    ],
)
def test_grant_that_cannot_be_is_refused_and_writes_nothing(
    session: Session, grants: users.Grants, code: str
) -> None:
    add_commune(session, VUNG_TAU, "Phường Vũng Tàu")
    with pytest.raises(Unprocessable) as refused:
        users.add(session, "le.thi.t", "Lê Thị T", grants)
    assert refused.value.code == code
    assert users.listed(session)[1] == 0


def test_commune_that_ended_may_stay_in_a_grant_but_not_enter_one(session: Session) -> None:
    add_commune(session, VUNG_TAU, "Phường Vũng Tàu")
    user, _ = users.add(session, "le.thi.t", "Lê Thị T", {"officer": [VUNG_TAU]})
    user.grants[0].communes = [VUNG_TAU, "26500"]
    session.flush()
    users.edit(session, user, full_name="Lê Thị T", grants={"officer": ["26500"]})
    assert user.grants[0].communes == ["26500"]
    with pytest.raises(Unprocessable):
        users.edit(session, user, full_name="Lê Thị T", grants={"officer": ["26501"]})


def test_last_one_who_manages_accounts_stays(session: Session) -> None:
    one = add_user(session, "admin", {"administrator": []})
    with pytest.raises(Conflict):
        users.edit(session, one, full_name="A", grants={"officer": []})
    with pytest.raises(Conflict):
        users.deactivate(session, one)
    other = add_user(session, "admin2", {"administrator": []})
    users.deactivate(session, one)
    with pytest.raises(Conflict):
        users.deactivate(session, other)


def add_commune(session: Session, code: str, name: str) -> None:
    add(session, "commune", "MULTIPOLYGON(((0 0,1 0,1 1,0 0)))", code=code, name=name)

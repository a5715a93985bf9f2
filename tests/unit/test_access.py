"""One map says who may do what; these lines are the column "who" of the plant's transition table."""

import pytest

from bottletrack.access import PERMISSIONS, Actor, Permission, may, require
from bottletrack.errors import NotAllowed
from bottletrack.vocabulary import Role


def actor(*roles: Role) -> Actor:
    return Actor(1, 1, frozenset(roles))


def test_every_permission_is_somebodys() -> None:
    assert set(PERMISSIONS) == set(Permission)
    assert all(PERMISSIONS.values())
    assert set(Role) == frozenset().union(*PERMISSIONS.values())


@pytest.mark.parametrize(
    ("role", "permissions"),
    [
        (Role.WINEMAKER, {Permission.ORDER, Permission.SEE_CATALOGUE}),
        (Role.ADMINISTRATOR, {Permission.MANAGE_PEOPLE, Permission.MANAGE_DEVICES}),
        (
            Role.DRIVER,
            {
                Permission.ANNOUNCE,
                Permission.COLLECT,
                Permission.DELIVER,
                Permission.TAKE_BACK,
                Permission.HOLD,
                Permission.BREAK,
                Permission.SEE_PLANT,
                Permission.PRINT_LABELS,
                Permission.REPLACE_LABEL,
                Permission.UNDO_OWN,
                Permission.SET_UP_DEVICE,
            },
        ),
    ],
)
def test_a_role_carries_these_and_no_more(role: Role, permissions: set[Permission]) -> None:
    assert {permission for permission in Permission if may(actor(role), permission)} == permissions


def test_nobody_may_by_having_no_role() -> None:
    assert not any(may(actor(), permission) for permission in Permission)


@pytest.mark.parametrize("permission", [Permission.LIFT_HOLD, Permission.CORRECT, Permission.APPROVE_COUNT])
def test_an_operator_does_not_undo_or_approve(permission: Permission) -> None:
    with pytest.raises(NotAllowed) as caught:
        require(actor(Role.OPERATOR, Role.DRIVER), permission)
    assert caught.value.values["permission"] == permission.value
    require(actor(Role.OPERATOR, Role.LEAD), permission)

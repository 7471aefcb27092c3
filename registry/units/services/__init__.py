"""What units do: register, change, administer themselves."""

from registry.units.services.administrators import (
    NewPerson,
    add_account,
    add_colleague,
    add_new_person,
    change_roles,
    hand_over,
    remove_administrator,
)
from registry.units.services.registration import (
    UnitRegistration,
    UnitSent,
    register_unit,
    unit_registration_faults,
)
from registry.units.services.roles import create_role, delete_roles, edit_role
from registry.units.services.subordinates import (
    EDITABLE,
    change_unit,
    delete_unit,
    name_super,
    remove_administrator_below,
    set_hours_review,
)

__all__ = [
    "EDITABLE",
    "NewPerson",
    "UnitRegistration",
    "UnitSent",
    "add_account",
    "add_colleague",
    "add_new_person",
    "change_roles",
    "change_unit",
    "create_role",
    "delete_roles",
    "delete_unit",
    "edit_role",
    "hand_over",
    "name_super",
    "register_unit",
    "remove_administrator",
    "remove_administrator_below",
    "set_hours_review",
    "unit_registration_faults",
]

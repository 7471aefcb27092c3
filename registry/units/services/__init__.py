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
from registry.units.services.data import (
    CONTACTS,
    ask_parent_change,
    ask_unit_change,
    change_contacts,
    change_own_contacts,
    fields_of,
    superiors_of,
)
from registry.units.services.departments import (
    add_department,
    change_department,
    close_department,
    order_department,
    restate_department,
)
from registry.units.services.evidence import keep_evidence
from registry.units.services.merging import (
    MergerPreview,
    Mover,
    follow_mergers,
    merge_units,
    preview_merger,
    register_mover,
)
from registry.units.services.permits import give_permit
from registry.units.services.reasons import stated
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
    "CONTACTS",
    "EDITABLE",
    "MergerPreview",
    "Mover",
    "NewPerson",
    "UnitRegistration",
    "UnitSent",
    "add_account",
    "add_colleague",
    "add_department",
    "add_new_person",
    "ask_parent_change",
    "ask_unit_change",
    "change_contacts",
    "change_department",
    "change_own_contacts",
    "change_roles",
    "change_unit",
    "close_department",
    "create_role",
    "delete_roles",
    "delete_unit",
    "edit_role",
    "fields_of",
    "follow_mergers",
    "give_permit",
    "hand_over",
    "keep_evidence",
    "merge_units",
    "name_super",
    "order_department",
    "preview_merger",
    "register_mover",
    "register_unit",
    "remove_administrator",
    "remove_administrator_below",
    "restate_department",
    "set_hours_review",
    "stated",
    "superiors_of",
    "unit_registration_faults",
]

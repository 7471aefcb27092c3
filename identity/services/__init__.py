"""What people do with their identity: log in and out, choose a role, change the password; and how they are made."""

from identity.services.login import LoggedIn, log_in
from identity.services.memberships import (
    end_membership,
    give_roles,
    move_technician,
    open_membership,
    refresh_modules,
    settle_membership,
)
from identity.services.organisations import (
    add_organisation,
    alias_organisation,
    change_organisation,
    move_organisation,
    set_state,
)
from identity.services.passwords import change_password
from identity.services.people import create_person, create_staff
from identity.services.reference import (
    CODE_KEEPERS,
    CodeFields,
    Loaded,
    add_code,
    change_code,
    load_codes,
    require_place,
    set_up_code_keepers,
)
from identity.services.sessions import (
    issue_token,
    log_out,
    log_out_token,
    on_session_end,
    start_session,
    switch_role,
    switch_token_role,
)
from identity.services.tree import put_membership, put_organisation, put_region

__all__ = [
    "CODE_KEEPERS",
    "CodeFields",
    "Loaded",
    "LoggedIn",
    "add_code",
    "add_organisation",
    "alias_organisation",
    "change_code",
    "change_organisation",
    "change_password",
    "create_person",
    "create_staff",
    "end_membership",
    "give_roles",
    "issue_token",
    "load_codes",
    "log_in",
    "log_out",
    "log_out_token",
    "move_organisation",
    "move_technician",
    "on_session_end",
    "open_membership",
    "put_membership",
    "put_organisation",
    "put_region",
    "refresh_modules",
    "require_place",
    "set_state",
    "set_up_code_keepers",
    "settle_membership",
    "start_session",
    "switch_role",
    "switch_token_role",
]

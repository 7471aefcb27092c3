"""What people do with their identity: log in and out, choose a role, change the password; and how they are made."""

from identity.exporters import register_exporter
from identity.services.accounts import open_account
from identity.services.administrators import (
    end_administrator,
    end_all_memberships,
    lock_administrators,
    lock_organisation,
    raise_to_super,
)
from identity.services.corrections import correct_id_number, correct_name
from identity.services.encryption import reencrypt_also
from identity.services.endings import on_session_end
from identity.services.login import LoggedIn, log_in
from identity.services.login_sessions import DeviceView, device_of, devices_of, end_device, end_other_devices
from identity.services.look_ups import note_look_up, reveal_id_number
from identity.services.memberships import (
    end_membership,
    give_roles,
    move_technician,
    open_membership,
    refresh_modules,
    settle_membership,
)
from identity.services.merging import (
    lock_organisations,
    move_administrators,
    move_permission_roles,
    move_technicians,
    move_work_departments,
)
from identity.services.oneself import (
    CLOSED_NAME,
    erase_person,
    lock_person,
    set_contacts,
    set_mail_wish,
    set_work_department,
)
from identity.services.organisations import (
    add_organisation,
    alias_organisation,
    change_organisation,
    move_organisation,
    set_state,
)
from identity.services.password_reset import ask_reset, link_minutes, reset_password, user_of_link
from identity.services.passwords import change_password
from identity.services.people import create_person, create_staff
from identity.services.proving import is_own_password, prove_account
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
from identity.services.registrants import (
    Registrant,
    drop_what_waits,
    enter_registrant,
    password_faults,
    renew_contacts,
)
from identity.services.roles import add_role, change_role, drop_roles, holders_of, lock_roles
from identity.services.second_factor import (
    begin_setup,
    confirm_setup,
    has_second_factor,
    recovery_codes_left,
    remove_second_factor,
    switch_off,
    verify,
)
from identity.services.sessions import (
    issue_token,
    log_out,
    log_out_token,
    start_session,
    switch_role,
    switch_token_role,
)
from identity.services.tree import put_membership, put_organisation, put_region
from identity.services.work_departments import (
    add_work_department,
    change_work_department,
    close_work_department,
    order_work_departments,
)

__all__ = [
    "CLOSED_NAME",
    "CODE_KEEPERS",
    "CodeFields",
    "DeviceView",
    "Loaded",
    "LoggedIn",
    "Registrant",
    "add_code",
    "add_organisation",
    "add_role",
    "add_work_department",
    "alias_organisation",
    "ask_reset",
    "begin_setup",
    "change_code",
    "change_organisation",
    "change_password",
    "change_role",
    "change_work_department",
    "close_work_department",
    "confirm_setup",
    "correct_id_number",
    "correct_name",
    "create_person",
    "create_staff",
    "device_of",
    "devices_of",
    "drop_roles",
    "drop_what_waits",
    "end_administrator",
    "end_all_memberships",
    "end_device",
    "end_membership",
    "end_other_devices",
    "enter_registrant",
    "erase_person",
    "give_roles",
    "has_second_factor",
    "holders_of",
    "is_own_password",
    "issue_token",
    "link_minutes",
    "load_codes",
    "lock_administrators",
    "lock_organisation",
    "lock_organisations",
    "lock_person",
    "lock_roles",
    "log_in",
    "log_out",
    "log_out_token",
    "move_administrators",
    "move_organisation",
    "move_permission_roles",
    "move_technician",
    "move_technicians",
    "move_work_departments",
    "note_look_up",
    "on_session_end",
    "open_account",
    "open_membership",
    "order_work_departments",
    "password_faults",
    "prove_account",
    "put_membership",
    "put_organisation",
    "put_region",
    "raise_to_super",
    "recovery_codes_left",
    "reencrypt_also",
    "refresh_modules",
    "register_exporter",
    "remove_second_factor",
    "renew_contacts",
    "require_place",
    "reset_password",
    "reveal_id_number",
    "set_contacts",
    "set_mail_wish",
    "set_state",
    "set_up_code_keepers",
    "set_work_department",
    "settle_membership",
    "start_session",
    "switch_off",
    "switch_role",
    "switch_token_role",
    "user_of_link",
    "verify",
]

"""What people do with their identity: log in and out, choose a role, change the password; and how they are made."""

from identity.services.login import LoggedIn, log_in
from identity.services.passwords import change_password
from identity.services.people import create_person, create_staff
from identity.services.sessions import (
    issue_token,
    log_out,
    log_out_token,
    on_session_end,
    start_session,
    switch_role,
    switch_token_role,
)
from identity.services.tree import put_codes, put_membership, put_organisation, put_region

__all__ = [
    "LoggedIn",
    "change_password",
    "create_person",
    "create_staff",
    "issue_token",
    "log_in",
    "log_out",
    "log_out_token",
    "on_session_end",
    "put_codes",
    "put_membership",
    "put_organisation",
    "put_region",
    "start_session",
    "switch_role",
    "switch_token_role",
]

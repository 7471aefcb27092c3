"""Who is who: people, regions, code tables, the organisation tree, memberships and their roles, access tokens."""

from identity.models.access_token import AccessToken
from identity.models.code import Code
from identity.models.login_session import LoginSession, PasswordReset
from identity.models.login_tries import LoginTries
from identity.models.membership import Membership, PermissionRole
from identity.models.organisation import Organisation, OrganisationGram, WorkDepartment
from identity.models.region import Region
from identity.models.user import User

__all__ = [
    "AccessToken",
    "Code",
    "LoginSession",
    "LoginTries",
    "Membership",
    "Organisation",
    "OrganisationGram",
    "PasswordReset",
    "PermissionRole",
    "Region",
    "User",
    "WorkDepartment",
]

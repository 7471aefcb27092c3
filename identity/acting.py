"""The one role a request acts in (P7), and how it is found."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, cast

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.models import AccessToken, Membership

if TYPE_CHECKING:
    from identity.models import User

Kind = Literal["technician", "employer", "department", "bureau", "base", "staff", "visitor"]
STAFF = "staff"
VISITOR = "visitor"
SESSION_ROLE = "role"
"""Where the session keeps the chosen role: `ActingRole.id`."""

MODULES = frozenset(
    {
        "own_unit",
        "registrations",
        "transfers",
        "title_changes",
        "units",
        "unit_changes",
        "hours",
        "import",
        "statistics",
        "administrators",
        "roles",
        "bases",
        "policy",
        "certificates",
        "purchases",
        "people",
        "reset_password",
    }
)
"""Everything an administrator may do (architecture.md, Roles and permission)."""

_UNIT_MODULES = MODULES - {"bases", "policy", "certificates", "reset_password"}
_INTERNAL_MODULES = _UNIT_MODULES - {"units", "unit_changes"}
_MODULES_OF: dict[str, frozenset[str]] = {
    "technician": frozenset(),
    "employer": _UNIT_MODULES,
    "department": _UNIT_MODULES,
    "bureau": MODULES,
    "base": frozenset({"own_unit", "administrators", "roles"}),
}
"""What a super administrator of each kind has, and the most that a role of that kind can hold."""

_LABELS: dict[str, str | Promise] = {
    **dict(Membership.Kind.choices),
    STAFF: _("平台工作人员"),
    VISITOR: _("访客"),
}
_ORDER = {kind: place for place, kind in enumerate((*Membership.Kind.values, STAFF, VISITOR))}


@dataclass(frozen=True, slots=True)
class ActingRole:
    """Who acts, as what, where. Paths are treebeard's; empty where the role has no organisation.

    A logged-in person without any valid role is a visitor with a `user_id`.
    """

    user_id: int
    kind: Kind
    membership_id: int | None = None
    organisation_id: int | None = None
    organisation_name: str = ""
    organisation_path: str = ""
    organisation_kind: str = ""
    region_path: str = ""
    modules: frozenset[str] = field(default_factory=frozenset)

    @property
    def id(self) -> str:
        """What the API and the switch page call it: the membership's id, `staff`, or nothing for a visitor."""
        if self.membership_id is not None:
            return str(self.membership_id)
        return STAFF if self.kind == STAFF else ""

    @property
    def label(self) -> str:
        """The role in words."""
        return str(_LABELS[self.kind])

    @property
    def is_learner(self) -> bool:
        return self.kind == "technician"

    @property
    def is_administrator(self) -> bool:
        """Whether this role administers an organisation, and so has the console."""
        return self.kind in {"employer", "department", "bureau", "base"}

    @property
    def is_internal(self) -> bool:
        """A bureau's or department's *internal* account (H1): it sees that office's own people, nothing below it."""
        return self.kind == "employer" and self.organisation_kind != "employer"

    @property
    def is_visitor(self) -> bool:
        return self.kind == VISITOR

    @property
    def is_staff(self) -> bool:
        return self.kind == STAFF

    @property
    def acting_as(self) -> str:
        """How the audit trail names it."""
        return f"{self.kind}:{self.membership_id}" if self.membership_id is not None else self.kind

    def may(self, module: str) -> bool:
        """Whether a permission module is granted to this role."""
        return module in self.modules


def modules_of(kind: str, organisation_kind: str) -> frozenset[str]:
    """All modules that an administrator of this kind can have in an organisation of that kind."""
    if kind == "employer" and organisation_kind != "employer":
        return _INTERNAL_MODULES
    return _MODULES_OF[kind]


NOBODY = ActingRole(user_id=0, kind="visitor")
"""Somebody who isn't logged in."""


def role_of(membership: Membership) -> ActingRole:
    """The role that an active membership gives; its organisation and region should be loaded."""
    organisation = membership.organisation
    most = modules_of(membership.kind, organisation.kind)
    return ActingRole(
        user_id=membership.user_id,
        kind=cast(Kind, membership.kind),
        membership_id=membership.pk,
        organisation_id=organisation.pk,
        organisation_name=organisation.name,
        organisation_path=organisation.path,
        organisation_kind=organisation.kind,
        region_path=organisation.region.path,
        modules=most if membership.is_super else most & frozenset(membership.modules),
    )


def staff_role(user_id: int) -> ActingRole:
    """The platform's own people; what they may do in Wagtail is Wagtail's to say."""
    return ActingRole(user_id=user_id, kind="staff")


def roles_of(user: "User") -> tuple[ActingRole, ...]:
    """All roles this person may act in now, technician first, staff last. One query."""
    active = Membership.objects.filter(user_id=user.pk, state=Membership.State.ACTIVE)
    roles = [role_of(membership) for membership in active.select_related("organisation__region")]
    if user.is_staff:
        roles.append(staff_role(user.pk))
    return tuple(sorted(roles, key=lambda role: (_ORDER[role.kind], role.organisation_name)))


def pick(roles: Iterable[ActingRole], user_type: str) -> ActingRole | None:
    """The first role of this user type, else the first of all: the type only preselects (P5)."""
    known = list(roles)
    return next((role for role in known if role.kind == user_type), known[0] if known else None)


def find_role(user: "User", role_id: str) -> ActingRole | None:
    """This person's own valid role of that id, None for any other. One query."""
    if role_id == STAFF:
        return staff_role(user.pk) if user.is_staff else None
    if not (role_id.isascii() and role_id.isdigit() and len(role_id) <= 18):
        return None
    found = (
        Membership.objects.filter(pk=int(role_id), user_id=user.pk, state=Membership.State.ACTIVE)
        .select_related("organisation__region")
        .first()
    )
    return role_of(found) if found else None


def role_for_session(request: HttpRequest) -> ActingRole:
    """The role this session chose; where it is gone meanwhile, the first that is left. At most two queries."""
    user: Any = request.user
    if isinstance(user, AnonymousUser) or not user.is_authenticated:
        return NOBODY
    role = find_role(user, str(request.session.get(SESSION_ROLE, "")))
    if role is None:
        left = roles_of(user)
        role = left[0] if left else ActingRole(user_id=user.pk, kind="visitor")
    return role


def role_for_token(token: AccessToken) -> ActingRole | None:
    """The role a token acts in; None when its membership is no longer valid. `identity.tokens` loads what it needs."""
    if token.membership is None:
        return staff_role(token.user_id) if token.user.is_staff else ActingRole(token.user_id, "visitor")
    return role_of(token.membership) if token.membership.state == Membership.State.ACTIVE else None

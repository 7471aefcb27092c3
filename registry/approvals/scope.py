"""Which steps a role may see and decide. All else in the room starts here, so a forgotten check shows nothing."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from identity.acting import ActingRole, modules_of
from registry.approvals.models import Deputy, Step


def review_modules(role: ActingRole, now: datetime) -> frozenset[str]:
    """The modules in which this role decides: its own, and those of colleagues it stands in for today. One query."""
    if not role.is_administrator:
        return frozenset()
    today = timezone.localdate(now)
    absent = Deputy.objects.filter(
        deputy_id=role.membership_id,
        recalled_at__isnull=True,
        starts_on__lte=today,
        ends_on__gte=today,
        absent__state="active",
        absent__organisation_id=role.organisation_id or 0,
        absent__kind=role.kind,
    ).values_list("absent__is_super", "absent__modules")
    most = modules_of(role.kind, role.organisation_kind)
    lent = [most if is_super else most & frozenset(modules) for is_super, modules in absent]
    return role.modules.union(*lent)


def own_steps(role: ActingRole, modules: Collection[str]) -> QuerySet[Step]:
    """Steps, open or done, of this role's own organisation in these modules."""
    if not role.is_administrator:
        return Step.objects.none()
    return Step.objects.filter(organisation_id=role.organisation_id or 0, module__in=modules)


def risen_steps(role: ActingRole, modules: Collection[str]) -> QuerySet[Step]:
    """Steps that rose to this role's organisation; an internal account has nothing below it."""
    if not role.is_administrator or role.is_internal:
        return Step.objects.none()
    return Step.objects.filter(risen_to_id=role.organisation_id, module__in=modules)


def steps_of(role: ActingRole, now: datetime) -> QuerySet[Step]:
    """Every step, open or done, of this role's organisation or risen to it, in the modules where it decides."""
    return steps_in(role, review_modules(role, now))


def steps_in(role: ActingRole, modules: Collection[str]) -> QuerySet[Step]:
    """The same where `review_modules` is known already."""
    if not role.is_administrator:
        return Step.objects.none()
    where = Q(organisation_id=role.organisation_id)
    if not role.is_internal:
        where |= Q(risen_to_id=role.organisation_id)
    return Step.objects.filter(where, module__in=modules)


def is_of(role: ActingRole, modules: Collection[str], step: Step) -> bool:
    """The same of one step that is loaded: `steps_in` in words of the row."""
    own = step.organisation_id == role.organisation_id
    risen = not role.is_internal and step.risen_to_id is not None and step.risen_to_id == role.organisation_id
    return role.is_administrator and step.module in modules and (own or risen)


def steps_open_to(role: ActingRole, now: datetime) -> QuerySet[Step]:
    """The steps that wait for this role. Its own cases are among them, and are refused when it decides."""
    return steps_of(role, now).filter(state=Step.State.OPEN)

"""Technicians as other rooms ask for them: whose they are, and as whom they would act."""

from collections.abc import Collection

from django.db.models import QuerySet

from identity.acting import ActingRole, role_of
from identity.models import Membership


def _active() -> QuerySet[Membership]:
    return Membership.objects.filter(kind=Membership.Kind.TECHNICIAN, state=Membership.State.ACTIVE)


def technicians_of(path: str, user_ids: Collection[int]) -> set[int]:
    """Those of these people who are technicians of the unit at this path, or of one below it. One query."""
    found = _active().filter(user_id__in=user_ids, organisation__path__startswith=path)
    return set(found.values_list("user_id", flat=True))


def technician_role(user_id: int) -> ActingRole | None:
    """The role this human has as a technician now; None for who is none. One query."""
    found = _active().filter(user_id=user_id).select_related("organisation__region").first()
    return role_of(found) if found else None

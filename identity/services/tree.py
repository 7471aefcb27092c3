"""Filling regions and the organisation tree by program: imports, the demo. Their screens stand above."""

from datetime import datetime

from django.db import transaction

from identity.models import Membership, Organisation, Region
from identity.services.organisations import index_name


@transaction.atomic
def put_region(*, code: str, name: str, gb_code: str = "", parent: str | None = None) -> int:
    """Make the region of this code, or rename it; `parent` is the code of the region it lies in. Gives its id."""
    found = Region.objects.filter(code=code).first()
    if found is None:
        fields = {"code": code, "name": name, "gb_code": gb_code}
        above = Region.objects.get(code=parent) if parent else None
        found = above.add_child(**fields) if above else Region.add_root(**fields)
    Region.objects.filter(pk=found.pk).update(name=name, gb_code=gb_code)
    return int(found.pk)


@transaction.atomic
def put_organisation(
    *, code: str, kind: str, name: str, region: str, parent: str | None = None, phone: str = "", **data: str
) -> int:
    """Make the organisation of this code below its superior, or bring its data in line. Gives its id."""
    found = Organisation.objects.filter(code=code).first()
    fields = {"kind": kind, "name": name, "region_id": Region.objects.get(code=region).pk, "phone": phone, **data}
    if found is None:
        above = Organisation.objects.get(code=parent) if parent else None
        found = above.add_child(code=code, **fields) if above else Organisation.add_root(code=code, **fields)
    Organisation.objects.filter(pk=found.pk).update(**fields)
    index_name(organisation_id=found.pk, name=name)
    return int(found.pk)


@transaction.atomic
def put_membership(
    *, user_id: int, kind: str, organisation: str, now: datetime, state: str = "active", is_super: bool = False
) -> int:
    """Make somebody a technician or administrator of the organisation with this code, once. Gives the id."""
    unit = Organisation.objects.get(code=organisation)
    found = Membership.objects.filter(user_id=user_id, kind=kind, organisation=unit).order_by("-pk").first()
    if found is None:
        found = Membership.objects.create(
            user_id=user_id, kind=kind, organisation=unit, state=state, since=now, is_super=is_super
        )
    return found.pk

"""Writing the departments inside a unit (工作部门, U1). Whose they are to write is said by `registry.units`."""

from django.db import IntegrityError, transaction

from identity.errors import DepartmentLoop, DepartmentNamed, DepartmentNotEmpty
from identity.models import WorkDepartment


@transaction.atomic
def add_work_department(*, organisation_id: int, name: str, parent_id: int | None = None) -> int:
    """A new department, the last below its parent; its id. Raises DepartmentNamed, WorkDepartment.DoesNotExist."""
    if parent_id is not None:
        WorkDepartment.objects.get(pk=parent_id, organisation_id=organisation_id, is_closed=False)
    last = WorkDepartment.objects.filter(organisation_id=organisation_id, parent_id=parent_id).count()
    try:
        with transaction.atomic():
            made = WorkDepartment.objects.create(
                organisation_id=organisation_id, parent_id=parent_id, name=name, sort=last
            )
    except IntegrityError:
        raise DepartmentNamed("name") from None
    return int(made.pk)


@transaction.atomic
def change_work_department(
    *, organisation_id: int, department_id: int, name: str | None = None, parent_id: int | str | None = ""
) -> None:
    """Rename it or move it; an empty text as parent leaves it where it is, None puts it at the top.

    Raises DepartmentNamed, DepartmentLoop, WorkDepartment.DoesNotExist.
    """
    rows = list(WorkDepartment.objects.select_for_update(no_key=True).filter(organisation_id=organisation_id))
    by_id = {row.pk: row for row in rows}
    if department_id not in by_id:
        raise WorkDepartment.DoesNotExist
    row = by_id[department_id]
    if parent_id != "":
        above = by_id.get(int(parent_id)) if parent_id is not None else None
        if parent_id is not None and (above is None or above.is_closed):
            raise WorkDepartment.DoesNotExist
        if above is not None and _is_below(above, row, by_id):
            raise DepartmentLoop("parent")
        row.parent = above
    row.name = row.name if name is None else name
    try:
        with transaction.atomic():
            row.save(update_fields=["name", "parent"])
    except IntegrityError:
        raise DepartmentNamed("name") from None


@transaction.atomic
def order_work_departments(*, organisation_id: int, ids: list[int]) -> None:
    """Put departments of one parent into this order; ids of other units are ignored."""
    own = set(WorkDepartment.objects.filter(organisation_id=organisation_id, pk__in=ids).values_list("pk", flat=True))
    for sort, pk in enumerate(pk for pk in ids if pk in own):
        WorkDepartment.objects.filter(pk=pk).update(sort=sort)


@transaction.atomic
def close_work_department(*, organisation_id: int, department_id: int, closed: bool) -> None:
    """Close a department that has none open below it, or open it again below an open one.

    People who are in it keep its name. Raises DepartmentNotEmpty, DepartmentNamed, WorkDepartment.DoesNotExist.
    """
    row = WorkDepartment.objects.select_related("parent").get(pk=department_id, organisation_id=organisation_id)
    if closed and WorkDepartment.objects.filter(parent_id=department_id, is_closed=False).exists():
        raise DepartmentNotEmpty
    if not closed and row.parent is not None and row.parent.is_closed:
        row.parent = None
    row.is_closed = closed
    try:
        with transaction.atomic():
            row.save(update_fields=["is_closed", "parent"])
    except IntegrityError:
        raise DepartmentNamed("name") from None


def _is_below(node: WorkDepartment, above: WorkDepartment, by_id: dict[int, WorkDepartment]) -> bool:
    """Whether `node` is `above` or stands somewhere below it."""
    at: WorkDepartment | None = node
    while at is not None:
        if at.pk == above.pk:
            return True
        at = by_id.get(at.parent_id) if at.parent_id is not None else None
    return False

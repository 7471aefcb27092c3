"""Code tables: brought in line with their files, and changed by the platform's own staff."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from core import audit
from identity import reference
from identity.acting import ActingRole
from identity.errors import CodeMisplaced, CodeTaken
from identity.models import Code
from identity.queries import forget_codes

CODE_KEEPERS = "基础数据"
"""The group of staff who keep the code tables."""

_IN_FILES = ("label", "parent", "level", "sort")
_BY_STAFF = (*_IN_FILES, "is_active")


@dataclass(frozen=True)
class Loaded:
    """What a load did: values that came, values brought in line, values left alone since staff changed them."""

    added: int
    changed: int
    kept: int


@dataclass(frozen=True)
class CodeFields:
    """What staff say of a value; `parent` and `level` as `identity.models.Code` has them.

    Without `sort` a new value comes last in its table, and one that is there keeps its place.
    """

    label: str
    parent: str = ""
    level: str = ""
    sort: int | None = None
    is_active: bool = True


@transaction.atomic
def load_codes() -> Loaded:
    """Bring the tables in line with `identity/reference/`; what staff changed or added stays. Safe to call again."""
    known = {(row.table, row.code): row for row in Code.objects.filter(table__in=reference.tables())}
    new, changed, kept = [], [], 0
    for line in (line for table in reference.tables() for line in reference.rows(table)):
        row = known.get((line.table, line.code))
        if row is None:
            new.append(Code(**asdict(line)))
        elif row.is_edited:
            kept += 1
        elif any(getattr(row, name) != getattr(line, name) for name in _IN_FILES):
            for name in _IN_FILES:
                setattr(row, name, getattr(line, name))
            changed.append(row)
    Code.objects.bulk_create(new, batch_size=1000, ignore_conflicts=True)
    Code.objects.bulk_update(changed, _IN_FILES, batch_size=500)
    forget_codes()
    return Loaded(len(new), len(changed), kept)


@transaction.atomic
def add_code(*, actor: ActingRole, table: str, code: str, fields: CodeFields, now: datetime) -> Code:
    """Staff add a value to a table. Raises CodeTaken, CodeMisplaced."""
    require_place(table=table, code=code, parent=fields.parent, level=fields.level)
    if fields.sort is None:
        last = Code.objects.filter(table=table).aggregate(last=Max("sort"))["last"] or 0
        fields = replace(fields, sort=last + 1)
    try:
        with transaction.atomic():
            row = Code.objects.create(table=table, code=code, is_edited=True, **asdict(fields))
    except IntegrityError as taken:
        raise CodeTaken("code") from taken
    _record("code.add", actor, row, now, {}, asdict(fields))
    return row


@transaction.atomic
def change_code(*, actor: ActingRole, code_id: int, fields: CodeFields, now: datetime) -> Code:
    """Staff rename, move or switch a value; from then on its file doesn't touch it. The code itself stays: records
    name it. Raises CodeMisplaced.
    """
    row = Code.objects.get(pk=code_id)
    require_place(table=row.table, code=row.code, parent=fields.parent, level=fields.level)
    before = {name: getattr(row, name) for name in _BY_STAFF}
    after = asdict(fields if fields.sort is not None else replace(fields, sort=row.sort))
    differing = {name for name in _BY_STAFF if before[name] != after[name]}
    if differing:
        for name in differing:
            setattr(row, name, after[name])
        row.is_edited = True
        row.save(update_fields=[*differing, "is_edited"])
        _record(
            "code.change",
            actor,
            row,
            now,
            {name: before[name] for name in differing},
            {name: after[name] for name in differing},
        )
    return row


def require_place(*, table: str, code: str, parent: str, level: str) -> None:
    """A value stands below one that exists and not below itself. Raises CodeMisplaced, for `parent` or `level`."""
    if table == "qualification":
        if not Code.objects.filter(table="title_series", code=parent).exists():
            raise CodeMisplaced("parent", reason=_("填职称系列的代码，例如 01"))
        if not Code.objects.filter(table="title_level", code=level).exists():
            raise CodeMisplaced("level", reason=_("填职称级别的代码，1 正高级到 5 员级"))
        return
    if level:
        raise CodeMisplaced("level", reason=_("只有现专业技术职务资格有职称级别，请留空"))
    parents = dict(Code.objects.filter(table=table).exclude(code=code).values_list("code", "parent"))
    above = parent
    while above:
        if above not in parents:
            raise CodeMisplaced("parent", reason=_("填同一代码表里另一个值的代码，不能是它自己或它的下级"))
        above = parents.pop(above)


def set_up_code_keepers() -> None:
    """The group of staff who may add and change values; nobody may delete one."""
    group, _created = Group.objects.get_or_create(name=CODE_KEEPERS)
    group.permissions.add(
        *Permission.objects.filter(
            content_type__app_label="identity", codename__in=("add_code", "change_code", "view_code")
        ),
        *Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin"),
    )


def _record(
    act: str, actor: ActingRole, row: Code, now: datetime, before: dict[str, object], after: dict[str, object]
) -> None:
    forget_codes()
    audit.record(
        act=act,
        now=now,
        actor_id=actor.user_id,
        acting_as=actor.kind,
        target=("code", f"{row.table}/{row.code}"),
        before=before,
        after=after,
    )

"""The side menu in the manual's words (U0): only what the acting role may, with what waits in each queue."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from console.access import reviewing
from core import clock
from identity.acting import ActingRole
from registry.approvals.queries import ToDo, to_dos
from registry.inbox.queries import unread_count

KIND_ICONS = {
    "technician_registration": "person-plus",
    "title_change": "pencil-square",
    "transfer": "arrow-left-right",
    "employer_registration": "building-add",
    "department_registration": "diagram-2",
    "base_registration": "journal-plus",
    "bureau_registration": "bank",
    "unit_change": "building-check",
    "parent_change": "diagram-3",
    "base_change": "journal-check",
    "objection": "chat-left-quote",
}
_ANY = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the menu: where it is, the module it takes, for which kinds of administrators it is."""

    name: str
    url: str
    label: str | Promise
    icon: str
    module: str = _ANY
    kinds: Sequence[str] = ("employer", "department", "bureau", "base")


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the menu as it is shown."""

    name: str
    href: str
    label: str | Promise
    icon: str
    count: int = 0
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A heading with its lines."""

    label: str | Promise
    items: tuple[Item, ...]


_BUREAU = ("bureau",)
_GROUPS: tuple[tuple[str | Promise, tuple[Entry, ...]], ...] = (
    (
        _("单位资料管理"),
        (
            Entry("unit", "console:unit", _("单位资料"), "building", "own_unit"),
            Entry("work-departments", "console:work-departments", _("工作部门"), "diagram-2", "own_unit"),
        ),
    ),
    (
        _("直属账户管理"),
        (
            Entry("administrators", "console:administrators", _("管理员"), "person-gear", "administrators"),
            Entry("roles", "console:roles", _("角色"), "shield-check", "roles"),
            Entry("units", "console:units", _("下级单位管理"), "diagram-3", "units"),
        ),
    ),
    (
        _("集体购课"),
        (Entry("purchases", "console:purchases", _("购买课程"), "bag-check", "purchases"),),
    ),
    (
        _("机构管理"),
        (
            Entry("bureaus", "console:bureaus", _("人社部门管理"), "bank", "units", _BUREAU),
            Entry("departments", "console:departments", _("主管部门管理"), "diagram-3", "units", _BUREAU),
            Entry("employers", "console:employers", _("用人单位管理"), "buildings", "units", _BUREAU),
            Entry("bases", "console:bases", _("继续教育基地管理"), "journal-check", "bases", _BUREAU),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Menu:
    """Everything around a page of the console."""

    groups: tuple[Group, ...]
    to_dos: tuple[ToDo, ...]
    unread: int


def menu_for(role: ActingRole, modules: Collection[str]) -> Menu:
    """The menu of this role, which reviews in these modules. Two queries."""
    waiting = tuple(sorted(to_dos(role, now=clock.now(), modules=modules), key=_place))
    reviews = tuple(
        Item(
            f"review-{one.kind}",
            reverse("console:reviews", args=[one.kind]),
            one.label,
            KIND_ICONS.get(one.kind, "check2-square"),
            one.count,
            one.late > 0,
        )
        for one in waiting
    )
    groups = [Group(_("账户审核"), reviews)] if reviews else []
    for label, entries in _GROUPS:
        items = tuple(item for entry in entries if (item := _item(entry, role)))
        if items:
            groups.append(Group(label, items))
    return Menu(tuple(groups), waiting, unread_count(role.user_id))


def _place(one: ToDo) -> int:
    """People first, then units, as the manual has it; kinds it doesn't know come last."""
    return list(KIND_ICONS).index(one.kind) if one.kind in KIND_ICONS else len(KIND_ICONS)


def _item(entry: Entry, role: ActingRole) -> Item | None:
    """The line of a page, if the role may open it and the page exists."""
    if role.kind not in entry.kinds or (entry.module and not role.may(entry.module)):
        return None
    try:
        return Item(entry.name, reverse(entry.url), entry.label, entry.icon)
    except NoReverseMatch:
        return None


def console(request: HttpRequest) -> dict[str, object]:
    """Context processor: `console_menu`, a call that reads nothing before a page of the console asks for it."""
    found: list[Menu] = []

    def menu() -> Menu:
        if not found:
            found.append(menu_for(request.role, reviewing(request)))
        return found[0]

    return {"console_menu": menu}

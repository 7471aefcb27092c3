"""Units below (U3): the list, one unit, its right to review hours, its administrators, deleting it."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from console import refusals
from console.access import administrator
from console.registers import INDUSTRY, LEVELS, NATURE, RegisterForm, choices_of
from core import audit, clock
from core.errors import Refusal
from identity.lockout import address_of
from registry.units import services
from registry.units.queries import subordinates
from registry.units.queries.subordinates import UnitDetail

_HISTORY = 5
_CHOOSE = {"invalid_choice": gettext_lazy("从列表里选一项")}
_ACTS = {
    "unit.hours_review": gettext_lazy("学时审核权限变更"),
    "unit.change": gettext_lazy("资料变更"),
    "administrator.add": gettext_lazy("添加管理员"),
    "administrator.remove": gettext_lazy("删除管理员"),
    "administrator.super": gettext_lazy("更换超级管理员"),
    "administrator.roles": gettext_lazy("管理员换了角色"),
}
"""What of a unit's audit trail its superior reads here, in words."""


class UnitForm(forms.Form):
    """What a bureau sets of those below it at once (H1)."""

    name = forms.CharField(
        label=gettext_lazy("名称"), max_length=120, error_messages={"required": gettext_lazy("写上单位名称")}
    )
    nature = forms.ChoiceField(label=gettext_lazy("单位性质"), required=False, error_messages=_CHOOSE)
    industry = forms.ChoiceField(label=gettext_lazy("所属行业"), required=False, error_messages=_CHOOSE)
    level = forms.ChoiceField(label=gettext_lazy("级别"), required=False, error_messages=_CHOOSE)

    def __init__(self, *args: object, kind: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        tables = {"nature": NATURE, "industry": INDUSTRY, "level": LEVELS.get(kind, "")}
        for name in [name for name in self.fields if name not in services.EDITABLE.get(kind, ())]:
            del self.fields[name]
        for name, table in tables.items():
            if name in self.fields:
                self.fields[name].choices = choices_of(table, gettext_lazy("没有填"))


class SuperForm(forms.Form):
    """Whom to put in charge: one of the unit's administrators, or one of its people."""

    q = forms.CharField(label=gettext_lazy("姓名、部门或证件号"), max_length=60, required=False)
    heir = forms.RegexField(
        label=gettext_lazy("让谁做超级管理员"),
        regex=r"^[mu][0-9]{1,18}$",
        error_messages={"required": gettext_lazy("选一位"), "invalid": gettext_lazy("选一位")},
    )


# --- Seeing -----------------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@administrator("units")
def units(request: HttpRequest) -> HttpResponse:
    """The units right below; posting only searches, so that no ID number stands in an address."""
    form = RegisterForm(request.POST if request.method == "POST" else None, fields=("nature",))
    listed = subordinates.units_below(request.role, filters=form.filters(), page=form.page())
    return render(request, "console/units.html", {"form": form, "listed": listed})


@require_GET
@administrator()
def unit(request: HttpRequest, unit: int) -> HttpResponse:
    """One unit with its administrators, what changed lately, and what may be done."""
    return _unit_page(request, _detail(request, unit))


def _detail(request: HttpRequest, unit: int) -> UnitDetail:
    found = subordinates.unit_detail(request.role, unit)
    if found is None:
        raise Http404
    return found


def _here(request: HttpRequest, found: UnitDetail) -> str:
    """The menu's line that leads here."""
    return f"{found.facts.kind}s" if request.role.kind == "bureau" else "units"


def _ask(request: HttpRequest, template: str, found: UnitDetail, title: str, **context: object) -> HttpResponse:
    """A page that asks before something is done."""
    frame = {"unit": found, "here": _here(request, found), "title": title % {"name": found.facts.name}}
    return render(request, f"console/{template}.html", {**frame, **context})


def _unit_page(
    request: HttpRequest, found: UnitDetail, *, form: UnitForm | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    kind = found.facts.kind
    if form is None and request.role.kind == "bureau" and kind in services.EDITABLE and not found.row.is_in_review:
        initial = {name: getattr(found.facts, name) for name in services.EDITABLE[kind]}
        form = UnitForm(kind=kind, initial=initial)
    entries = audit.entries_of("organisation", found.facts.id).filter(act__in=_ACTS)[:_HISTORY]
    context = {
        "unit": found,
        "form": form,
        "refusal": refusal,
        "here": _here(request, found),
        "history": [(_ACTS[entry.act], entry.at) for entry in entries],
    }
    return render(request, "console/unit.html", context)


# --- Doing ------------------------------------------------------------------------------------------------------------
def _done(request: HttpRequest, unit: int, act: Callable[[], None], words: str, to: str = "") -> HttpResponse:
    """Do it and say so; a refusal is said on the unit's page, and nothing has changed."""
    found = _detail(request, unit)
    try:
        refusals.found(act)
    except Refusal as refusal:
        return _unit_page(request, found, refusal=refusal)
    messages.success(request, words % {"name": found.facts.name})
    return redirect(to) if to else redirect("console:unit-below", unit)


@require_POST
@administrator()
def hours_review(request: HttpRequest, unit: int) -> HttpResponse:
    """Give or take the right to review hours: the switch as it stands now."""
    on = "on" in request.POST
    words = _("%(name)s的学时申报由它自己初审") if on else _("%(name)s的学时申报直接到你这里")
    return _done(
        request,
        unit,
        lambda: services.set_hours_review(
            actor=request.role, organisation_id=unit, on=on, now=clock.now(), address=address_of(request)
        ),
        words,
        "console:units" if request.POST.get("from") == "list" else "",
    )


@require_POST
@administrator()
def change(request: HttpRequest, unit: int) -> HttpResponse:
    """Set name, nature, industry or level of a bureau, department or base (H1)."""
    found = _detail(request, unit)
    form = UnitForm(request.POST, kind=found.facts.kind)
    if form.is_valid():
        try:
            refusals.found(
                lambda: services.change_unit(
                    actor=request.role,
                    organisation_id=unit,
                    now=clock.now(),
                    address=address_of(request),
                    **form.cleaned_data,
                )
            )
        except Refusal as refusal:
            refusals.put(form, refusal)
        else:
            messages.success(request, _("已保存，马上生效"))
            return redirect("console:unit-below", unit)
    return _unit_page(request, found, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator()
def delete(request: HttpRequest, unit: int) -> HttpResponse:
    """Asked first; only an empty unit goes."""
    found = _detail(request, unit)
    if request.method != "POST":
        return _ask(request, "unit_delete", found, _("删除%(name)s"))
    return _done(
        request,
        unit,
        lambda: services.delete_unit(
            actor=request.role, organisation_id=unit, now=clock.now(), address=address_of(request)
        ),
        _("%(name)s已删除"),
        f"console:{_here(request, found)}",
    )


# --- Its administrators -----------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@administrator()
def name_super(request: HttpRequest, unit: int) -> HttpResponse:
    """Put somebody else in charge of a unit: one of its administrators, or of its people. `find` only searches."""
    found = _detail(request, unit)
    is_search = request.method == "POST" and "find" in request.POST
    q = request.POST.get("q", "")[:60]
    form = SuperForm(request.POST) if request.method == "POST" and not is_search else SuperForm(initial={"q": q})
    if form.is_bound and form.is_valid():
        try:
            refusals.found(lambda: _name(request, unit, form.cleaned_data["heir"]))
        except Refusal as refusal:
            form.add_error("heir" if hasattr(refusal, "attr") else None, str(refusal))
        else:
            messages.success(request, _("超级管理员换好了，马上生效"))
            return redirect("console:unit-below", unit)
    context = {"form": form, "q": q, "heirs": _heirs(found, q), "heir": request.POST.get("heir", "")}
    return _ask(request, "unit_super", found, _("%(name)s的超级管理员"), **context)


def _heirs(found: UnitDetail, q: str) -> list[dict[str, str]]:
    """Who could be put in charge: the unit's other administrators, and the people that a search finds."""
    heirs = [
        {"value": f"m{one.membership_id}", "name": one.name, "note": _("已经是管理员")}
        for one in found.administrators
        if not one.is_super
    ]
    people = subordinates.candidates_below(found.facts, q)
    return heirs + [
        {"value": f"u{one.user_id}", "name": one.name, "note": one.department or one.id_masked} for one in people
    ]


def _name(request: HttpRequest, unit: int, heir: str) -> None:
    chosen = {"membership_id" if heir[0] == "m" else "user_id": int(heir[1:])}
    services.name_super(
        actor=request.role, organisation_id=unit, now=clock.now(), address=address_of(request), **chosen
    )


@require_http_methods(["GET", "HEAD", "POST"])
@administrator()
def delete_administrator(request: HttpRequest, unit: int, membership: int) -> HttpResponse:
    """Take an administrator's rights in a unit below (H1); asked first."""
    found = _detail(request, unit)
    person = next((one for one in found.administrators if one.membership_id == membership), None)
    if person is None:
        raise Http404
    if request.method != "POST":
        title = _("收回%(who)s的管理权限") % {"who": person.name}
        return _ask(request, "unit_administrator_delete", found, title, person=person)
    return _done(
        request,
        unit,
        lambda: services.remove_administrator_below(
            actor=request.role,
            organisation_id=unit,
            membership_id=membership,
            now=clock.now(),
            address=address_of(request),
        ),
        _("%(who)s不再是管理员") % {"who": person.name},
    )

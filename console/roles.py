"""Permission roles (U4): the list beside the one that is open; making, copying, changing, deleting several."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from console import refusals
from console.access import administrator
from console.administrators_forms import RoleForm
from core import clock
from core.errors import Refusal
from identity.acting import ActingRole
from identity.lockout import address_of
from identity.queries import PermissionRoleFacts
from registry.units import services
from registry.units.errors import ConfirmSelf
from registry.units.modules import module_groups, ordered
from registry.units.queries import administration

MODULE = "roles"
MOST_NAME = 30


@require_GET
@administrator(MODULE)
def roles(request: HttpRequest) -> HttpResponse:
    """All roles; the first one open, a new one where there is none."""
    known = administration.roles(request.role)
    return _page(request, known[0] if known else None, known)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator(MODULE)
def new(request: HttpRequest) -> HttpResponse:
    """A new role, empty or like another one (`?copy=`), of which it takes what one has oneself."""
    own = ordered(request.role.modules)
    if request.method != "POST":
        return _page(request, None, form=RoleForm(own=own, initial=_copied(request)))
    form = RoleForm(request.POST, own=own)
    if form.is_valid():
        try:
            role_id = refusals.found(lambda: _create(request, form))
        except Refusal as refusal:
            refusals.put(form, refusal)
        else:
            messages.success(request, _("角色建好了，可以给管理员用"))
            return redirect("console:role", role_id)
    return _page(request, None, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator(MODULE)
def role(request: HttpRequest, role: int) -> HttpResponse:
    """One role; saving holds for whoever has it at once."""
    facts = administration.role(request.role, role)
    if facts is None:
        raise Http404
    if request.method != "POST":
        return _page(request, facts)
    form, must_confirm = RoleForm(request.POST, own=ordered(request.role.modules)), False
    if form.is_valid():
        try:
            holders = refusals.found(lambda: _edit(request, facts, form))
        except Refusal as refusal:
            must_confirm = isinstance(refusal, ConfirmSelf)
            refusals.put(form, refusal)
        else:
            words = _("角色改好了，%(n)s 人马上生效") % {"n": holders} if holders else _("角色改好了")
            messages.success(request, words)
            return redirect("console:roles" if request.role.may(MODULE) else "console:home")
    return _page(request, facts, form=form, must_confirm=must_confirm)


@require_POST
@administrator(MODULE)
def delete(request: HttpRequest) -> HttpResponse:
    """Delete those that were chosen, all or none."""
    ids = [int(text) for text in request.POST.getlist("role") if text.isascii() and text.isdigit() and len(text) < 19]
    if not ids:
        messages.warning(request, _("先选中要删除的角色"))
        return redirect("console:roles")
    try:
        count = refusals.found(
            lambda: services.delete_roles(
                actor=request.role, role_ids=ids, now=clock.now(), address=address_of(request)
            )
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("删除了 %(n)s 个角色") % {"n": count})
    return redirect("console:roles")


def _create(request: HttpRequest, form: RoleForm) -> int:
    data = form.cleaned_data
    return services.create_role(
        actor=request.role,
        name=data["name"],
        note=data["note"],
        modules=data["modules"],
        now=clock.now(),
        address=address_of(request),
    )


def _edit(request: HttpRequest, facts: PermissionRoleFacts, form: RoleForm) -> int:
    """What one lacks oneself isn't in the form: it stays in the role."""
    data = form.cleaned_data
    return services.edit_role(
        actor=request.role,
        role_id=facts.id,
        name=data["name"],
        note=data["note"],
        modules={*data["modules"], *(facts.modules - request.role.modules)},
        confirmed=data["confirmed"],
        now=clock.now(),
        address=address_of(request),
    )


def _copied(request: HttpRequest) -> dict[str, Any]:
    text = request.GET.get("copy", "")
    known = {str(one.id): one for one in administration.roles(request.role)}
    if text not in known:
        return {}
    source = known[text]
    name = _("%(name)s 副本") % {"name": source.name}
    return {"name": name[:MOST_NAME], "note": source.note, "modules": ordered(source.modules & request.role.modules)}


def _page(
    request: HttpRequest,
    facts: PermissionRoleFacts | None,
    known: Sequence[PermissionRoleFacts] | None = None,
    *,
    form: RoleForm | None = None,
    must_confirm: bool = False,
) -> HttpResponse:
    actor: ActingRole = request.role
    if form is None:
        initial = {"name": facts.name, "note": facts.note, "modules": ordered(facts.modules)} if facts else {}
        form = RoleForm(own=ordered(actor.modules), initial=initial)
    held = facts.modules if facts else frozenset()
    chosen = {*(form["modules"].value() or ())}
    context = {
        "roles": administration.roles(actor) if known is None else known,
        "facts": facts,
        "form": form,
        "groups": _rows(actor, held, chosen),
        "must_confirm": must_confirm,
    }
    return render(request, "console/roles.html", context)


def _rows(actor: ActingRole, held: frozenset[str], chosen: set[str]) -> list[dict[str, Any]]:
    """The modules in groups: whether each is chosen, and whether it is one's own to give."""
    return [
        {
            "label": group,
            "modules": [
                {
                    "code": code,
                    "name": name,
                    "text": text,
                    "is_locked": not actor.may(code),
                    "is_on": code in (chosen if actor.may(code) else held),
                }
                for code, name, text in modules
            ],
        }
        for group, modules in module_groups(actor.kind, actor.organisation_kind)
    ]

"""Administrators of one's own organisation (U2): the list, adding one, his roles, deleting him, handing over."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from console import refusals
from console.access import administrator
from console.administrators_forms import (
    ACCOUNT,
    COLLEAGUE,
    NEW,
    AddForm,
    AdministratorFilters,
    HandOverForm,
    RolesForm,
)
from core import clock
from core.errors import Refusal
from identity.acting import ActingRole
from identity.lockout import address_of
from identity.queries import AdministratorFacts, PermissionRoleFacts
from registry.units import services
from registry.units.errors import ConfirmSelf
from registry.units.modules import in_words
from registry.units.queries import administration

MODULE = "administrators"
_ADDED = "administrator_added"
"""Where the session keeps whom one added last, for the page that says so."""
_ACCOUNT_FIELDS = {"password": "account_password", "id_number": "account_number", "id_type": "account_type"}


def grantable(role: ActingRole, roles: list[PermissionRoleFacts]) -> list[PermissionRoleFacts]:
    """The roles that hold nothing which this one lacks."""
    return [one for one in roles if one.modules <= role.modules]


def described(roles: list[PermissionRoleFacts], role: ActingRole) -> list[dict[str, object]]:
    """Roles as options: what they allow in words, and whether one may give them."""
    return [
        {"id": one.id, "name": one.name, "text": in_words(one.modules), "is_locked": not one.modules <= role.modules}
        for one in roles
    ]


# --- The list ---------------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@administrator(MODULE)
def administrators(request: HttpRequest) -> HttpResponse:
    """All of them, or those that a search finds; posting only searches."""
    roles = administration.roles(request.role)
    form = AdministratorFilters(request.POST if request.method == "POST" else None, roles=roles)
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    context = {
        "form": form,
        "administrators": administration.administrators(
            request.role,
            name=asked.get("name", ""),
            id_number=asked.get("id_number", ""),
            role_id=asked.get("role"),
        ),
        "is_filtered": any(asked.values()),
        "is_super": administration.is_super(request.role),
        "has_roles": bool(roles),
    }
    return render(request, "console/administrators.html", context)


# --- Adding one -------------------------------------------------------------------------------------------------------
@sensitive_post_parameters("password", "account_password", "id_number", "account_number")
@require_http_methods(["GET", "HEAD", "POST"])
@administrator(MODULE)
def add(request: HttpRequest) -> HttpResponse:
    """Who it is, then his roles: two steps of one form; the third is the page `added`. `find` only searches."""
    roles = administration.roles(request.role)
    choices = grantable(request.role, roles)
    if request.method != "POST":
        return _add_page(request, AddForm(choices=choices), roles)
    form = AddForm(request.POST, choices=choices)
    if "find" in request.POST:
        return _add_page(request, AddForm(choices=choices, initial=_typed(form)), roles)
    if form.is_valid():
        try:
            name = refusals.found(lambda: _add(request, form))
        except Refusal as refusal:
            refusals.put(form, refusal, _ACCOUNT_FIELDS if form.chosen_way == ACCOUNT else None)
        else:
            chosen = set(form.cleaned_data["roles"])
            given = "、".join(one.name for one in choices if one.id in chosen)
            request.session[_ADDED] = {"name": name, "roles": given, "is_new": form.chosen_way == NEW}
            return redirect("console:administrator-added")
    return _add_page(request, form, roles)


def _add(request: HttpRequest, form: AddForm) -> str:
    """Add whom the form names; gives how he is called."""
    data, role, now, address = form.cleaned_data, request.role, clock.now(), address_of(request)
    if form.chosen_way == NEW:
        person = form.newcomer()
        services.add_new_person(actor=role, person=person, role_ids=data["roles"], now=now, address=address)
        return person.name
    if form.chosen_way == COLLEAGUE:
        added = services.add_colleague(
            actor=role, user_id=data["person"], role_ids=data["roles"], now=now, address=address
        )
    else:
        added = services.add_account(
            actor=role,
            request=request,
            id_type=data["account_type"],
            id_number=data["account_number"],
            password=data["account_password"],
            role_ids=data["roles"],
            now=now,
            address=address,
        )
    found = administration.administrator(role, added)
    return found.name if found else ""


def _typed(form: AddForm) -> dict[str, object]:
    """What stands in the fields, for a form without faults: searching isn't sending."""
    typed = {name: form[name].value() for name in form.fields if name not in {"password", "account_password"}}
    return {name: value for name, value in typed.items() if value is not None}


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _add_page(request: HttpRequest, form: AddForm, roles: list[PermissionRoleFacts]) -> HttpResponse:
    q, picked = str(form["q"].value() or ""), str(form["person"].value() or "")
    people = administration.candidates(request.role, q)
    if picked not in {str(one.user_id) for one in people}:
        # Whom one has picked stays in sight when one goes on searching.
        earlier = administration.candidate(request.role, int(picked)) if _is_id(picked) else None
        people = [earlier, *people] if earlier else people
    context = {
        "form": form,
        "people": people,
        "picked": picked,
        "is_searched": bool(q.strip()),
        "people_count": administration.people_count(request.role),
        "options": described(roles, request.role),
        "chosen": {str(value) for value in form["roles"].value() or ()},
    }
    return render(request, "console/administrator_add.html", context)


@require_GET
@administrator(MODULE)
def added(request: HttpRequest) -> HttpResponse:
    """The third step: who it is now, and how he gets in."""
    done = request.session.get(_ADDED)
    if not done:
        return redirect("console:administrators")
    return render(request, "console/administrator_added.html", {"done": done})


# --- One of them ------------------------------------------------------------------------------------------------------
def _one(request: HttpRequest, membership: int) -> AdministratorFacts:
    found = administration.administrator(request.role, membership)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@administrator(MODULE)
def one(request: HttpRequest, membership: int) -> HttpResponse:
    """His roles."""
    person = _one(request, membership)
    roles = administration.roles(request.role)
    form = RolesForm(
        request.POST if request.method == "POST" else None,
        choices=grantable(request.role, roles),
        initial={"roles": [str(pk) for pk, _name in person.roles]},
    )
    must_confirm = False
    if form.is_bound and form.is_valid():
        try:
            refusals.found(lambda: _change(request, membership, form))
        except Refusal as refusal:
            must_confirm = isinstance(refusal, ConfirmSelf)
            refusals.put(form, refusal)
        else:
            messages.success(request, _("%(name)s的角色改好了，马上生效") % {"name": person.name})
            return redirect("console:administrators")
    context = {
        "person": person,
        "form": form,
        "options": described(roles, request.role),
        "chosen": {str(value) for value in form["roles"].value() or ()},
        "is_beyond": not person.modules <= request.role.modules,
        "must_confirm": must_confirm,
        "is_self": person.membership_id == request.role.membership_id,
    }
    return render(request, "console/administrator.html", context)


def _change(request: HttpRequest, membership: int, form: RolesForm) -> None:
    services.change_roles(
        actor=request.role,
        membership_id=membership,
        role_ids=form.cleaned_data["roles"],
        confirmed=form.cleaned_data["confirmed"],
        now=clock.now(),
        address=address_of(request),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@administrator(MODULE)
def delete(request: HttpRequest, membership: int) -> HttpResponse:
    """Asked first; it takes the rights of an administrator, nothing else of him."""
    person, refusal = _one(request, membership), None
    is_self = membership == request.role.membership_id
    if request.method == "POST":
        try:
            refusals.found(lambda: _delete(request, membership))
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("%(name)s不再是管理员") % {"name": person.name})
            return redirect("console:home" if is_self else "console:administrators")
    title = _("删除管理员%(name)s") % {"name": person.name}
    context = {"person": person, "is_self": is_self, "refusal": refusal, "title": title}
    return render(request, "console/administrator_delete.html", context)


def _delete(request: HttpRequest, membership: int) -> None:
    services.remove_administrator(
        actor=request.role,
        membership_id=membership,
        confirmed="confirmed" in request.POST,
        now=clock.now(),
        address=address_of(request),
    )


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@administrator(MODULE)
def hand_over(request: HttpRequest, membership: int) -> HttpResponse:
    """What will be so at once, and one's own password."""
    person = _one(request, membership)
    form = HandOverForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            refusals.found(lambda: _hand_over(request, membership, form))
        except Refusal as refusal:
            refusals.put(form, refusal)
        else:
            words = _("超级管理员已交给%(name)s，你的管理身份已经结束") % {"name": person.name}
            messages.success(request, words)
            return redirect("/me/")
    title = _("把超级管理员交给%(name)s") % {"name": person.name}
    is_super = administration.is_super(request.role)
    context = {"person": person, "form": form, "is_super": is_super, "title": title}
    return render(request, "console/administrator_super.html", context)


def _hand_over(request: HttpRequest, membership: int, form: HandOverForm) -> None:
    services.hand_over(
        actor=request.role,
        membership_id=membership,
        password=form.cleaned_data["password"],
        now=clock.now(),
        address=address_of(request),
    )

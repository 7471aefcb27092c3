"""单位资料 (U1): what is registered, contacts, another superior, the history."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from console import refusals
from console.access import administrator
from console.office_forms import ChangeForm, ContactsForm, OwnContactsForm, initial_of
from console.picking import ParentForm
from core import clock
from core.errors import Refusal
from identity import queries as identity
from registry.approvals.services import withdraw_case
from registry.units import services
from registry.units.queries.own import OwnUnit, own_unit, waiting_words
from registry.units.queries.own import history as history_of

_page = administrator("own_unit")


def _unit(request: HttpRequest) -> OwnUnit:
    return own_unit(request.role.organisation_id)


def _contacts(request: HttpRequest, found: OwnUnit, data: Any = None) -> ContactsForm:
    return ContactsForm(data, initial=initial_of(found.facts, services.CONTACTS))


def _own_contacts(request: HttpRequest, data: Any = None) -> OwnContactsForm:
    user = request.user
    return OwnContactsForm(data, initial={"mobile": user.mobile, "email": user.email})


def _render(request: HttpRequest, found: OwnUnit, *, status: int = 200, **forms_: forms.Form) -> HttpResponse:
    context = {
        "unit": found,
        "waiting": waiting_words(found),
        "contacts": forms_.get("contacts") or _contacts(request, found),
        "own_contacts": forms_.get("own_contacts") or _own_contacts(request),
        "is_own_change": found.open_change is not None and found.open_change.applicant_id == request.user.pk,
    }
    return render(request, "console/unit/unit.html", context, status=status)


@require_GET
@_page
def unit(request: HttpRequest) -> HttpResponse:
    """The three panels: what is registered, contacts, the superior."""
    return _render(request, _unit(request))


@require_POST
@_page
def contacts(request: HttpRequest) -> HttpResponse:
    """Phone, address, postcode, at once."""
    found = _unit(request)
    form = _contacts(request, found, request.POST)
    if form.is_valid():
        try:
            services.change_contacts(actor=request.role, contacts=form.cleaned_data, now=clock.now())
        except Refusal as refusal:
            refusals.put(form, refusal)
        else:
            messages.success(request, _("联系信息已保存"))
            return redirect("console:unit")
    return _render(request, found, contacts=form)


@require_POST
@_page
def own_contacts(request: HttpRequest) -> HttpResponse:
    """The administrator's own mobile and mail, at once."""
    form = _own_contacts(request, request.POST)
    if form.is_valid():
        try:
            services.change_own_contacts(actor=request.role, now=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            refusals.put(form, refusal)
        else:
            messages.success(request, _("你的联系方式已保存"))
            return redirect("console:unit")
    return _render(request, _unit(request), own_contacts=form)


@require_http_methods(["GET", "HEAD", "POST"])
@_page
def change(request: HttpRequest) -> HttpResponse:
    """Name, nature, industry, level, credit code: sent to the superior."""
    found = _unit(request)
    tables = services.fields_of(found.facts.kind)
    data = request.POST if request.method == "POST" else None
    form = ChangeForm(data, tables=tables, locked=bool(found.waits), initial=initial_of(found.facts, tables))
    if data is not None and form.is_valid():
        try:
            case = services.ask_unit_change(actor=request.role, fields=form.cleaned_data, now=clock.now())
        except Refusal as refusal:
            refusals.put(form, refusal)
        else:
            superior = found.superior.name if found.superior else ""
            words = _("已提交，由%(unit)s审核") % {"unit": superior} if case else _("已保存，马上生效")
            messages.success(request, words)
            return redirect("console:unit")
    context = {"unit": found, "form": form, "waiting": waiting_words(found)}
    return render(request, "console/unit/change.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@_page
def parent(request: HttpRequest) -> HttpResponse:
    """更换上级部门: the present superior decides, then the new one."""
    found = _unit(request)
    kinds = services.superiors_of(found.facts.kind)
    form = ParentForm.of(request.POST if request.method == "POST" else None, kinds)
    if form.is_bound and form.is_valid():
        try:
            services.ask_parent_change(actor=request.role, parent_id=form.cleaned_data["parent"], now=clock.now())
        except Refusal as refusal:
            refusals.put(form, refusal)
        else:
            messages.success(request, _("已提交。原上级和新上级都同意后才更换，在这之前一切照旧"))
            return redirect("console:unit")
    context = {"unit": found, "form": form, "waiting": waiting_words(found)}
    return render(request, "console/unit/parent.html", context)


@require_POST
@_page
def withdraw(request: HttpRequest, case: int) -> HttpResponse:
    """Whoever asked takes the change back."""
    try:
        withdraw_case(actor=request.role, case_id=case, now=clock.now())
    except ObjectDoesNotExist:
        raise Http404 from None
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("变更已撤回"))
    return redirect("console:unit")


@require_GET
@_page
def history(request: HttpRequest) -> HttpResponse:
    """变更记录."""
    own = request.role.organisation_id
    context = {"changes": history_of(own), "facts": identity.organisation(own)}
    return render(request, "console/unit/history.html", context)

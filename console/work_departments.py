"""工作部门 (U1): the tree of departments inside one's own unit."""

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from console import refusals
from console.access import administrator
from console.office_forms import DepartmentForm
from core import clock
from core.errors import Refusal
from identity import queries as identity
from registry.units import services

_page = administrator("own_unit")


def _context(request: HttpRequest, **more: object) -> dict[str, object]:
    own = request.role.organisation_id
    tree = identity.work_departments(own, with_closed=True)
    return {"tree": tree, "people": identity.people_by_department(own), "facts": identity.organisation(own), **more}


@require_GET
@_page
def departments(request: HttpRequest) -> HttpResponse:
    """The tree; a department opens beside it."""
    return render(request, "console/unit/departments.html", _context(request))


@require_http_methods(["GET", "HEAD", "POST"])
@_page
def add(request: HttpRequest) -> HttpResponse:
    """A new department, below another one if the address or the form says so."""
    choices = identity.department_choices(request.role.organisation_id)
    data = request.POST if request.method == "POST" else None
    form = DepartmentForm(data, choices=choices, initial={"parent": request.GET.get("below", "")})
    if data is not None and form.is_valid():
        try:
            services.add_department(
                actor=request.role,
                name=form.cleaned_data["name"],
                parent_id=form.cleaned_data["parent"],
                now=clock.now(),
            )
        except ObjectDoesNotExist:
            raise Http404 from None
        except Refusal as refusal:
            refusals.put(form, refusal)
        else:
            messages.success(request, _("部门已添加"))
            return redirect("console:work-departments")
    return render(request, "console/unit/departments.html", _context(request, form=form, adding=True))


@require_http_methods(["GET", "HEAD", "POST"])
@_page
def department(request: HttpRequest, department: int) -> HttpResponse:
    """Rename it, or move it with all below it."""
    own = identity.work_department(request.role.organisation_id, department)
    if own is None:
        raise Http404
    choices = [choice for choice in identity.department_choices(request.role.organisation_id) if choice[0] != own.id]
    data = request.POST if request.method == "POST" else None
    form = DepartmentForm(data, choices=choices, initial={"name": own.name, "parent": own.parent_id})
    if data is not None and form.is_valid():
        try:
            services.change_department(
                actor=request.role,
                department_id=own.id,
                name=form.cleaned_data["name"],
                parent_id=form.cleaned_data["parent"],
                now=clock.now(),
            )
        except Refusal as refusal:
            refusals.put(form, refusal)
        else:
            messages.success(request, _("部门已保存"))
            return redirect("console:work-departments")
    return render(request, "console/unit/departments.html", _context(request, form=form, open=own))


@require_POST
@_page
def order(request: HttpRequest, department: int) -> HttpResponse:
    """One place up or down in its row."""
    up = request.POST.get("act") != "down"
    try:
        services.order_department(actor=request.role, department_id=department, up=up, now=clock.now())
    except ObjectDoesNotExist:
        raise Http404 from None
    return redirect("console:work-department", department)


@require_POST
@_page
def close(request: HttpRequest, department: int) -> HttpResponse:
    """撤销 or 恢复; people and records that name it keep it."""
    closing = request.POST.get("act") != "reopen"
    try:
        services.close_department(actor=request.role, department_id=department, closed=closing, now=clock.now())
    except ObjectDoesNotExist:
        raise Http404 from None
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("部门已撤销，以前的记录里还看得到") if closing else _("部门已恢复"))
    return redirect("console:work-departments")

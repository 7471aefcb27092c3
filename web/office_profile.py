"""用户资料管理: the profile in three tabs, and the change of one's title (T1)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from core import clock
from core.errors import Refusal
from identity import queries as identity
from identity.lockout import address_of
from registry.people import queries, services
from registry.people.queries import ProfileView
from web.learners import learners_only
from web.office_forms import ContactsForm, EducationForm, QualificationForm, TitleForm, put
from web.picker_fields import FIND, PickerForm

TABS = (
    ("basic", gettext_lazy("基本信息")),
    ("title", gettext_lazy("专业技术职务")),
    ("education", gettext_lazy("学历及学位")),
)
_FORMS: dict[str, tuple[str, Callable[..., PickerForm]]] = {
    "contacts": ("basic", ContactsForm),
    "qualification": ("title", QualificationForm),
    "education": ("education", EducationForm),
}
"""What can be saved at once: on which tab, by which form."""
_SHOWN_CHANGES = 20


@require_http_methods(["GET", "HEAD", "POST"])
@learners_only
def profile(request: HttpRequest) -> HttpResponse:
    """The tab asked for; posting saves one of its forms at once."""
    view = queries.profile_of(request.role.user_id)
    if request.method != "POST":
        tab = request.GET.get("tab", "")
        return _tab_page(request, view, tab if tab in dict(TABS) else "basic")
    part = request.POST.get("part", "")
    if part not in _FORMS:
        raise Http404
    tab, shape = _FORMS[part]
    if FIND in request.POST:
        return _tab_page(request, view, tab, _trimmed(shape.finding(request.POST), view))
    form = _trimmed(shape(request.POST), view)
    if form.is_valid() and _save(request, form):
        return redirect(f"{reverse('web:profile')}?tab={tab}")
    return _tab_page(request, view, tab, form)


def _save(request: HttpRequest, form: Form) -> bool:
    try:
        changed = services.change_profile(actor=request.role, fields=form.cleaned_data, now=clock.now())
    except Refusal as refusal:
        put(form, refusal)
        return False
    messages.success(request, _("已保存，马上生效") if changed else _("没有改动"))
    return True


def _tab_page(request: HttpRequest, view: ProfileView, tab: str, form: PickerForm | None = None) -> HttpResponse:
    shape = next(shape for where, shape in _FORMS.values() if where == tab)
    context: dict[str, Any] = {
        "profile": view,
        "tab": tab,
        "tabs": TABS,
        "form": form or _trimmed(shape(initial=_present(view)), view),
        "id_type": identity.id_type_label(view.own.id_type),
    }
    if tab == "title":
        context["waits"] = queries.what_waits(view.own.id)
        context["former"] = None if context["waits"] else queries.former_title(view.own.id)
        context["changes"] = queries.changes_of(view.own.id, limit=_SHOWN_CHANGES)
    return render(request, "web/office/profile.html", context)


def _present(view: ProfileView) -> dict[str, Any]:
    own = view.own
    return {"mobile": own.mobile, "email": own.email, "landline": own.landline, **(view.stated or {})}


def _trimmed(form: PickerForm, view: ProfileView) -> PickerForm:
    """Where nothing was ever written down of him only the contacts can be changed."""
    if view.stated is None:
        form.fields.pop("ethnicity", None)
    return form


# --- Title change -----------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@learners_only
def title(request: HttpRequest) -> HttpResponse:
    """The form of a title change, prefilled with what is or with what was turned back."""
    view = queries.profile_of(request.role.user_id)
    if view.title is None or view.place is None:
        return redirect(f"{reverse('web:profile')}?tab=title")
    unit = view.place.organisation_id
    former = queries.former_title(view.own.id)
    if request.method != "POST":
        initial = former.payload["after"] if former else view.title
        return _title_page(request, view, TitleForm(initial=initial, unit_id=unit))
    if FIND in request.POST:
        return _title_page(request, view, TitleForm.finding(request.POST, unit_id=unit))
    form = TitleForm(request.POST, unit_id=unit)
    if form.is_valid():
        try:
            services.ask_title_change(
                actor=request.role, asked=form.asked(), now=clock.now(), address=address_of(request)
            )
        except Refusal as refusal:
            put(form, refusal)
        else:
            messages.success(request, _("已提交，由%(unit)s审核") % {"unit": view.place.organisation_name})
            return redirect(f"{reverse('web:profile')}?tab=title")
    return _title_page(request, view, form)


def _title_page(request: HttpRequest, view: ProfileView, form: TitleForm) -> HttpResponse:
    context = {
        "profile": view,
        "form": form,
        "waits": queries.what_waits(view.own.id),
        "former": queries.former_title(view.own.id),
        "reviewer": queries.reviewer_of(view.place.organisation_id),
    }
    return render(request, "web/office/title.html", context)

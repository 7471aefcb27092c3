"""Find a person, ask for a correction, confirm one. The rules are the services'."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from core import clock
from core.errors import Refusal
from core.forms import put
from identity import queries as identity
from identity.acting import ActingRole
from identity.lockout import address_of
from identity.queries import PersonFacts
from identity.services import note_look_up
from registry.people import services
from registry.people.models import Correction
from registry.people.office.forms import DecisionForm, FindForm, NameForm, NumberForm, UnitForm

WHAT: dict[str, tuple[Any, Any]] = {
    "name": (NameForm, _("更正姓名")),
    "id_number": (NumberForm, _("更正证件号码")),
    "unit": (UnitForm, _("更正所在单位")),
}
"""What can be corrected: its form and its heading."""


class _Page(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    model = Correction
    permission_required: str | None = "add"
    header_icon = "edit"

    def actor(self) -> ActingRole:
        """The role this request acts in."""
        role: ActingRole = cast(Any, self.request).role
        return role

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("corrections:index"), "label": gettext("人员更正")},
            {"url": "", "label": self.get_page_title()},
        ]


class FindView(_Page):
    """Step one: who is it? Nothing is shown of others than unit and masked number."""

    page_title = _("提交更正")
    template_name = "people/office/find.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or FindForm()
        return super().get_context_data(**kwargs) | {"form": form, "found": kwargs.get("found")}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = FindForm(request.POST)
        found = identity.people_named(form.cleaned_data["q"]) if form.is_valid() else None
        return self.render_to_response(self.get_context_data(form=form, found=found))


class AskView(_Page):
    """Step two: what is wrong of this person, and by what papers. Opening it is written down as a look-up."""

    template_name = "people/office/ask.html"

    @property
    def page_title(self) -> str:
        return str(WHAT[self.kwargs["what"]][1]) if self.kwargs.get("what") in WHAT else ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if kwargs["what"] not in WHAT:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def person(self) -> PersonFacts:
        found = identity.person_facts(self.kwargs["pk"])
        if found is None:
            raise Http404
        note_look_up(actor=self.actor(), user_id=found.id, reason=gettext("客服更正资料"), now=clock.now())
        return found

    def unit_q(self) -> str:
        """The unit that is looked for, from the address: the search is a form of its own."""
        return self.request.GET.get("unit_q", "").replace("\0", "").strip()[:60]

    def form(self, *args: Any) -> forms.Form:
        """The form of this correction; that of a unit offers what was found."""
        made = WHAT[self.kwargs["what"]][0]
        return made(*args, found=identity.organisations_to_choose(self.unit_q())) if made is UnitForm else made(*args)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        what = self.kwargs["what"]
        form = kwargs.pop("form", None) or self.form()
        person = kwargs.pop("person", None) or self.person()
        tabs = [(name, heading) for name, (_form, heading) in WHAT.items()]
        context = {"form": form, "person": person, "what": what, "tabs": tabs, "unit_q": self.unit_q()}
        return super().get_context_data(**kwargs) | context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        what, person = self.kwargs["what"], self.person()
        form = self.form(request.POST, request.FILES)
        if form.is_valid():
            try:
                made = self._ask(what, person, form.cleaned_data)
            except Refusal as refusal:
                put(form, refusal)
            else:
                words = _("已更正，他会收到消息") if what == "unit" else _("已提交，由另一位客服复核后生效")
                messages.success(request, words)
                return redirect("corrections:one", made)
        return self.render_to_response(self.get_context_data(form=form, person=person))

    def _ask(self, what: str, person: PersonFacts, cleaned: dict[str, Any]) -> int:
        common = {
            "actor": self.actor(),
            "person_id": person.id,
            "reason": cleaned["reason"],
            "evidence": cleaned["evidence"],
            "now": clock.now(),
            "address": address_of(self.request),
        }
        if what == "name":
            return services.ask_name_correction(name=cleaned["name"], **common)
        if what == "id_number":
            return services.ask_id_correction(id_type=cleaned["id_type"], id_number=cleaned["id_number"], **common)
        return services.correct_unit(organisation_id=cleaned["unit"], **common)


class OneView(_Page):
    """One correction with its evidence; another one of support decides here."""

    any_permission_required = ["add", "view"]
    permission_required = None
    template_name = "people/office/correction.html"
    page_title = _("人员更正")

    def row(self) -> Correction:
        rows = Correction.objects.select_related("person", "evidence", "asked_by", "decided_by").defer("id_number")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.row()
        waits = row.state == Correction.State.WAITING and self.request.user.has_perm("people.add_correction")
        own = row.asked_by_id == self.request.user.pk
        form = kwargs.pop("form", None) or DecisionForm()
        context = {"row": row, "may_decide": waits and not own, "may_withdraw": waits and own, "form": form}
        return super().get_context_data(**kwargs) | context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("people.add_correction"):
            raise Http404
        form = DecisionForm(request.POST)
        acts: dict[str, Callable[[str], Any]] = {
            "pass": lambda opinion: self._decide(True, opinion),
            "refuse": lambda opinion: self._decide(False, opinion),
            "withdraw": lambda _opinion: self._withdraw(),
        }
        act = acts.get(request.POST.get("act", ""))
        if act is None:
            raise Http404
        if form.is_valid():
            try:
                act(form.cleaned_data["opinion"])
            except ObjectDoesNotExist:
                raise Http404 from None
            except Refusal as refusal:
                put(form, refusal)
            else:
                messages.success(request, _("已处理"))
                return redirect("corrections:index")
        return self.render_to_response(self.get_context_data(form=form))

    def _decide(self, passed: bool, opinion: str) -> None:
        services.decide_correction(
            actor=self.actor(),
            correction_id=self.kwargs["pk"],
            passed=passed,
            opinion=opinion,
            now=clock.now(),
            address=address_of(self.request),
        )

    def _withdraw(self) -> None:
        services.withdraw_correction(
            actor=self.actor(),
            correction_id=self.kwargs["pk"],
            now=clock.now(),
            address=address_of(self.request),
        )

"""考试延时: more time for who needs it, found as support finds people, with percent and reason."""

from typing import Any

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.permissions import register_permission_policy

from core import clock
from core.errors import Refusal
from core.forms import put
from exams import services
from exams.models import ExtraTime
from exams.queries.office import extra_time_for_office, masked_number, with_granters
from identity.office import OfficeList, OfficePage, OfficePolicy, ReasonForm, moment
from identity.queries import PersonFacts, people_named, person_facts
from identity.services import note_look_up

_LISTING = ("extra_time:index", _("考试延时"))
MOST_PERCENT = 200

register_permission_policy(ExtraTime, OfficePolicy(ExtraTime))


class FindForm(forms.Form):
    """Sent by POST: an ID number belongs in no address."""

    q = forms.CharField(
        label=_("证件号码或姓名"),
        max_length=60,
        help_text=_("证件号码要完整；姓名也要完整"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("填证件号码或姓名")},
    )


class GrantForm(ReasonForm):
    percent = forms.IntegerField(
        label=_("延长（%）"),
        min_value=1,
        max_value=MOST_PERCENT,
        initial=50,
        help_text=_("在每场考试的限时之外延长多少，比如 60 分钟的考试延长 50% 就是 90 分钟。"),
        error_messages={"required": _("填延长多少")},
    )
    field_order = ["percent"]


class ExtraTimeFilterSet(WagtailFilterSet):
    ended = django_filters.ChoiceFilter(
        label=_("状态"),
        choices=[("no", _("有效")), ("yes", _("已取消"))],
        method="by_end",
        empty_label=_("全部"),
    )

    class Meta:
        model = ExtraTime
        fields: list[str] = []

    def by_end(self, rows: QuerySet[ExtraTime], _name: str, value: str) -> QuerySet[ExtraTime]:
        return rows.filter(ended_at__isnull=value == "no")


class ExtraTimeIndexView(IndexView):
    page_title = _LISTING[1]
    default_ordering = "-granted_at"

    def get_base_queryset(self) -> QuerySet[ExtraTime]:
        return extra_time_for_office()

    def order_queryset(self, queryset: QuerySet[ExtraTime]) -> QuerySet[ExtraTime]:
        ordered: QuerySet[ExtraTime] = super().order_queryset(queryset)
        return ordered.order_by(*ordered.query.order_by, "-pk")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        with_granters(context["object_list"])
        return context

    @cached_property
    def add_item_label(self) -> str:
        return gettext("给学员延时")


class _ExtraTimePage(OfficePage):
    model = ExtraTime
    listing = _LISTING
    permission_required = "add"
    header_icon = "time"


class FindView(_ExtraTimePage):
    """Step one: who is it?"""

    page_title = _("给学员延时")
    template_name = "exams/office/find.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or FindForm()
        return super().get_context_data(**kwargs) | {"form": form, "found": kwargs.get("found")}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = FindForm(request.POST)
        found = people_named(form.cleaned_data["q"]) if form.is_valid() else None
        return self.render_to_response(self.get_context_data(form=form, found=found))


class GrantView(_ExtraTimePage):
    """Step two: how much, and why. Opening it is written down as a look-up."""

    page_title = _("给学员延时")
    template_name = "exams/office/grant.html"

    def person(self) -> PersonFacts:
        found = person_facts(self.kwargs["pk"])
        if found is None:
            raise Http404
        note_look_up(actor=self.actor(), user_id=found.id, reason=gettext("办理考试延时"), now=clock.now())
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = kwargs.pop("person", None) or self.person()
        standing = ExtraTime.objects.filter(user_id=person.id, ended_at__isnull=True).first()
        form = kwargs.pop("form", None) or GrantForm()
        return super().get_context_data(**kwargs) | {"form": form, "person": person, "standing": standing}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person, form = self.person(), GrantForm(request.POST)
        if form.is_valid():
            try:
                services.grant_extra_time(user_id=person.id, now=clock.now(), **form.cleaned_data, **self.who())
            except Refusal as refusal:
                put(form, refusal)
            else:
                messages.success(request, gettext("已延时，正在考的试也一起延长"))
                return redirect("extra_time:index")
        return self.render_to_response(self.get_context_data(person=person, form=form))


class EndView(_ExtraTimePage):
    """Take a grant back."""

    page_title = _("取消考试延时")
    permission_required = "change"
    template_name = "exams/office/end_extra_time.html"

    def row(self) -> ExtraTime:
        return get_object_or_404(extra_time_for_office(), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.row()
        with_granters([row])
        return super().get_context_data(**kwargs) | {"row": row, "number": masked_number(row)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        services.end_extra_time(extra_time_id=self.row().pk, now=clock.now(), **self.who())
        messages.success(request, gettext("已取消，已经开始的考试时间不变"))
        return redirect("extra_time:index")


class ExtraTimeViewSet(OfficeList):
    model = ExtraTime
    name = "extra_time"
    url_prefix = "exams/extra-time"
    icon = "time"
    menu_label = _LISTING[1]
    index_view_class = ExtraTimeIndexView
    index_results_template_name = "exams/office/extra_time_results.html"
    filterset_class = ExtraTimeFilterSet
    search_fields = ["user__name", "reason"]
    list_display = [
        TitleColumn("user", label=_("学员"), classname="exam-name", accessor="user.name", url_name="extra_time:one"),
        Column("number", label=_("证件号码"), accessor=masked_number),
        Column("percent", label=_("延长"), accessor=lambda row: f"{row.percent}%", sort_key="percent"),
        Column("reason", label=_("原因")),
        Column("granted_by", label=_("批准人")),
        moment("granted_at", _("批准时间"), sort_key="granted_at"),
        moment("ended_at", _("取消时间"), sort_key="ended_at"),
    ]

    @property
    def add_view(self) -> Any:
        return FindView.as_view()

    def get_urlpatterns(self) -> list[URLPattern]:
        kept = {"index", "index_results", "add"}
        return [
            *(pattern for pattern in super().get_urlpatterns() if pattern.name in kept),
            path("new/<int:pk>/", GrantView.as_view(), name="grant"),
            path("<int:pk>/", EndView.as_view(), name="one"),
        ]

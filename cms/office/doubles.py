"""查重: questions that look alike side by side, and what an editor says about them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from cms import services
from cms.models import BankQuestion, QuestionBank
from cms.office.listing import URLS
from cms.queries.doubles import doubles
from core import clock

_MOST = 60


class DoublesView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """GET: the pairs of a bank (`?bank=`) or of all. POST: retire one of a pair, or say that they differ."""

    model: Any = None
    permission_required = "change"
    template_name = "cms/admin/doubles.html"
    page_title = _("查重")
    header_icon = "copy"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        questions = {"url": reverse(f"{URLS}:list"), "label": gettext("考题")}
        return [*self.breadcrumbs_items, questions, {"url": "", "label": gettext("查重")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        bank = _number(self.request.GET.get("bank", ""))
        return super().get_context_data(**kwargs) | {
            "banks": QuestionBank.objects.order_by("title"),
            "bank": bank,
            "pairs": doubles(bank_id=bank, most=_MOST),
            "most": _MOST,
        }

    def post(self, request: HttpRequest) -> HttpResponse:
        first, second, retired = (_number(request.POST.get(name, "")) for name in ("first", "second", "retire"))
        pair = {pk for pk in (first, second) if pk and BankQuestion.objects.filter(pk=pk).exists()}
        if retired in pair:
            services.retire_questions(ids=[retired], user=request.user, now=clock.now())
            messages.success(request, gettext("已停用一题"))
        elif len(pair) == 2 and "distinct" in request.POST:
            low, high = sorted(pair)
            user_id: Any = request.user.pk
            services.say_distinct(first_id=low, second_id=high, user_id=user_id, now=clock.now())
            messages.success(request, gettext("记住了：这两题不是重复"))
        else:
            messages.error(request, gettext("这两题已经变了，请重新查看"))
        bank = _number(request.GET.get("bank", ""))
        return redirect(reverse(f"{URLS}:doubles") + (f"?bank={bank}" if bank else ""))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None

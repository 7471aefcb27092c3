"""One day of one provider: both sums, what differs, resolving it, and having the day reconciled again."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from core import clock
from core.errors import Refusal
from core.forms import put
from identity.office import when
from identity.queries import names_of_people
from payments import services
from payments.models import Bill, BillDifference
from payments.office.base import DeskPage
from payments.office.bill_words import bill_pill, difference_row, sum_rows
from payments.office.words import provider_words
from payments.queries.bills import count_differences, differences_page

_GOING = (Bill.State.WAITING, Bill.State.RUNNING)
_SOON = timedelta(minutes=1)


class NoteForm(forms.Form):
    """How a difference was dealt with."""

    note = forms.CharField(
        label=gettext_lazy("怎么处理的"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("写上这条差异是怎么处理的，以后查得到")},
    )


class BillView(DeskPage):
    """A day. A post has it reconciled again."""

    model = Bill
    template_name = "payments/office/bill.html"
    listing = ("finance_bills:index", gettext_lazy("对账"))
    header_icon = "resubmit"

    @cached_property
    def bill(self) -> Bill:
        return get_object_or_404(Bill, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return f"{provider_words(self.bill.provider)} {self.bill.day:%Y-%m-%d}"

    def may_change(self) -> bool:
        return bool(self.request.user.has_perm("payments.change_bill"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_change():
            raise Http404
        try:
            services.order_bill(provider_name=self.bill.provider, day=self.bill.day, now=clock.now(), **self.who())
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("已开始对账，结果出来后这一页会自己更新"))
        return redirect("finance_bills:one", self.bill.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        bill, forms_ = self.bill, kwargs.pop("forms", {})
        is_resolved = self.request.GET.get("show") == "resolved"
        left, resolved = count_differences(bill)
        listed = differences_page(bill, is_resolved=is_resolved, cursor=self.request.GET.get("page", ""))
        names = names_of_people({one.resolved_by_id for one in listed.rows if one.resolved_by_id})
        rows = [(difference_row(one, names), forms_.get(one.pk) or note_form(one.pk)) for one in listed.rows]
        is_going = bill.state in _GOING
        context = {
            "bill": bill,
            "provider": provider_words(bill.provider),
            "pill": bill_pill(bill),
            "sums": sum_rows(bill),
            "left": left,
            "resolved": resolved,
            "is_resolved": is_resolved,
            "listed": listed,
            "rows": rows,
            "address": "show=resolved" if is_resolved else "",
            "fetched": when(bill.fetched_at),
            "is_going": is_going,
            "is_soon": is_going and (bill.next_try_at is None or bill.next_try_at <= clock.now() + _SOON),
            "next_try": when(bill.next_try_at) if bill.next_try_at else "",
            "state_url": reverse("finance_bills:state", args=[bill.pk]),
            "mark": _mark(bill),
            "may_change": self.may_change(),
        }
        return super().get_context_data(**kwargs) | context


def note_form(difference_id: int, data: Any = None) -> NoteForm:
    """Each on the page with ids of its own."""
    return NoteForm(data, prefix=f"d{difference_id}")


def _mark(bill: Bill) -> str:
    """Changes with whatever the page should show anew."""
    return f"{bill.state}-{bill.runs}-{bill.tries}-{bill.fault}"


class BillStateView(PermissionCheckedMixin, View):
    """Whether there is something new, as JSON: what a page that waits asks."""

    model: Any = Bill
    permission_required = "view"
    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: int) -> JsonResponse:
        bill = get_object_or_404(Bill, pk=pk)
        return JsonResponse({"mark": _mark(bill), "is_going": bill.state in _GOING})


class ResolveView(BillView):
    """Somebody says how a difference was dealt with. What he typed stays on the page where it is refused."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_change():
            raise Http404
        difference_id = self.kwargs["difference"]
        if BillDifference.objects.filter(pk=difference_id).exclude(bill=self.bill).exists():
            raise Http404  # another day's; one that a new run hasn't found again is told of below
        form = note_form(difference_id, request.POST)
        if form.is_valid():
            try:
                services.resolve_difference(
                    difference_id=difference_id, note=form.cleaned_data["note"], now=clock.now(), **self.who()
                )
            except Refusal as refusal:
                put(form, refusal)
            else:
                messages.success(request, _("已处理，写下的说明可以在“已处理”里看到"))
                return redirect("finance_bills:one", self.bill.pk)
        is_listed = self.bill.differences.filter(pk=difference_id, resolved_at__isnull=True).exists()
        lost = "" if is_listed else str(form["note"].value() or "")
        context = self.get_context_data(forms={difference_id: form}, lost=lost, faults=form.non_field_errors())
        return self.render_to_response(context)

"""申请退款: how much of what and why; looked at once more, then it waits for a second person."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.errors import Refusal
from core.forms import put
from payments.errors import HoursEarned, RefundsChanged
from payments.models import OrderItem
from payments.money import yuan
from payments.office.order import START, OrderPage
from payments.office.refund_forms import StartForm
from payments.services import ask_refund, latest_refund


class StartView(OrderPage):
    """Three steps on one address: the form, the same looked over, and the request itself."""

    template_name = "payments/office/refund_start.html"
    heading = gettext_lazy("申请退款")
    right = START

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or self.form()
        return super().get_context_data(**kwargs) | {
            "form": form,
            "is_checked": kwargs.pop("is_checked", False),
            "amount": yuan(form.amount_fen),
            "told": [(line, file, yuan(line.amount_fen)) for line, file in form.told()],
        }

    def form(self, data: Any = None) -> StartForm:
        return StartForm(data, items=self.file.items, initial={"seen": latest_refund(self.order.pk)})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if self.order.honoured_id is None or not form.is_valid() or "change" in request.POST:
            return self.show(form=form)
        if "confirmed" not in request.POST:
            return self.show(form=form, is_checked=True)
        try:
            refund = ask_refund(
                order_id=self.order.pk,
                lines=form.lines,
                reason=form.cleaned_data["reason"],
                override_reason=form.cleaned_data.get("override_reason", ""),
                seen=form.cleaned_data["seen"],
                now=clock.now(),
                **self.who(),
            )
        except RefundsChanged as refusal:
            return self.show(form=self.seen_again(form, refusal))
        except HoursEarned as refusal:
            form.add_error("override_reason" if "override_reason" in form.fields else None, str(refusal))
            return self.show(form=form)
        except OrderItem.DoesNotExist:
            form.add_error(None, _("这张订单的内容变了，刷新后重新填写"))
            return self.show(form=form)
        except Refusal as refusal:
            put(form, refusal)
            return self.show(form=form)
        messages.success(request, _("已申请退款 ¥%s，等另一位财务人员复核") % yuan(refund.amount_fen))
        return redirect(self.address(refund))

    def seen_again(self, form: StartForm, refusal: Refusal) -> StartForm:
        """What was typed, now that the other refund is known."""
        data = self.request.POST.copy()
        data["seen"] = str(latest_refund(self.order.pk))
        again = self.form(data)
        again.is_valid()
        put(again, refusal)
        return again

    def show(self, **context: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**context))

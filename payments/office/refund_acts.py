"""What becomes of a refund that was asked for: decided by a second person, taken back, tried again, sent at a bank."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.errors import Refusal
from core.forms import put
from payments.errors import HoursEarned
from payments.models import Payment, Refund
from payments.money import yuan
from payments.office.order import CHANGE, DECIDE, START, OrderPage, OrderView
from payments.office.order_words import asker, refund_pill
from payments.office.refund_forms import DecisionForm, ReferenceForm, TransferForm
from payments.office.words import provider_words
from payments.queries.order_file import RefundFile
from payments.services import (
    confirm_bank_refund,
    confirm_bank_transfer,
    decide_refund,
    retry_refund,
    withdraw_refund,
)


class DecideView(OrderView):
    """同意 or 不同意, by the button; what doesn't go is said on the order's own page."""

    right = DECIDE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        refund = get_object_or_404(self.order.refunds, pk=self.kwargs["pk"])
        form = DecisionForm(request.POST, auto_id=f"id_{refund.pk}_%s")
        approve = {"approve": True, "reject": False}.get(request.POST.get("decision", ""))
        if approve is None:
            form.add_error(None, _("点“同意”或“不同意”"))
        if form.is_valid() and approve is not None:
            try:
                decided = decide_refund(
                    refund_id=refund.pk,
                    approve=approve,
                    opinion=form.cleaned_data["opinion"],
                    now=clock.now(),
                    **self.who(),
                )
            except HoursEarned as refusal:
                words = _("%s。你可以不同意，由申请人写明例外理由后重新申请")
                form.add_error(None, words % str(refusal).partition("；")[0])
            except Refusal as refusal:
                put(form, refusal)
            else:
                messages.success(request, _decided_words(decided))
                return redirect(self.address(decided))
        if refund.state != Refund.State.ASKED:  # its form isn't on the page any more
            for fault in form.errors.get("__all__", []):
                messages.warning(request, str(fault))
            return redirect(self.address(refund))
        return self.render_to_response(self.get_context_data(bound=(refund.pk, form)))


def _decided_words(refund: Refund) -> str:
    amount = yuan(refund.amount_fen)
    if refund.state == Refund.State.REJECTED:
        return _("已不同意退款 ¥%s，付款人会收到你写的原因") % amount
    if refund.payment.provider == "bank":
        return _("已同意退款 ¥%s，在银行退出去以后回来登记流水号") % amount
    return _("已同意退款 ¥%s，正在提交给支付平台") % amount


class RefundPage(OrderPage):
    """An act about one of the order's refunds, said once more before. Subclasses say what it does."""

    template_name = "payments/office/refund_act.html"
    button: Any = ""
    explanation: Any = ""
    done: Any = ""
    form_class: type[forms.Form] = forms.Form

    @cached_property
    def row(self) -> RefundFile:
        found = next((row for row in self.file.refunds if row.refund.pk == self.kwargs["pk"]), None)
        if found is None:
            raise Http404
        return found

    def act(self, form: forms.Form) -> Refund:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "row": self.row,
            "form": kwargs.get("form") or self.form_class(),
            "asker": asker(self.row),
            "refund_pill": refund_pill(self.row.refund),
            "provider": provider_words(self.row.refund.payment.provider),
            "button": self.button,
            "explanation": self.explanation,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST)
        self.row  # noqa: B018  another order's refund isn't there
        if form.is_valid():
            try:
                refund = self.act(form)
            except Refund.DoesNotExist:
                raise Http404 from None
            except Refusal as refusal:
                put(form, refusal)
            else:
                messages.success(request, str(self.done))
                return redirect(self.address(refund))
        return self.render_to_response(self.get_context_data(form=form))


class WithdrawView(RefundPage):
    """撤回: only who asked for it, only while it waits; the service sees to both."""

    heading = gettext_lazy("撤回退款申请")
    right = START
    button = gettext_lazy("撤回退款申请")
    explanation = gettext_lazy("撤回后这笔款不退，占用的金额和名额都放回去，以后可以重新申请。")
    done = gettext_lazy("退款申请已撤回")

    def act(self, form: forms.Form) -> Refund:
        return withdraw_refund(refund_id=self.row.refund.pk, now=clock.now(), **self.who())


class RetryView(RefundPage):
    """再试一次: a new number, as the failed one is over at its provider."""

    heading = gettext_lazy("再试一次退款")
    right = START
    button = gettext_lazy("再试一次")

    @property
    def explanation(self) -> str:
        if self.row.refund.is_automatic:
            return _("用新的退款单号再退一次，马上提交给支付平台，不用第二人复核：这笔钱没有换来任何东西。")
        return _("用新的退款单号重新申请，金额和内容不变；你就是申请人，要由另一位财务人员复核。")

    @property
    def done(self) -> str:
        if self.row.refund.is_automatic:
            return _("已用新的单号重新提交退款")
        return _("已重新申请，等另一位财务人员复核")

    def act(self, form: forms.Form) -> Refund:
        return retry_refund(refund_id=self.row.refund.pk, now=clock.now(), **self.who())


class SentView(RefundPage):
    """登记银行退款: it has gone back at the bank, under the bank's reference."""

    heading = gettext_lazy("登记银行退款")
    right = DECIDE
    button = gettext_lazy("确认已退款")
    explanation = gettext_lazy(
        "先在银行把钱退给付款单位，再把回单上的流水号登记在这里。登记后付款人会收到消息，不能撤销。"
    )
    done = gettext_lazy("已登记退款，付款人会收到消息")
    form_class = ReferenceForm

    def act(self, form: forms.Form) -> Refund:
        return confirm_bank_refund(refund_id=self.row.refund.pk, now=clock.now(), **self.who(), **form.cleaned_data)


class TransferView(OrderPage):
    """登记到账: the transfer is on the account, as the bank's slip says."""

    template_name = "payments/office/transfer.html"
    heading = gettext_lazy("登记转账到账")
    right = CHANGE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if not any(payment.provider == "bank" for payment in self.file.payments):
            raise Http404
        form = kwargs.get("form") or TransferForm(initial={"received_on": timezone.localdate(clock.now())})
        return super().get_context_data(**kwargs) | {"form": form}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = TransferForm(request.POST)
        if form.is_valid():
            try:
                booked = confirm_bank_transfer(
                    order_id=self.order.pk, now=clock.now(), **self.who(), **form.cleaned_data
                )
            except Payment.DoesNotExist:
                raise Http404 from None
            except Refusal as refusal:
                put(form, refusal)
            else:
                if booked:
                    messages.success(request, _("已登记到账 ¥%s") % yuan(form.cleaned_data["amount_fen"]))
                else:
                    messages.info(request, _("这笔转账已经登记过了"))
                return redirect(self.address())
        return self.render_to_response(self.get_context_data(form=form))

"""Payments (支付) and refunds (退款): what goes to a provider and what it says of it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Payment(models.Model):
    """One attempt to pay an order with one provider, under a number of its own (商户订单号).

    A new provider or a new try is another attempt; at most one is honoured. `looked_at`: when the provider was last
    asked about it; a conditional update of it claims the asking. `is_over`: closed, and asked about for the last time.
    """

    class State(models.TextChoices):
        NEW = "new", _("请求中")
        OPEN = "open", _("待付款")
        CLOSED = "closed", _("已关闭")
        PAID = "paid", _("已付款")

    order = models.ForeignKey("payments.Order", on_delete=models.PROTECT, related_name="payments")
    number = models.CharField(_("商户订单号"), max_length=32, unique=True)
    provider = models.CharField(_("支付方式"), max_length=8)
    merchant_id = models.CharField(_("商户号"), max_length=40)
    app_id = models.CharField(_("应用号"), max_length=40)
    amount_fen = models.PositiveIntegerField(_("金额（分）"))
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.NEW)
    code_url = models.CharField(_("付款码"), max_length=500, blank=True)
    transaction_id = models.CharField(_("平台流水号"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("建立时间"))
    expires_at = models.DateTimeField(_("失效时间"))
    looked_at = models.DateTimeField(_("最近查询"), null=True)
    is_over = models.BooleanField(_("不再查询"), default=False)
    paid_at = models.DateTimeField(_("付款时间"), null=True)
    bill = models.ForeignKey("payments.Bill", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("支付")
        verbose_name_plural = _("支付")
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "transaction_id"],
                condition=~Q(transaction_id=""),
                name="a_transaction_is_of_one_payment",
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | (~Q(transaction_id="") & Q(paid_at__isnull=False)),
                name="paid_names_its_transaction",
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payment_of_something"),
        ]
        indexes = [
            models.Index(fields=["order", "id"], name="payment_by_order"),
            models.Index(fields=["provider", "paid_at"], condition=Q(state="paid"), name="payment_by_day"),
            models.Index(
                fields=["expires_at", "id"], condition=Q(is_over=False) & ~Q(state="paid"), name="payment_to_ask_about"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"


class Refund(models.Model):
    """Money of one payment given back (退款), whole or in part, under a number of its own (商户退款单号).

    Asked for by one person and approved by another, or by the machine alone where money came that nothing was given for
    (`is_automatic`). Who asked may take it back while it waits. The waiting row is the job of sending it:
    `claimed_until` is its lease. `repeats`: the failed one whose money this one was to give back; of those that weren't
    turned down there is one, so that a failure never becomes two refunds.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("待复核")
        REJECTED = "rejected", _("已驳回")
        WITHDRAWN = "withdrawn", _("已撤回")
        APPROVED = "approved", _("待提交")
        SENT = "sent", _("处理中")
        DONE = "done", _("已退款")
        FAILED = "failed", _("退款失败")

    CAME_TO_NOTHING = (State.REJECTED, State.WITHDRAWN, State.FAILED)
    """No money goes back by these, and what they reserved is free."""

    order = models.ForeignKey("payments.Order", on_delete=models.PROTECT, related_name="refunds")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    number = models.CharField(_("商户退款单号"), max_length=32, unique=True)
    amount_fen = models.PositiveIntegerField(_("金额（分）"))
    reason = models.CharField(_("原因"), max_length=80)
    override_reason = models.CharField(_("例外理由"), max_length=200, blank=True)
    is_automatic = models.BooleanField(_("系统退款"), default=False)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.ASKED)
    asked_by_id = models.BigIntegerField(_("申请人"), null=True)
    asked_at = models.DateTimeField(_("申请时间"))
    decided_by_id = models.BigIntegerField(_("复核人"), null=True)
    decided_at = models.DateTimeField(_("复核时间"), null=True)
    decision = models.CharField(_("复核意见"), max_length=200, blank=True)
    sent_at = models.DateTimeField(_("提交时间"), null=True)
    done_at = models.DateTimeField(_("完成时间"), null=True)
    provider_refund_id = models.CharField(_("平台退款号"), max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    fault = models.CharField(_("失败原因"), max_length=200, blank=True)
    repeats = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="repeated")
    bill = models.ForeignKey("payments.Bill", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("退款")
        verbose_name_plural = _("退款")
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="refund_of_something"),
            models.CheckConstraint(
                condition=Q(is_automatic=True, decided_by_id__isnull=True)
                | Q(decided_by_id__isnull=True)
                | ~Q(decided_by_id=F("asked_by_id")),
                name="maker_is_not_checker",
            ),
            models.CheckConstraint(
                condition=Q(is_automatic=True)
                | Q(state__in=["asked", "rejected", "withdrawn"])
                | Q(decided_by_id__isnull=False, asked_by_id__isnull=False),
                name="money_goes_back_by_two_people",
            ),
            models.UniqueConstraint(
                fields=["repeats"],
                condition=~Q(state__in=["rejected", "withdrawn"]),
                name="a_failed_refund_is_repeated_once",
            ),
        ]
        indexes = [
            models.Index(fields=["order", "id"], name="refund_by_order"),
            models.Index(fields=["state", "-asked_at", "-id"], name="refund_by_state"),
            models.Index(fields=["next_try_at"], condition=Q(state__in=["approved", "sent"]), name="refund_to_send"),
            models.Index(fields=["done_at"], condition=Q(state="done"), name="refund_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"


class RefundLine(models.Model):
    """What a refund takes back of an item: so much money, its enrolment or so many unused seats. A surplus has none."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="lines")
    item = models.ForeignKey("payments.OrderItem", on_delete=models.PROTECT, related_name="refund_lines")
    amount_fen = models.PositiveIntegerField(_("金额（分）"))
    ends_enrolment = models.BooleanField(_("停止学习"), default=True)
    seats = models.PositiveIntegerField(_("名额"), default=0)

    class Meta:
        verbose_name = _("退款内容")
        constraints = [
            models.UniqueConstraint(fields=["refund", "item"], name="item_once_in_refund"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="refund_line_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.refund_id}: {self.amount_fen}"

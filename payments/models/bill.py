"""Reconciliation (对账): a provider's bill of a day beside our own book."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Bill(models.Model):
    """One provider's bill of one day; the row is the job of fetching and matching it.

    `fetched_at` is null while there is no result. With differences and a `next_try_at` it is looked at again by itself.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("等待对账")
        RUNNING = "running", _("对账中")
        MATCHED = "matched", _("已对平")
        DIFFERENT = "different", _("有差异")
        FAILED = "failed", _("没有取到账单")

    provider = models.CharField(_("支付方式"), max_length=8)
    day = models.DateField(_("日期"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.WAITING)
    claimed_until = models.DateTimeField(null=True)
    runs = models.PositiveIntegerField(default=0)
    """How often it was begun; a run writes only while it is the last one."""
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(_("对账时间"), null=True)
    rows = models.PositiveIntegerField(_("账单笔数"), default=0)
    paid_fen = models.BigIntegerField(_("账单收款（分）"), default=0)
    refunded_fen = models.BigIntegerField(_("账单退款（分）"), default=0)
    our_paid_fen = models.BigIntegerField(_("我方收款（分）"), default=0)
    our_refunded_fen = models.BigIntegerField(_("我方退款（分）"), default=0)
    fault = models.CharField(_("原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("对账")
        verbose_name_plural = _("对账")
        constraints = [models.UniqueConstraint(fields=["provider", "day"], name="one_bill_a_day")]
        indexes = [models.Index(fields=["-day", "provider"], name="bill_by_day")]

    def __str__(self) -> str:
        return f"{self.provider} {self.day}"


class BillDifference(models.Model):
    """Where bill and book don't agree (差异); somebody resolves it with a note."""

    class Kind(models.TextChoices):
        OURS_ONLY = "ours_only", _("我方有、账单没有")
        THEIRS_ONLY = "theirs_only", _("账单有、我方没有")
        AMOUNT = "amount", _("金额不同")
        STATE = "state", _("状态不同")

    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="differences")
    kind = models.CharField(_("差异"), max_length=12, choices=Kind.choices)
    number = models.CharField(_("商户订单号"), max_length=64)
    refund_number = models.CharField(_("商户退款单号"), max_length=64, blank=True)
    transaction_id = models.CharField(_("平台流水号"), max_length=64, blank=True)
    order = models.ForeignKey("payments.Order", null=True, on_delete=models.PROTECT, related_name="+")
    ours_fen = models.BigIntegerField(_("我方金额（分）"), null=True)
    theirs_fen = models.BigIntegerField(_("账单金额（分）"), null=True)
    detail = models.CharField(_("说明"), max_length=200, blank=True)
    found_at = models.DateTimeField(_("发现时间"))
    seen_in = models.PositiveIntegerField(default=0)
    """The last run of its bill that found it."""
    resolved_at = models.DateTimeField(_("处理时间"), null=True)
    resolved_by_id = models.BigIntegerField(_("处理人"), null=True)
    note = models.CharField(_("处理说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("对账差异")
        verbose_name_plural = _("对账差异")
        constraints = [
            models.UniqueConstraint(
                fields=["bill", "number", "refund_number", "kind"], name="a_difference_is_listed_once"
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True) | (Q(resolved_by_id__isnull=False) & ~Q(note="")),
                name="resolved_by_somebody_with_a_note",
            ),
        ]
        indexes = [
            models.Index(fields=["bill", "resolved_at", "id"], name="difference_by_bill"),
            models.Index(fields=["number"], condition=Q(resolved_at__isnull=True), name="open_difference_by_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"

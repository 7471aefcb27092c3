"""Invoices (发票): asked for by who paid, issued outside and uploaded by finance."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Invoice(models.Model):
    """One invoice of one order; a rejected one can be asked for again.

    `red_fen`: how much of it red-letter invoices (红字发票) have taken back, `red_number` and `red_at` of the latest.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("待开票")
        ISSUED = "issued", _("已开票")
        REJECTED = "rejected", _("已退回")

    class Heading(models.TextChoices):
        PERSON = "person", _("个人")
        UNIT = "unit", _("单位")

    order = models.ForeignKey("payments.Order", on_delete=models.PROTECT, related_name="invoices")
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.ASKED)
    heading_kind = models.CharField(_("抬头类型"), max_length=8, choices=Heading.choices, default=Heading.PERSON)
    heading = models.CharField(_("抬头"), max_length=100)
    tax_number = models.CharField(_("纳税人识别号"), max_length=20, blank=True)
    email = models.EmailField(_("电子邮箱"), blank=True)
    amount_fen = models.PositiveIntegerField(_("金额（分）"))
    asked_at = models.DateTimeField(_("申请时间"))
    asked_by_id = models.BigIntegerField(_("申请人"))
    number = models.CharField(_("发票号码"), max_length=40, blank=True)
    file = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(_("处理时间"), null=True)
    decided_by_id = models.BigIntegerField(_("处理人"), null=True)
    reason = models.CharField(_("退回原因"), max_length=200, blank=True)
    red_fen = models.PositiveIntegerField(_("已红冲（分）"), default=0)
    red_number = models.CharField(_("红字发票号码"), max_length=40, blank=True)
    red_at = models.DateTimeField(_("红冲时间"), null=True)

    class Meta:
        verbose_name = _("发票")
        verbose_name_plural = _("发票")
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=~Q(state="rejected"), name="one_invoice_an_order"),
            models.CheckConstraint(
                condition=~Q(state="issued") | (~Q(number="") & ~Q(file="")), name="issued_has_number_and_file"
            ),
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="an_invoice_number_is_of_one_invoice"
            ),
            models.CheckConstraint(condition=Q(red_fen__lte=F("amount_fen")), name="red_within_the_invoice"),
            models.CheckConstraint(
                condition=Q(red_fen=0) | (Q(state="issued", red_at__isnull=False) & ~Q(red_number="")),
                name="red_letter_names_its_invoice",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "asked_at", "id"], name="invoice_queue"),
            models.Index(fields=["state", "-decided_at", "-id"], name="invoice_by_decision"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.state}"

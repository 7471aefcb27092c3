"""What providers are said to have told us (回调) and wasn't believed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RefusedNotice(models.Model):
    """A callback that wasn't believed, or doesn't fit its order. `digest`: SHA-256 of its bytes, in hex."""

    provider = models.CharField(_("支付方式"), max_length=8)
    reason = models.CharField(_("原因"), max_length=40)
    number = models.CharField(_("商户订单号"), max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    address = models.GenericIPAddressField(_("来源地址"), null=True)
    received_at = models.DateTimeField(_("时间"), db_index=True)

    class Meta:
        verbose_name = _("拒收的支付通知")
        verbose_name_plural = _("拒收的支付通知")
        indexes = [models.Index(fields=["number", "id"], condition=~Q(number=""), name="refused_by_number")]

    def __str__(self) -> str:
        return f"{self.provider} {self.reason}"

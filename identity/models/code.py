"""Code tables (代码表): the values that forms pick from."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Code(models.Model):
    """One value of one table of the contract (`title_series`, `id_type`, `unit_nature`, …)."""

    table = models.CharField(_("代码表"), max_length=40)
    code = models.CharField(_("代码"), max_length=20)
    label = models.CharField(_("名称"), max_length=100)
    sort = models.PositiveIntegerField(_("次序"), default=0)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("代码")
        verbose_name_plural = _("代码")
        constraints = [models.UniqueConstraint(fields=["table", "code"], name="code_unique_in_table")]
        indexes = [models.Index(fields=["table", "sort"], name="code_by_table")]

    def __str__(self) -> str:
        return self.label

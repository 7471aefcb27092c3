"""Code tables (代码表): the values that forms pick from."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Code(models.Model):
    """One value of one table of the contract (`title_series`, `id_type`, `unit_nature`, …).

    `identity/reference/` holds what a fresh site begins with; staff may change it (`is_edited`). Records keep the code
    itself, so a value is switched off, never deleted, once a record may name it.

    `parent` and `level` are codes: below which value it stands, and how high. In most tables `parent` is a value of
    the same table (专业 below 专业类 below 门类); a `qualification` stands below its `title_series` and has a
    `title_level`.
    """

    table = models.CharField(_("代码表"), max_length=40)
    code = models.CharField(_("代码"), max_length=20)
    label = models.CharField(_("名称"), max_length=100)
    parent = models.CharField(_("上级代码"), max_length=20, blank=True, default="")
    level = models.CharField(_("职称级别"), max_length=20, blank=True, default="")
    sort = models.PositiveIntegerField(_("次序"), default=0)
    is_active = models.BooleanField(_("启用"), default=True)
    is_edited = models.BooleanField(_("本站改过"), default=False, editable=False)

    class Meta:
        verbose_name = _("代码")
        verbose_name_plural = _("代码")
        constraints = [models.UniqueConstraint(fields=["table", "code"], name="code_unique_in_table")]
        indexes = [
            models.Index(fields=["table", "sort"], name="code_by_table"),
            models.Index(fields=["table", "parent", "sort"], name="code_by_parent"),
        ]

    def __str__(self) -> str:
        return self.label

"""The organisation tree (组织树)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node


class Organisation(MP_Node):
    """A bureau, department, employer or CE base. Its superior is its parent in the tree, its region an attribute."""

    class Kind(models.TextChoices):
        BUREAU = "bureau", _("人社部门")
        DEPARTMENT = "department", _("主管部门")
        EMPLOYER = "employer", _("用人单位")
        BASE = "base", _("继续教育基地")

    kind = models.CharField(_("类型"), max_length=12, choices=Kind.choices)
    code = models.CharField(_("单位编号"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    region = models.ForeignKey("identity.Region", verbose_name=_("区域"), on_delete=models.PROTECT)
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, null=True, blank=True)
    nature = models.CharField(_("单位性质"), max_length=20, blank=True)
    phone = models.CharField(_("联系电话"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("组织")
        verbose_name_plural = _("组织")
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"], condition=models.Q(credit_code__isnull=False), name="credit_code_unique"
            )
        ]
        indexes = [models.Index(fields=["kind", "region"], name="organisation_by_kind")]

    def __str__(self) -> str:
        return self.name

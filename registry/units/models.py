"""What support keeps of its acts (S1): evidence, mergers, and permits of units that have no credit code."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Evidence(models.Model):
    """A file that shows why an act of support was right (佐证材料). Its bytes lie in the storage under a name of ours.

    Never changed and never deleted: an audit entry names it.
    """

    name = models.CharField(_("文件名"), max_length=110)
    kind = models.CharField(_("类型"), max_length=4)
    stored = models.CharField(max_length=100, unique=True, editable=False)
    size = models.PositiveIntegerField(_("大小"))
    digest = models.CharField(max_length=64, editable=False)
    kept_by = models.ForeignKey(
        "identity.User", verbose_name=_("上传人"), on_delete=models.PROTECT, related_name="+", editable=False
    )
    kept_at = models.DateTimeField(_("上传时间"), editable=False)

    class Meta:
        verbose_name = _("佐证材料")
        verbose_name_plural = _("佐证材料")

    def __str__(self) -> str:
        return self.name


class Merger(models.Model):
    """One unit or department was merged into another (合并). `moved` says how much of what."""

    gone = models.OneToOneField(
        "identity.Organisation", verbose_name=_("被并入的单位"), on_delete=models.PROTECT, related_name="merger"
    )
    survivor = models.ForeignKey(
        "identity.Organisation", verbose_name=_("保留的单位"), on_delete=models.PROTECT, related_name="mergers"
    )
    reason = models.CharField(_("原因"), max_length=300)
    evidence = models.OneToOneField("units.Evidence", verbose_name=_("佐证材料"), on_delete=models.PROTECT)
    moved: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(_("移动了"), default=dict)
    merged_by = models.ForeignKey("identity.User", verbose_name=_("经办人"), on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField(_("合并时间"))

    class Meta:
        verbose_name = _("单位合并")
        verbose_name_plural = _("单位合并")
        constraints = [models.CheckConstraint(condition=~Q(gone=F("survivor")), name="merged_into_another")]

    def __str__(self) -> str:
        return f"{self.gone} → {self.survivor}"


class Permit(models.Model):
    """Lets a unit without a credit code register (登记凭证): its number takes the code's place in the form, once.

    Given by support after it saw the unit's papers; `used_for` is the registration that it was used in. One that is
    turned back frees it: the unit registers again with the same number.
    """

    number = models.CharField(_("凭证号"), max_length=16, unique=True, editable=False)
    unit_name = models.CharField(_("单位名称"), max_length=120)
    reason = models.CharField(_("没有信用代码的原因"), max_length=300)
    evidence = models.OneToOneField("units.Evidence", verbose_name=_("佐证材料"), on_delete=models.PROTECT)
    given_by = models.ForeignKey("identity.User", verbose_name=_("经办人"), on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(_("发放时间"))
    expires_at = models.DateTimeField(_("有效期至"))
    used_for = models.OneToOneField(
        "identity.Organisation",
        verbose_name=_("登记的单位"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="permit",
    )

    class Meta:
        verbose_name = _("登记凭证")
        verbose_name_plural = _("登记凭证")
        constraints = [models.CheckConstraint(condition=Q(expires_at__gt=F("given_at")), name="permit_holds_a_while")]

    def __str__(self) -> str:
        return f"{self.number} {self.unit_name}"

"""What support corrects of a person (S1): asked with evidence, and for name and ID number confirmed by a second one."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField


class Correction(models.Model):
    """A correction of a person's name, ID number or unit (更正). `before` and `after` are in words, numbers masked.

    The new ID number is kept encrypted while it waits, and wiped when it is decided.
    """

    class What(models.TextChoices):
        NAME = "name", _("姓名")
        ID_NUMBER = "id_number", _("证件号码")
        UNIT = "unit", _("所在单位")

    class State(models.TextChoices):
        WAITING = "waiting", _("等待复核")
        DONE = "done", _("已更正")
        REFUSED = "refused", _("复核没有通过")
        WITHDRAWN = "withdrawn", _("已撤回")

    person = models.ForeignKey(
        "identity.User", verbose_name=_("人员"), on_delete=models.PROTECT, related_name="corrections"
    )
    what = models.CharField(_("更正内容"), max_length=10, choices=What.choices)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.WAITING)
    before = models.CharField(_("原来"), max_length=160)
    after = models.CharField(_("改为"), max_length=160)
    id_type = models.CharField(max_length=20, blank=True)
    id_number = EncryptedTextField(blank=True)
    reason = models.CharField(_("原因"), max_length=300)
    evidence = models.OneToOneField("units.Evidence", verbose_name=_("佐证材料"), on_delete=models.PROTECT)
    asked_by = models.ForeignKey("identity.User", verbose_name=_("经办人"), on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("提交时间"))
    decided_by = models.ForeignKey(
        "identity.User", verbose_name=_("复核人"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    opinion = models.CharField(_("复核意见"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("人员更正")
        verbose_name_plural = _("人员更正")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "what"], condition=Q(state="waiting"), name="one_waiting_correction"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "refused"])
                | Q(what="unit")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by"))),
                name="a_second_person_decides",
            ),
            models.CheckConstraint(condition=Q(state="waiting") | Q(id_number=""), name="number_wiped_when_decided"),
        ]
        indexes = [models.Index(fields=["state", "-asked_at"], name="correction_by_state")]

    def __str__(self) -> str:
        return f"{self.person}：{self.get_what_display()}"

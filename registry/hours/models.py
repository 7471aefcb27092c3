"""The hours ledger (mechanism 3). All figures are credit hours (学时); halves and tenths occur."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Subject(models.TextChoices):
    """科目."""

    PUBLIC = "public", _("公需科目")
    PROFESSIONAL = "professional", _("专业科目")


class YearTarget(models.Model):
    """What a year asks of everybody, as plain data."""

    year = models.PositiveSmallIntegerField(_("年度"), unique=True)
    public_hours = models.DecimalField(_("公需学时"), max_digits=6, decimal_places=1)
    professional_hours = models.DecimalField(_("专业学时"), max_digits=6, decimal_places=1)

    class Meta:
        verbose_name = _("年度目标")
        verbose_name_plural = _("年度目标")

    def __str__(self) -> str:
        return str(self.year)


class HourEntry(models.Model):
    """One line of a person's ledger. Never edited: a correction is another entry, with a negative figure if need be."""

    user = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="hour_entries")
    year = models.PositiveSmallIntegerField(_("年度"))
    subject = models.CharField(_("科目"), max_length=12, choices=Subject.choices)
    title = models.CharField(_("内容"), max_length=250)
    asked = models.DecimalField(_("申报学时"), max_digits=6, decimal_places=1)
    recognised = models.DecimalField(_("认定学时"), max_digits=6, decimal_places=1)
    earned_on = models.DateField(_("取得日期"))
    source_kind = models.CharField(_("来源"), max_length=20)
    source_key = models.CharField(_("来源编号"), max_length=80)
    created_at = models.DateTimeField(_("入账时间"))

    class Meta:
        verbose_name = _("学时记录")
        verbose_name_plural = _("学时记录")
        constraints = [
            models.UniqueConstraint(fields=["user", "source_kind", "source_key"], name="hours_credited_once"),
            models.CheckConstraint(condition=Q(recognised__lte=F("asked")), name="recognised_within_asked"),
        ]
        indexes = [models.Index(fields=["user", "year", "-earned_on"], name="entry_by_year")]

    def __str__(self) -> str:
        return f"{self.year} {self.title} {self.recognised}"


class AnnualRecord(models.Model):
    """A person's totals of a year, kept in the transaction of each entry."""

    user = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="annual_records")
    year = models.PositiveSmallIntegerField(_("年度"))
    public_hours = models.DecimalField(_("公需学时"), max_digits=6, decimal_places=1, default=0)
    professional_hours = models.DecimalField(_("专业学时"), max_digits=6, decimal_places=1, default=0)

    class Meta:
        verbose_name = _("年度记录")
        verbose_name_plural = _("年度记录")
        constraints = [models.UniqueConstraint(fields=["user", "year"], name="one_record_a_year")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.year}"

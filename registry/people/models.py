"""The technician's profile (专业技术人员资料, P2, T1). His name and ID number stand in `identity.User`."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.people.corrections import Correction

__all__ = ["Correction", "Profile", "Sex"]


class Sex(models.TextChoices):
    """GB/T 2261.1 in the contract's letters."""

    MALE = "M", _("男")
    FEMALE = "F", _("女")


class Profile(models.Model):
    """What a technician states of himself at registration; titles change only through review.

    Coded columns hold codes of the table of the same name (`major` → table `major`). It exists from registration on,
    also while nobody has approved it.
    """

    user = models.OneToOneField(
        "identity.User", verbose_name=_("用户"), on_delete=models.CASCADE, primary_key=True, related_name="profile"
    )
    sex = models.CharField(_("性别"), max_length=1, choices=Sex.choices)
    born_on = models.DateField(_("出生日期"))
    ethnicity = models.CharField(_("民族"), max_length=20)
    education = models.CharField(_("学历"), max_length=20)
    school = models.CharField(_("毕业院校"), max_length=100)
    major = models.CharField(_("所学专业"), max_length=20)
    graduated_on = models.DateField(_("毕业时间"))
    degree = models.CharField(_("学位"), max_length=20)
    postdoctoral = models.BooleanField(_("博士后"), default=False)
    post = models.CharField(_("行政职务"), max_length=60, blank=True)
    rank = models.CharField(_("行政级别"), max_length=20, blank=True)
    title_series = models.CharField(_("职称系列"), max_length=20)
    title_level = models.CharField(_("职称级别"), max_length=20)
    qualification = models.CharField(_("现专业技术职务资格"), max_length=20)
    effective_on = models.DateField(_("取得日期"), null=True, blank=True)
    certificate_no = models.CharField(_("证书编号"), max_length=60, blank=True)
    professional_qualification = models.CharField(_("职业资格"), max_length=20)
    professional_level = models.CharField(_("职业资格等级"), max_length=20)
    updated_at = models.DateTimeField(_("更新时间"))

    class Meta:
        verbose_name = _("专业技术人员资料")
        verbose_name_plural = _("专业技术人员资料")
        constraints = [
            models.CheckConstraint(condition=models.Q(sex__in=["M", "F"]), name="sex_is_known"),
            models.CheckConstraint(
                condition=models.Q(graduated_on__gt=models.F("born_on")), name="graduated_after_birth"
            ),
        ]
        indexes = [models.Index(fields=["certificate_no"], name="profile_by_certificate")]

    def __str__(self) -> str:
        return str(self.user_id)

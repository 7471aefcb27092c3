"""API tokens: opaque, hashed at rest, expiring, revocable."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken


class AccessToken(AbstractAuthToken):
    """A knox token that also says which membership it acts in; null acts as staff, or as nobody in particular.

    `auth_hash` ties it to the password it was given for, as Django ties sessions: whichever way the password changes,
    the token is void.
    """

    membership = models.ForeignKey(
        "identity.Membership", verbose_name=_("身份"), null=True, blank=True, on_delete=models.CASCADE
    )
    auth_hash = models.CharField(max_length=64, editable=False)
    device = models.CharField(_("设备"), max_length=200, blank=True)
    address = models.GenericIPAddressField(_("来源地址"), null=True)
    seen_at = models.DateTimeField(_("最近使用"), null=True)

    class Meta:
        verbose_name = _("访问令牌")
        verbose_name_plural = _("访问令牌")

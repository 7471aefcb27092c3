"""Where somebody is logged in (登录设备, P6), and what a forgotten password waits for."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LoginSession(models.Model):
    """A browser that is logged in. The session itself is Django's; this is what its owner reads of it."""

    user = models.ForeignKey("identity.User", on_delete=models.CASCADE, related_name="login_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    device = models.CharField(_("设备"), max_length=200, blank=True)
    address = models.GenericIPAddressField(_("来源地址"), null=True)
    begun_at = models.DateTimeField(_("登录时间"))
    seen_at = models.DateTimeField(_("最近使用"))

    class Meta:
        verbose_name = _("登录设备")
        verbose_name_plural = _("登录设备")
        indexes = [models.Index(fields=["user", "-seen_at"], name="login_session_by_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.begun_at:%Y-%m-%d %H:%M}"


class PasswordReset(models.Model):
    """Somebody asked for a new password. The row is the job of looking for the account and sending the mail, so that
    the page does the same work for a known number and an unknown one; it goes an hour later.

    `account` is a login key (`identity.backends`), never an ID number; `email` is emptied when the job is done.
    """

    account = models.CharField(max_length=150, db_index=True)
    email = models.CharField(max_length=254)
    asked_at = models.DateTimeField(db_index=True)
    claimed_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("找回密码")
        verbose_name_plural = _("找回密码")

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"

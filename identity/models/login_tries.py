"""How often a login was tried in vain."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LoginTries(models.Model):
    """Tries at one account since its last success, within a day. A row exists whether or not the account does.

    A try is counted before the password is looked at, by one conditional statement, so parallel tries can't outrun the
    lock. `account` is a login key (`identity.backends`), never an ID number.
    """

    account = models.CharField(_("账号"), max_length=150, unique=True)
    tries = models.PositiveIntegerField(_("次数"), default=1)
    last_at = models.DateTimeField(_("最近一次"), db_index=True)
    locked_until = models.DateTimeField(_("锁定到"), null=True)

    class Meta:
        verbose_name = _("登录失败")
        verbose_name_plural = _("登录失败")

    def __str__(self) -> str:
        return f"{self.account}: {self.tries}"

"""Messages (消息, S2): what the platform tells one human, on the site and by mail."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    """One message to one human. The row is also the job of its mail: `waiting` until a worker has sent it."""

    class Mail(models.TextChoices):
        NONE = "none", _("不发邮件")
        WAITING = "waiting", _("待发送")
        SENT = "sent", _("已发送")
        FAILED = "failed", _("发送失败")

    user = models.ForeignKey("identity.User", on_delete=models.CASCADE, related_name="messages")
    at = models.DateTimeField(_("时间"))
    kind = models.CharField(_("类型"), max_length=40)
    title = models.CharField(_("标题"), max_length=120)
    body = models.TextField(_("内容"), blank=True)
    link = models.CharField(_("链接"), max_length=200, blank=True)
    read_at = models.DateTimeField(_("已读时间"), null=True, blank=True)
    mail = models.CharField(_("邮件"), max_length=8, choices=Mail.choices, default=Mail.NONE)
    mail_after = models.DateTimeField(_("下次发送"), null=True, blank=True)
    mail_tries = models.PositiveSmallIntegerField(_("发送次数"), default=0)

    class Meta:
        verbose_name = _("消息")
        verbose_name_plural = _("消息")
        indexes = [
            models.Index(fields=["user", "-at"], name="message_by_user"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="message_unread"),
            models.Index(fields=["at"], name="message_by_time"),
            models.Index(fields=["mail_after"], condition=Q(mail="waiting"), name="message_mail_waiting"),
        ]

    def __str__(self) -> str:
        return self.title

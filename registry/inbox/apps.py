from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InboxConfig(AppConfig):
    name = "registry.inbox"
    verbose_name = _("消息")
    default_auto_field = "django.db.models.BigAutoField"

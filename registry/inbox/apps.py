from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InboxConfig(AppConfig):
    name = "registry.inbox"
    verbose_name = _("消息")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from identity.services import register_exporter
        from registry.inbox.queries.reading import export_messages

        register_exporter("messages", export_messages)

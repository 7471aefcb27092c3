from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IdentityConfig(AppConfig):
    name = "identity"
    verbose_name = _("身份与组织")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from identity.exporters import register_exporter
        from identity.queries.oneself import export_account

        register_exporter("account", export_account)

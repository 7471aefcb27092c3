from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HoursConfig(AppConfig):
    name = "registry.hours"
    label = "hours"
    verbose_name = _("学时")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from identity.services import register_exporter
        from registry.hours.queries import export_hours

        register_exporter("hours", export_hours)

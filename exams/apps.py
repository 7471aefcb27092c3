from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExamsConfig(AppConfig):
    name = "exams"
    verbose_name = _("考试")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from exams.queries.export import export_exams
        from identity.services import register_exporter

        register_exporter("exams", export_exams)

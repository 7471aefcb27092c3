from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExamsConfig(AppConfig):
    name = "exams"
    verbose_name = _("考试")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.services import also_set_up
        from exams.queries.export import export_exams
        from exams.services import set_up_exam_staff
        from identity.services import register_exporter

        also_set_up(set_up_exam_staff)
        register_exporter("exams", export_exams)

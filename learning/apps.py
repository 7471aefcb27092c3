from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearningConfig(AppConfig):
    name = "learning"
    verbose_name = _("学习")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from identity.services import on_session_end, register_exporter
        from learning.queries.export import export_learning
        from learning.services import end_watches

        on_session_end(end_watches)
        register_exporter("learning", export_learning)

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    name = "registry.approvals"
    verbose_name = _("审核")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from identity.services import register_exporter
        from registry.approvals.kinds import register_kind
        from registry.approvals.queries.own import export_cases
        from registry.approvals.services.objecting import Objection

        register_kind(Objection())
        register_exporter("cases", export_cases)

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UnitsConfig(AppConfig):
    name = "registry.units"
    verbose_name = _("单位")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from registry.approvals.services import register_kind
        from registry.units.kinds import KINDS

        for kind in KINDS:
            register_kind(kind)

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "registry.people"
    verbose_name = _("人员")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from registry.approvals.services import register_kind
        from registry.people.kinds import KINDS

        for kind in KINDS:
            register_kind(kind)

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "registry.people"
    verbose_name = _("人员")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from identity.services import reencrypt_also, register_exporter
        from registry.approvals.services import register_kind
        from registry.people.kinds import KINDS
        from registry.people.queries.profile import export_profile
        from registry.people.services import reencrypt_corrections

        for kind in KINDS:
            register_kind(kind)
        register_exporter("profile", export_profile)
        reencrypt_also(reencrypt_corrections)

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = _("订单与支付")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.services import also_set_up
        from identity.services import register_exporter
        from payments.queries.export import export_payments
        from payments.services import set_up_finance
        from payments.services.merging import move_orders, orders_of_unit
        from registry.units.services import Mover, register_mover

        also_set_up(set_up_finance)
        register_exporter("payments", export_payments)
        register_mover(Mover(_("单位订单"), orders_of_unit, move_orders))

"""The finance desk in Wagtail's admin."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from payments.office import OrderDesk, RefundDesk, RefusedDesk


class FinanceGroup(ViewSetGroup):
    menu_label = _("财务")
    menu_icon = "clipboard-list"
    menu_name = "finance"
    menu_order = 240
    items = (OrderDesk, RefundDesk, RefusedDesk)


@hooks.register("register_admin_viewset")
def finance_desk() -> FinanceGroup:
    return FinanceGroup()

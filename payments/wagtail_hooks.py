"""The finance desk in Wagtail's admin."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from payments.office import BillDesk, InvoiceDesk, OrderDesk, RefundDesk, RefusedDesk, TotalsDesk, first_page


class FinanceGroup(ViewSetGroup):
    menu_label = _("财务")
    menu_icon = "clipboard-list"
    menu_name = "finance"
    menu_order = 240
    items = (OrderDesk, RefundDesk, BillDesk, InvoiceDesk, TotalsDesk, RefusedDesk)


@hooks.register("register_admin_viewset")
def finance_desk() -> FinanceGroup:
    return FinanceGroup()


hooks.register("construct_homepage_panels", first_page, order=100)

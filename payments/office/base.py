"""What the pages of the finance desk share: who may, how money, states and people are told."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permissions import register_permission_policy

from identity.office import OfficePage, OfficePolicy
from payments.models import Bill, Invoice, Order, Refund, RefusedNotice


class DeskPolicy(OfficePolicy):
    """Money's rows are written by services alone."""

    _nobodys = frozenset({"add", "delete"})


for _model in (Order, Refund, Bill, Invoice, RefusedNotice):
    register_permission_policy(_model, DeskPolicy(_model))


class DeskPage(OfficePage):
    """A page of the desk; its template extends payments/office/base.html."""

    model: Any = Order
    permission_required = "view"
    listing = ("finance_orders:index", _("订单"))
    header_icon = "list-ul"


class Desk(ViewSet):
    """A part of the desk; its menu item is shown to whoever may see rows of its `model`."""

    model: Any = Order

    @cached_property
    def menu_item_class(self) -> type[MenuItem]:
        """Of a class of its own, as Wagtail asks the item whether it is shown."""
        model = self.model

        class DeskMenuItem(MenuItem):
            def is_shown(self, request: HttpRequest) -> bool:
                return bool(DeskPolicy(model).user_has_permission(request.user, "view"))

        return DeskMenuItem

"""The finance desk (财务, F3) in Wagtail's admin."""

from payments.office.bills import BillDesk
from payments.office.home import first_page
from payments.office.invoices import InvoiceDesk
from payments.office.orders import OrderDesk
from payments.office.refunds import RefundDesk
from payments.office.refused import RefusedDesk
from payments.office.totals import TotalsDesk

__all__ = ["BillDesk", "InvoiceDesk", "OrderDesk", "RefundDesk", "RefusedDesk", "TotalsDesk", "first_page"]

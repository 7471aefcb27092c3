"""Addresses of a unit's purchases. An order's number begins with its day, so no word is one."""

from django.urls import URLPattern, path

from console import purchase_pay, purchase_seats, purchases

urlpatterns: list[URLPattern] = [
    path("", purchases.purchases, name="purchases"),
    path("new/", purchases.new, name="new-purchase"),
    path("order/", purchases.order, name="order-purchase"),
    path("quote.pdf", purchases.quote_paper, name="purchase-quote"),
    path("<slug:no>/", purchase_seats.purchase, name="purchase"),
    path("<slug:no>/quote.pdf", purchases.order_paper, name="purchase-paper"),
    path("<slug:no>/pay/", purchase_pay.pay, name="pay-purchase"),
    path("<slug:no>/pay/code/", purchase_pay.code, name="purchase-code"),
    path("<slug:no>/check/", purchase_pay.check, name="check-purchase"),
    path("<slug:no>/cancel/", purchase_pay.cancel, name="cancel-purchase"),
    path("<slug:no>/give/", purchase_seats.give, name="give-seats"),
    path("<slug:no>/seats.xlsx", purchase_seats.export, name="purchase-seats"),
    path("<slug:no>/refund/", purchase_pay.refund, name="refund-purchase"),
    path("<slug:no>/refund/withdraw/", purchase_pay.withdraw, name="withdraw-purchase"),
    path("<slug:no>/invoice/", purchase_pay.invoice, name="purchase-invoice"),
    path("<slug:no>/invoice.pdf", purchase_pay.invoice_file, name="purchase-invoice-file"),
]

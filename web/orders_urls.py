"""Addresses of orders; included by web/urls.py. An order's number begins with its day, so no word is one."""

from django.urls import path

from web import order_after, order_pay, orders, redeem

urlpatterns = [
    path("orders/", orders.orders, name="orders"),
    path("orders/new/", orders.confirm, name="order-new"),
    path("orders/redeem/", redeem.redeem, name="redeem"),
    path("orders/<slug:no>/", order_after.order, name="order"),
    path("orders/<slug:no>/pay/", order_pay.pay, name="order-pay"),
    path("orders/<slug:no>/pay/code/", order_pay.code, name="order-code"),
    path("orders/<slug:no>/pay/code.png", order_pay.code_picture, name="order-code-picture"),
    path("orders/<slug:no>/paid/", order_pay.paid, name="order-paid"),
    path("orders/<slug:no>/check/", order_pay.check, name="order-check"),
    path("orders/<slug:no>/cancel/", order_pay.cancel, name="order-cancel"),
    path("orders/<slug:no>/refund/", order_after.refund, name="order-refund"),
    path("orders/<slug:no>/refund/withdraw/", order_after.withdraw, name="order-withdraw"),
    path("orders/<slug:no>/invoice/", order_after.invoice, name="order-invoice"),
    path("orders/<slug:no>/invoice.pdf", order_after.invoice_file, name="order-invoice-file"),
]
